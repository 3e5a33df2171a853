import { hex } from '../note-keys.js';
import { parseNote } from '../note.js';
import type { Verifier } from '../note-keys.js';
import { SHA256_BYTES } from './sha256.js';

/** What a checkpoint says of a log. */
export interface Claim {
  readonly origin: string;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Buffer;
}

/** A checkpoint, read and held against the keys. */
export interface CheckedCheckpoint {
  /** null where it cannot be read. */
  readonly claim: Claim | null;
  /** The keys among those given whose signatures it bears, and they are right. */
  readonly signers: readonly Verifier[];
  /** Name and key id of the signatures by keys that were not given. */
  readonly strangers: readonly string[];
  /** What is wrong with it, a clause each. */
  readonly faults: readonly string[];
}

/** Signature type of Ed25519 over a note's text (C2SP signed-note, "Signature types"); the log's own. */
const LOG_SIGNATURE = 0x01;

/**
 * Reads a checkpoint (C2SP tlog-checkpoint) and verifies the signatures of all keys that are known. It is good only if
 * one of the log's keys signed it, and no signature of a known key is wrong (C2SP signed-note, "Signatures").
 *
 * @param keys the log's keys, and those of witnesses
 */
export function checkCheckpoint(note: string, keys: readonly Verifier[]): CheckedCheckpoint {
  let parsed;
  try {
    parsed = parseNote(note);
  } catch (error) {
    return { claim: null, signers: [], strangers: [], faults: [`it is no signed note: ${(error as Error).message}`] };
  }
  const faults: string[] = [];
  const claim = readClaim(parsed.text);
  if (typeof claim === 'string') faults.push(claim);
  const signers: Verifier[] = [];
  const strangers: string[] = [];
  for (const { name, keyId, signature } of parsed.signatures) {
    const key = keys.find((known) => known.name === name && known.keyId === keyId);
    if (key === undefined) strangers.push(keyName(name, keyId));
    else if (!key.verify(parsed.text, signature)) faults.push(`the signature of ${keyName(name, keyId)} is wrong`);
    else signers.push(key);
  }
  if (!signers.some(({ type }) => type === LOG_SIGNATURE) && faults.length === 0) {
    const by = strangers.length === 0 ? '' : `, but by ${strangers.join(' and ')}`;
    faults.push(`it is signed by none of the log's trusted keys${by}`);
  }
  return { claim: typeof claim === 'string' ? null : claim, signers, strangers, faults };
}

/** How a key is called in messages and in the collection of cosignatures: `name+id`. */
export function keyName(name: string, keyId: number): string {
  return `${name}+${hex(keyId)}`;
}

/** The three lines of a checkpoint's text, or what is wrong with them. */
function readClaim(text: string): Claim | string {
  const lines = text.split('\n');
  if (lines.pop() !== '') return 'its text does not end with a newline';
  const [origin = '', size = '', root = '', ...extensions] = lines;
  if (origin === '') return 'it names no origin';
  if (!/^(0|[1-9][0-9]*)$/.test(size) || !Number.isSafeInteger(Number(size))) return 'its size is no number';
  const hash = Buffer.from(root, 'base64');
  if (hash.length !== SHA256_BYTES || hash.toString('base64') !== root) return 'its root is no hash in base64';
  if (extensions.length > 0) return 'it has lines behind the root, and this log writes none';
  return { origin, size: Number(size), root: hash };
}
