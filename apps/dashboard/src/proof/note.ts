/** Signed notes (C2SP signed-note) with Ed25519 signatures, and checkpoints (C2SP tlog-checkpoint) in them. */
import { concat, fromBase64, toHex, utf8, type Bytes } from './bytes.js';
import { HASH_BYTES, sha256, type Digest } from './inclusion.js';
import { Unproved } from './unproved.js';

export interface Note {
  /** What is signed, with its last newline. */
  readonly text: string;
  readonly signatures: readonly { readonly name: string; readonly keyId: string; readonly signature: Bytes }[];
}

export interface Checkpoint {
  /** Which log. */
  readonly origin: string;
  /** Entries in the tree. */
  readonly size: number;
  readonly root: Bytes;
}

export interface VerifierKey {
  readonly name: string;
  /** 8 hex digits. */
  readonly keyId: string;
  /** Ed25519, 32 bytes. */
  readonly key: Bytes;
}

const ED25519 = 0x01;
const KEY_ID_BYTES = 4;
const KEY_BYTES = 32;
const SIGNATURE_LINE = /^— ([^\p{White_Space}+]+) ([A-Za-z0-9+/=]+)$/u;
const CONTROL = /[\0-\x09\x0b-\x1f]/;
const DECIMAL = /^(?:0|[1-9]\d{0,15})$/;

/** @throws {Unproved} where it is no signed note; nothing is verified yet */
export function parseNote(note: string): Note {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n') || CONTROL.test(note) || !note.isWellFormed()) {
    throw new Unproved('note-malformed');
  }
  const lines = note.slice(end + 2, -1).split('\n');
  return { text: note.slice(0, end + 1), signatures: lines.map(signatureOf) };
}

function signatureOf(line: string): Note['signatures'][number] {
  const [, name = '', base64 = ''] = SIGNATURE_LINE.exec(line) ?? [];
  const bytes = fromBase64(base64);
  if (name === '' || bytes === null || bytes.length <= KEY_ID_BYTES) throw new Unproved('note-malformed');
  return { name, keyId: toHex(bytes.slice(0, KEY_ID_BYTES)), signature: bytes.slice(KEY_ID_BYTES) };
}

/** @throws {Unproved} where the text of a note is no checkpoint */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', size = '', base64 = '', ...extensions] = text.slice(0, -1).split('\n');
  const root = fromBase64(base64);
  const valid = origin !== '' && DECIMAL.test(size) && Number.isSafeInteger(Number(size)) && !extensions.includes('');
  if (!valid || root?.length !== HASH_BYTES) throw new Unproved('checkpoint-malformed');
  return { origin, size: Number(size), root };
}

/**
 * @param vkey `<name>+<key id in hex>+<base64(01 ‖ key)>`
 * @throws {Unproved} where it is none, or its id is not that of its name and key
 */
export async function parseVerifierKey(vkey: string, subtle: Digest): Promise<VerifierKey> {
  const [, name = '', keyId = '', base64 = ''] = /^([^\p{White_Space}+]+)\+([0-9a-f]{8})\+(.*)$/su.exec(vkey) ?? [];
  const bytes = fromBase64(base64);
  if (name === '' || bytes?.length !== 1 + KEY_BYTES || bytes[0] !== ED25519) throw new Unproved('key-malformed');
  const id = await sha256(concat(utf8(`${name}\n`), bytes), subtle);
  if (toHex(id.slice(0, KEY_ID_BYTES)) !== keyId) throw new Unproved('key-malformed');
  return { name, keyId, key: bytes.slice(1) };
}

/** This browser's WebCrypto knows no Ed25519. */
export class NoEd25519 extends Error {}

/**
 * The key of a log that signed its checkpoint. Signatures of others, witnesses among them, are passed over.
 *
 * @param origin of the checkpoint: only a key of this name speaks for the log
 * @throws {Unproved} where none of the keys signed it, or a signature under one of them is wrong
 * @throws {NoEd25519} where it cannot be told
 */
export async function signerOf(
  { text, signatures }: Note,
  origin: string,
  keys: readonly VerifierKey[],
  subtle: Pick<SubtleCrypto, 'importKey' | 'verify'>,
): Promise<VerifierKey> {
  let signer: VerifierKey | null = null;
  for (const { name, keyId, signature } of signatures) {
    const key = keys.find((known) => known.name === name && known.keyId === keyId);
    if (key?.name !== origin) continue;
    if (!(await holds(key.key, signature, utf8(text), subtle))) throw new Unproved('signature-wrong');
    signer ??= key;
  }
  if (signer === null) throw new Unproved('key-unknown');
  return signer;
}

async function holds(
  key: Bytes,
  signature: Bytes,
  text: Bytes,
  subtle: Pick<SubtleCrypto, 'importKey' | 'verify'>,
): Promise<boolean> {
  let imported: CryptoKey;
  try {
    imported = await subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
  } catch (error) {
    // Names of algorithms that WebCrypto does not know are refused by this error; a key that is none, by another.
    if (error instanceof DOMException && error.name === 'NotSupportedError') throw new NoEd25519();
    throw new Unproved('key-malformed');
  }
  return subtle.verify('Ed25519', imported, signature, text);
}
