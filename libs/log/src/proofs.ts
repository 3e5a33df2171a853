import { LogFormatError, ProofError } from './errors.js';
import { EMPTY_ROOT, HASH_BYTES, nodeHash, perfectRoot } from './hashes.js';
import { TILE_WIDTH, type TileId, tilePath, tileWidth } from './tiles.js';

/** Fetches tiles, each `width` times 32 bytes, in the order asked for. */
export type HashReader = (tiles: TileId[]) => Promise<Uint8Array[]>;

/** Entries from `from` until before `to`; its hash is that of RFC 6962 §2.1 for these entries alone. */
interface Range {
  from: number;
  to: number;
}

const TILE_HEIGHT = 8;

/**
 * The audit path of an entry (RFC 6962 §2.1.1), from the leaf's sibling up to the root's child.
 *
 * @param index log index of the entry
 * @param size of the tree, greater than index
 * @param reader of tiles of a tree of that size
 * @throws RangeError where the tree has no such entry
 * @throws LogFormatError where a tile has not the size asked for
 */
export async function inclusionProof(index: number, size: number, reader: HashReader): Promise<Buffer[]> {
  if (!isIndex(index) || !isIndex(size) || index >= size) {
    throw new RangeError(`a log of ${size} entries has no entry ${index}`);
  }
  const path: Range[] = [];
  let tree: Range = { from: 0, to: size };
  while (tree.to - tree.from > 1) {
    const middle = split(tree);
    const [left, right] = [
      { from: tree.from, to: middle },
      { from: middle, to: tree.to },
    ];
    path.unshift(index < middle ? right : left);
    tree = index < middle ? left : right;
  }
  return hashesOf(path, size, reader);
}

/**
 * The proof that a tree is the beginning of a larger one (RFC 6962 §2.1.2). Empty where one of them is empty or both
 * are of the same size.
 *
 * @param from size of the first tree
 * @param to size of the second one, not smaller
 * @param reader of tiles of the second one
 * @throws RangeError where the first one is larger
 * @throws LogFormatError where a tile has not the size asked for
 */
export async function consistencyProof(from: number, to: number, reader: HashReader): Promise<Buffer[]> {
  if (!isIndex(from) || !isIndex(to) || from > to) throw new RangeError(`no log of ${to} entries begins with ${from}`);
  if (from === 0 || from === to) return [];
  const path: Range[] = [];
  let tree: Range = { from: 0, to };
  while (tree.to !== from) {
    const middle = split(tree);
    const [left, right] = [
      { from: tree.from, to: middle },
      { from: middle, to: tree.to },
    ];
    path.unshift(from <= middle ? right : left);
    tree = from <= middle ? left : right;
  }
  // The first tree itself is known to whoever asks.
  if (tree.from > 0) path.unshift(tree);
  return hashesOf(path, to, reader);
}

/**
 * Root of the tree of that size, from its tiles; 32 bytes.
 *
 * @throws LogFormatError where a tile has not the size asked for
 */
export async function rootFrom(size: number, reader: HashReader): Promise<Buffer> {
  if (!isIndex(size)) throw new RangeError(`a log cannot have ${size} entries`);
  if (size === 0) return Buffer.from(EMPTY_ROOT);
  const [root] = await hashesOf([{ from: 0, to: size }], size, reader);
  return root as Buffer;
}

/**
 * @param leaf leaf hash of the entry
 * @param proof as inclusionProof returns it
 * @param root of the tree
 * @throws ProofError unless the entry is at that index of the tree
 */
export function verifyInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): void {
  if (!isIndex(index) || !isIndex(size) || index >= size) {
    throw new ProofError(`The proof is for entry ${index}, which a log of ${size} entries does not have.`);
  }
  checkHashes([leaf, ...proof, root]);
  // RFC 9162 §2.1.3.2: f is the way to the entry, s to the last one, both from below.
  let [f, s, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (s === 0) throw wrongLength('inclusion', proof.length);
    if (isOdd(f) || f === s) {
      hash = nodeHash(sibling, hash);
      while (!isOdd(f) && f > 0) [f, s] = [half(f), half(s)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [f, s] = [half(f), half(s)];
  }
  if (s !== 0) throw wrongLength('inclusion', proof.length);
  if (!equal(hash, root)) {
    throw new ProofError(
      `The proof does not lead from this entry at ${index} to the root of the log of ${size} entries.`,
    );
  }
}

/**
 * @param proof as consistencyProof returns it
 * @throws ProofError unless the tree of size `from` is the beginning of the one of size `to`
 */
export function verifyConsistency(
  from: number,
  to: number,
  proof: readonly Uint8Array[],
  fromRoot: Uint8Array,
  toRoot: Uint8Array,
): void {
  if (!isIndex(from) || !isIndex(to) || from > to) {
    throw new ProofError(`A log of ${to} entries cannot continue one of ${from}.`);
  }
  checkHashes([fromRoot, ...proof, toRoot]);
  if (from === 0 || from === to) {
    if (proof.length > 0) throw wrongLength('consistency', proof.length);
    if (!equal(fromRoot, from === 0 ? EMPTY_ROOT : toRoot)) throw inconsistent(from, to);
    if (to === 0 && !equal(toRoot, EMPTY_ROOT)) throw inconsistent(from, to);
    return;
  }
  // RFC 9162 §2.1.4.2: f is the way to the first tree's last entry, s to the second one's, both from below.
  let [f, s] = [from - 1, to - 1];
  while (isOdd(f)) [f, s] = [half(f), half(s)];
  // Where the first tree is perfect its root is itself the start, and the proof leaves it out.
  const [start, ...rest] = f === 0 ? [fromRoot, ...proof] : proof;
  if (start === undefined) throw wrongLength('consistency', proof.length);
  let [first, second] = [start, start];
  for (const sibling of rest) {
    if (s === 0) throw wrongLength('consistency', proof.length);
    if (isOdd(f) || f === s) {
      first = nodeHash(sibling, first);
      second = nodeHash(sibling, second);
      while (!isOdd(f) && f > 0) [f, s] = [half(f), half(s)];
    } else {
      second = nodeHash(second, sibling);
    }
    [f, s] = [half(f), half(s)];
  }
  if (s !== 0) throw wrongLength('consistency', proof.length);
  if (!equal(first, fromRoot) || !equal(second, toRoot)) throw inconsistent(from, to);
}

/** The hash of each range, with all tiles that this takes read in one call, each once. */
async function hashesOf(ranges: Range[], size: number, reader: HashReader): Promise<Buffer[]> {
  const subtrees = ranges.map((range) => [...perfectSubtrees(range)].map((subtree) => placeOf(subtree, size)));
  const tiles = new Map<string, TileId>();
  for (const { tile } of subtrees.flat()) tiles.set(tilePath(tile), tile);
  const wanted = [...tiles.values()];
  const read = wanted.length === 0 ? [] : await reader(wanted);
  const contents = new Map<string, Uint8Array>();
  for (const [i, path] of [...tiles.keys()].entries()) contents.set(path, checkTile(wanted[i] as TileId, read[i]));
  return subtrees.map((parts) => {
    const hashes = parts.map(({ tile, from, to }) => {
      const content = contents.get(tilePath(tile)) as Uint8Array;
      return perfectRoot(content.subarray(from * HASH_BYTES, to * HASH_BYTES));
    });
    return hashes.reduceRight((right, left) => nodeHash(left, right));
  });
}

/** A range's perfect subtrees from left to right: 2^height entries each, from `index * 2^height` on. */
function* perfectSubtrees({ from, to }: Range): Generator<{ height: number; index: number }> {
  for (let at = from; at < to;) {
    let height = 0;
    while (at % 2 ** (height + 1) === 0 && at + 2 ** (height + 1) <= to) height++;
    yield { height, index: at / 2 ** height };
    at += 2 ** height;
  }
}

/** The hashes of a tile that lie below a perfect subtree. */
function placeOf(subtree: { height: number; index: number }, size: number): { tile: TileId } & Range {
  const level = Math.floor(subtree.height / TILE_HEIGHT);
  const count = 2 ** (subtree.height % TILE_HEIGHT);
  const index = Math.floor((subtree.index * count) / TILE_WIDTH);
  const from = (subtree.index * count) % TILE_WIDTH;
  return { tile: { level, index, width: tileWidth(level, index, size) }, from, to: from + count };
}

function checkTile(tile: TileId, content: Uint8Array | undefined): Uint8Array {
  if (content?.length !== tile.width * HASH_BYTES) {
    throw new LogFormatError(
      `${tilePath(tile)} must have ${tile.width * HASH_BYTES} bytes, not ${content?.length ?? 'none'}.`,
    );
  }
  return content;
}

/** Where a tree of more than one entry splits: at the largest power of two below its size (RFC 6962 §2.1). */
function split({ from, to }: Range): number {
  let left = 1;
  while (left * 2 < to - from) left *= 2;
  return from + left;
}

function checkHashes(hashes: readonly Uint8Array[]): void {
  const odd = hashes.find((hash) => hash.length !== HASH_BYTES);
  if (odd !== undefined) throw new ProofError(`A hash in a proof has ${HASH_BYTES} bytes, not ${odd.length}.`);
}

function wrongLength(kind: string, length: number): ProofError {
  return new ProofError(`The ${kind} proof has not the right number of hashes: ${length}.`);
}

function inconsistent(from: number, to: number): ProofError {
  return new ProofError(`The log of ${to} entries is not a continuation of the one of ${from} entries.`);
}

/** Sizes reach beyond 32 bits, where the operators for bits do not. */
const half = (value: number): number => Math.floor(value / 2);
const isOdd = (value: number): boolean => value % 2 === 1;
const isIndex = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
