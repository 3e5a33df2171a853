/** Merkle trees of RFC 6962 §2.1, hashed by WebCrypto. */
import { concat, type Bytes } from './bytes.js';
import { Unproved } from './unproved.js';

/** One hash more on the way from an entry up to the root. */
export interface PathNode {
  /** From the proof. */
  readonly sibling: Bytes;
  /** On which side of what was hashed so far the sibling stands. */
  readonly side: 'left' | 'right';
  /** SHA-256(01 ‖ left ‖ right). */
  readonly hash: Bytes;
}

export const HASH_BYTES = 32;

const LEAF = Uint8Array.of(0x00);
const NODE = Uint8Array.of(0x01);

export type Digest = Pick<SubtleCrypto, 'digest'>;

/** SHA-256(00 ‖ entry) */
export function leafHash(entry: Bytes, subtle: Digest): Promise<Bytes> {
  return sha256(concat(LEAF, entry), subtle);
}

export async function sha256(bytes: Bytes, subtle: Digest): Promise<Bytes> {
  return new Uint8Array(await subtle.digest('SHA-256', bytes));
}

/**
 * Climbs from a leaf to the root that its audit path leads to (RFC 9162 §2.1.3.2). Whether that is the right root is
 * for the caller to see.
 *
 * @param index log index of the entry
 * @param size entries in the tree
 * @param siblings from the leaf's upwards, 32 bytes each
 * @returns a node for each sibling; the last one's hash is the root (the leaf itself where there is none)
 * @throws {Unproved} where the tree has no such entry, or its path another length
 */
export async function climb(
  index: number,
  size: number,
  leaf: Bytes,
  siblings: readonly Bytes[],
  subtle: Digest,
): Promise<PathNode[]> {
  if (!isCount(index) || !isCount(size) || index >= size) throw new Unproved('index-outside');
  const nodes: PathNode[] = [];
  // The way to the entry, and the way to the tree's last one, both from below.
  let [way, last, hash] = [index, size - 1, leaf];
  for (const sibling of siblings) {
    if (last === 0) throw new Unproved('path-length');
    const side = isOdd(way) || way === last ? 'left' : 'right';
    hash = await sha256(side === 'left' ? concat(NODE, sibling, hash) : concat(NODE, hash, sibling), subtle);
    nodes.push({ sibling, side, hash });
    // Levels on which the last node has no sibling are passed over.
    if (side === 'left') while (!isOdd(way) && way > 0) [way, last] = [half(way), half(last)];
    [way, last] = [half(way), half(last)];
  }
  if (last !== 0) throw new Unproved('path-length');
  return nodes;
}

/** Sizes reach beyond 32 bits, where the operators for bits do not. */
const half = (value: number): number => Math.floor(value / 2);
const isOdd = (value: number): boolean => value % 2 === 1;
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
