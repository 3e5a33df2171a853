import { NoteError } from './errors.js';
import { signatureLine } from './note.js';
import { COSIGNATURE, cosignedMessage, type Signer } from './note-keys.js';
import { quoted } from './text.js';

const TIME_BYTES = 8;

/**
 * A witness's statement that at that time it had seen no larger tree of the log, and none that is inconsistent
 * (C2SP tlog-cosignature).
 *
 * @param text the checkpoint: the note without its signatures
 * @param witness a signer of type COSIGNATURE
 * @param time seconds since the epoch
 * @returns a signature line, with its newline
 * @throws NoteError for another type of key, or a time that is none
 */
export function cosign(text: string, witness: Signer, time: number): string {
  if (witness.type !== COSIGNATURE) throw new NoteError(`The key ${quoted(witness.name)} is not a witness's.`);
  if (!Number.isSafeInteger(time) || time < 0) throw new NoteError(`The time ${time} is not in whole seconds.`);
  const signature = Buffer.alloc(TIME_BYTES);
  signature.writeBigUInt64BE(BigInt(time));
  return signatureLine(witness, Buffer.concat([signature, witness.sign(cosignedMessage(text, time))]));
}

/**
 * When a cosignature was made, in seconds since the epoch.
 *
 * @param signature what stands behind the key id, as parseNote returns it; verified before
 * @throws NoteError where it is none
 */
export function cosignatureTime(signature: Uint8Array): number {
  const time = signature.length > TIME_BYTES ? Number(Buffer.from(signature).readBigUInt64BE()) : NaN;
  if (!Number.isSafeInteger(time)) throw new NoteError('A cosignature must begin with its time in seconds.');
  return time;
}
