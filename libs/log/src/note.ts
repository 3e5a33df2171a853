import { NoteError } from './errors.js';
import { ED25519, hex, type Signer, type Verifier } from './note-keys.js';
import { decodeBase64, isKeyName, isNoteText, quoted } from './text.js';

/** One signature line of a note. */
export interface NoteSignature {
  /** Name of the key. */
  name: string;
  keyId: number;
  /** What stands behind the key id. */
  signature: Buffer;
  /** The whole line, with its newline. */
  line: string;
}

/** A note taken apart; nothing is verified yet. */
export interface Note {
  /** With its last newline, without the empty line behind it. */
  text: string;
  /** In their order, at least one. */
  signatures: NoteSignature[];
}

const KEY_ID_BYTES = 4;
/** As many as Go's sumdb/note reads; the specification asks for at least 16. */
const MAX_SIGNATURES = 100;
const MAX_NOTE_CHARACTERS = 1_000_000;
const LINE = /^— ([^ ]+) ([^ ]+)\n$/;

/**
 * A text with signatures over it (C2SP signed-note).
 *
 * @param text ends with a newline
 * @param signers at least one, of type Ed25519; a witness signs with `cosign`
 * @throws NoteError for a text that no note can have
 */
export function signNote(text: string, signers: readonly Signer[]): string {
  if (!text.endsWith('\n') || !isNoteText(text)) {
    throw new NoteError('The text of a note must end with a newline and be well-formed, without control characters.');
  }
  if (signers.length === 0) throw new NoteError('A note needs at least one signer.');
  const witness = signers.find((signer) => signer.type !== ED25519);
  if (witness !== undefined) throw new NoteError(`The key ${quoted(witness.name)} is a witness's and signs no notes.`);
  return `${text}\n${signers.map((signer) => signatureLine(signer, signer.sign(text))).join('')}`;
}

/**
 * A note with further signature lines behind its own; lines that it has are not repeated.
 *
 * @param lines each with its newline
 * @throws NoteError where the note or a line is malformed
 */
export function addSignatures(note: string, lines: readonly string[]): string {
  const there = new Set(parseNote(note).signatures.map(({ line }) => line));
  for (const line of lines) there.add(parseSignatureLine(line).line);
  return note.slice(0, separator(note) + 2) + [...there].join('');
}

/**
 * @param note UTF-8 where it comes as bytes
 * @throws NoteError where it is no signed note; nothing is verified yet
 */
export function parseNote(note: string | Uint8Array): Note {
  const all = typeof note === 'string' ? note : decodeUtf8(note);
  if (all.length > MAX_NOTE_CHARACTERS) {
    throw new NoteError(`A note has at most ${MAX_NOTE_CHARACTERS} characters, not ${all.length}.`);
  }
  if (!isNoteText(all)) throw new NoteError('A note must be well-formed text without control characters.');
  const end = separator(all);
  if (end < 0) throw new NoteError('A note must have an empty line before its signatures.');
  const lines = all.slice(end + 2).match(/[^\n]*\n|[^\n]+$/g) ?? [];
  if (lines.length === 0) throw new NoteError('The note has no signature.');
  if (lines.length > MAX_SIGNATURES) {
    throw new NoteError(`A note has at most ${MAX_SIGNATURES} signatures, not ${lines.length}.`);
  }
  return { text: all.slice(0, end + 1), signatures: lines.map(parseSignatureLine) };
}

/**
 * A note's text, if one of the trusted keys signed it. Signatures of other keys are ignored.
 *
 * @returns also the keys whose signature held, each once, in the order of the note
 * @throws NoteError where none of them signed it, or a signature that names one of them does not hold
 */
export function openNote(
  note: string | Uint8Array,
  verifiers: readonly Verifier[],
): { text: string; verified: Verifier[] } {
  const known = new Map<string, Verifier>();
  for (const verifier of verifiers) {
    const other = known.get(keyOf(verifier));
    if (other !== undefined && other.verifierKey !== verifier.verifierKey) {
      throw new NoteError(`Two of the keys to trust have the same name and key id: ${keyOf(verifier)}.`);
    }
    known.set(keyOf(verifier), verifier);
  }
  const { text, signatures } = parseNote(note);
  const verified = new Set<Verifier>();
  for (const signature of signatures) {
    const verifier = known.get(keyOf(signature));
    if (verifier === undefined) continue;
    if (!verifier.verify(text, signature.signature)) {
      throw new NoteError(`The signature of ${keyOf(verifier)} does not hold.`);
    }
    verified.add(verifier);
  }
  if (verified.size === 0) {
    throw new NoteError(
      `The note is signed by ${signatures.map(keyOf).join(', ')} and by none of the keys to trust ` +
        `(${[...known.keys()].join(', ') || 'there are none'}).`,
    );
  }
  return { text, verified: [...verified] };
}

/**
 * The line of a signature, with its newline.
 *
 * @param signature what stands behind the key id
 */
export function signatureLine({ name, keyId }: Pick<Signer, 'name' | 'keyId'>, signature: Uint8Array): string {
  const id = Buffer.alloc(KEY_ID_BYTES);
  id.writeUInt32BE(keyId);
  return `— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
}

/**
 * @param line with its newline
 * @throws NoteError
 */
export function parseSignatureLine(line: string): NoteSignature {
  const [, name = '', base64 = ''] = LINE.exec(line) ?? [];
  const bytes = decodeBase64(base64);
  if (!isKeyName(name) || bytes === null || bytes.length <= KEY_ID_BYTES) {
    throw new NoteError(`A signature line must be an em dash, a key name, base64 and a newline, not ${quoted(line)}.`);
  }
  return { name, keyId: bytes.readUInt32BE(), signature: bytes.subarray(KEY_ID_BYTES), line };
}

/** Where the empty line before the signatures begins, less one newline; -1 where there is none. */
function separator(note: string): number {
  return note.lastIndexOf('\n\n');
}

function keyOf({ name, keyId }: { name: string; keyId: number }): string {
  return `${name}+${hex(keyId)}`;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new NoteError('A note must be valid UTF-8.', { cause: error });
  }
}
