import { createPrivateKey, createPublicKey, hash, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import { NoteError } from './errors.js';
import { decodeBase64, isKeyName, quoted } from './text.js';

/** Types of signature (C2SP signed-note, "Signature types"). */
export const ED25519 = 0x01;
/** A witness's timestamped statement (C2SP tlog-cosignature). */
export const COSIGNATURE = 0x04;

export type SignatureType = typeof ED25519 | typeof COSIGNATURE;

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const TIME_BYTES = 8;
const PRIVATE = 'PRIVATE+KEY+';
/** What stands before the 32 bytes of a key in DER (RFC 8410 §4 and §7). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Who signs: a name and a private key. */
export interface Signer {
  name: string;
  keyId: number;
  type: SignatureType;
  /** The public half, as it is given to others. */
  verifierKey: string;
  /** The Ed25519 signature (RFC 8032) over exactly this message; 64 bytes. */
  sign(message: string): Buffer;
}

/** Whose signatures are trusted. */
export interface Verifier {
  name: string;
  keyId: number;
  type: SignatureType;
  verifierKey: string;
  /** Whether a signature, as it stands in a note behind the key id, holds for the note's text. */
  verify(text: string, signature: Uint8Array): boolean;
}

/**
 * A new signer key, `PRIVATE+KEY+<name>+<key id>+<base64(type ‖ 32-byte seed)>`, the form that Go's sumdb/note has.
 *
 * @param name not empty, without spaces and plus; a log's is its origin
 * @param type COSIGNATURE for a witness
 * @throws NoteError for a name that no key can have
 */
export function generateSignerKey(name: string, type: SignatureType = ED25519): string {
  return formatSignerKey(name, randomBytes(KEY_BYTES), type);
}

/**
 * The signer key of a given seed.
 *
 * @param seed 32 bytes, secret
 * @throws NoteError for a name or seed that no key can have
 */
export function formatSignerKey(name: string, seed: Uint8Array, type: SignatureType = ED25519): string {
  if (!isKeyName(name)) {
    throw new NoteError(`The name of a key must not be empty and have no spaces or plus signs: ${quoted(name)}.`);
  }
  if (seed.length !== KEY_BYTES) throw new NoteError(`The seed of an Ed25519 key has 32 bytes, not ${seed.length}.`);
  const { id } = publicHalf(name, type, privateKey(seed));
  return PRIVATE + [name, hex(id), Buffer.from([type, ...seed]).toString('base64')].join('+');
}

/**
 * @param skey what generateSignerKey returns
 * @throws NoteError where it is none; the message holds nothing of the key but its name
 */
export function parseSigner(skey: string): Signer {
  if (!skey.startsWith(PRIVATE)) throw new NoteError(`A signer key must begin with ${PRIVATE}`);
  const { name, id, type, key: seed } = parseKey(skey.slice(PRIVATE.length), 'signer');
  const secret = privateKey(seed);
  const { id: keyId, verifierKey } = publicHalf(name, type, secret);
  if (keyId !== id) {
    throw new NoteError(`The signer key ${quoted(name)} is damaged: it says key id ${hex(id)} and is ${hex(keyId)}.`);
  }
  return { name, keyId, type, verifierKey, sign: (message) => sign(null, Buffer.from(message), secret) };
}

/**
 * @param vkey `<name>+<key id in hex>+<base64(type ‖ public key)>` (C2SP signed-note, "Verifier keys"), of type 01 or 04
 * @throws NoteError where it is none
 */
export function parseVerifier(vkey: string): Verifier {
  const { name, id: keyId, type, key } = parseKey(vkey, 'verifier');
  if (keyIdOf(name, type, key) !== keyId) {
    throw new NoteError(`The verifier key ${quoted(vkey)} is damaged: its key id is not that of its name and key.`);
  }
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI, key]), format: 'der', type: 'spki' });
  const check = (message: string, signature: Uint8Array) =>
    signature.length === SIGNATURE_BYTES && verify(null, Buffer.from(message), publicKey, signature);
  return {
    name,
    keyId,
    type,
    verifierKey: vkey,
    verify: type === ED25519 ? check : (text, signature) => checkCosignature(text, signature, check),
  };
}

/**
 * What a witness signs (C2SP tlog-cosignature, "Ed25519 signed message").
 *
 * @param text the checkpoint
 * @param time seconds since the epoch
 */
export function cosignedMessage(text: string, time: number | bigint): string {
  return `cosignature/v1\ntime ${time}\n${text}`;
}

/** The first four bytes of a hash over name, type and public key (C2SP signed-note, "Signatures"), as 8 hex digits. */
export function hex(keyId: number): string {
  return keyId.toString(16).padStart(8, '0');
}

function checkCosignature(
  text: string,
  signature: Uint8Array,
  check: (message: string, signature: Uint8Array) => boolean,
): boolean {
  if (signature.length !== TIME_BYTES + SIGNATURE_BYTES) return false;
  const time = Buffer.from(signature).readBigUInt64BE();
  return time < 2n ** 63n && check(cosignedMessage(text, time), signature.subarray(TIME_BYTES));
}

function parseKey(text: string, kind: string): { name: string; id: number; type: SignatureType; key: Buffer } {
  const said = kind === 'signer' ? 'The signer key' : `The verifier key ${quoted(text)}`;
  const [, name = '', id = '', base64 = ''] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/s.exec(text) ?? [];
  const bytes = decodeBase64(base64);
  if (!isKeyName(name) || bytes === null || bytes.length === 0) {
    throw new NoteError(`${said} is not of the form name+key id+base64.`);
  }
  const type = bytes[0];
  if (type !== ED25519 && type !== COSIGNATURE) {
    throw new NoteError(`${said} is of type ${type}; known are 1 (Ed25519) and 4 (a witness's cosignature).`);
  }
  if (bytes.length !== 1 + KEY_BYTES) {
    throw new NoteError(`${said} holds ${bytes.length - 1} bytes; an Ed25519 key has ${KEY_BYTES}.`);
  }
  return { name, id: parseInt(id, 16), type, key: bytes.subarray(1) };
}

function publicHalf(name: string, type: SignatureType, secret: KeyObject): { id: number; verifierKey: string } {
  const key = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(SPKI.length);
  const id = keyIdOf(name, type, key);
  return { id, verifierKey: [name, hex(id), Buffer.from([type, ...key]).toString('base64')].join('+') };
}

function privateKey(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
}

function keyIdOf(name: string, type: SignatureType, key: Uint8Array): number {
  const input = Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([type]), key]);
  return hash('sha256', input, 'buffer').readUInt32BE();
}
