import { hash } from 'node:crypto';

/** Bytes of a SHA-256. */
export const SHA256_BYTES = 32;

/** One byte of domain and two hashes, used again and again. */
const pair = Buffer.alloc(1 + 2 * SHA256_BYTES, 1);
let prefixed = Buffer.alloc(8_192);

/**
 * Writes the leaf hash `SHA-256(00 ‖ entry)` (RFC 6962 section 2.1) of the bytes `[from, to)` of `source` to `target`.
 *
 * A digest taken as a string of bytes costs a quarter of one taken as a Buffer.
 */
export function writeLeafHash(source: Buffer, from: number, to: number, target: Buffer, at: number): void {
  const length = to - from + 1;
  if (length > prefixed.length) prefixed = Buffer.alloc(65_536);
  source.copy(prefixed, 1, from, to);
  target.write(hash('sha256', prefixed.subarray(0, length), 'binary'), at, 'binary');
}

/** Writes the node hash `SHA-256(01 ‖ left ‖ right)` of the 64 bytes at `children` of `source` to `target`. */
export function writeNodeHash(source: Buffer, children: number, target: Buffer, at: number): void {
  source.copy(pair, 1, children, children + 2 * SHA256_BYTES);
  target.write(hash('sha256', pair, 'binary'), at, 'binary');
}

/** The hash of the empty tree, `SHA-256("")`. */
export function emptyTreeHash(): Buffer {
  return hash('sha256', '', 'buffer');
}
