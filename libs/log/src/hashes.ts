import { hash } from 'node:crypto';

/** Bytes of a SHA-256 hash. */
export const HASH_BYTES = 32;

/** Root of the tree without entries, `SHA-256("")` (RFC 6962 §2.1). */
export const EMPTY_ROOT: Buffer = hash('sha256', '', 'buffer');

const LEAF = 0x00;
const NODE = 0x01;

const node = Buffer.alloc(1 + 2 * HASH_BYTES, NODE);

/** `SHA-256(00 ‖ entry)` (RFC 6962 §2.1). */
export function leafHash(entry: Uint8Array): Buffer {
  const leaf = Buffer.allocUnsafe(1 + entry.length);
  leaf[0] = LEAF;
  leaf.set(entry, 1);
  return hash('sha256', leaf, 'buffer');
}

/** `SHA-256(01 ‖ left ‖ right)` (RFC 6962 §2.1); both are 32 bytes. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return hash('sha256', node, 'buffer');
}

/**
 * Root of a perfect tree over 2^k hashes.
 *
 * @param hashes 2^k times 32 bytes, k ≥ 0; left as it is
 */
export function perfectRoot(hashes: Uint8Array): Buffer {
  const work = Buffer.from(hashes);
  for (let length = work.length; length > HASH_BYTES; length /= 2) {
    for (let at = 0; at < length; at += 2 * HASH_BYTES) {
      work.copy(node, 1, at, at + 2 * HASH_BYTES);
      // A hash taken as a string of bytes costs a quarter of one taken as a buffer.
      work.write(hash('sha256', node, 'binary'), at / 2, 'binary');
    }
  }
  return Buffer.from(work.subarray(0, HASH_BYTES));
}
