/** Whether a log is the continuation of an earlier one (RFC 6962 §2.1.2), from its public tiles. */
import { concat, type Bytes } from '../proof/bytes.js';
import { HASH_BYTES, sha256, type Digest } from '../proof/inclusion.js';
import { TILE_WIDTH, tilePath, tileWidth, type Tile } from './tiles.js';

/** Fetches tiles, each `width` times 32 bytes, in the order asked for. */
export type TileReader = (tiles: readonly Tile[]) => Promise<readonly Bytes[]>;

/** A tile that has not the number of hashes asked for. */
export class TileFault extends Error {
  constructor(readonly tile: Tile) {
    super(`${tilePath(tile)} does not have ${tile.width} hashes of ${HASH_BYTES} bytes.`);
    this.name = 'TileFault';
  }
}

/** Entries from `from` until before `to`. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * The hashes that prove that a tree continues a smaller one. The first is always that of the smaller tree's last
 * subtree, also where RFC 6962 leaves it out because it is the whole smaller tree: here that is what is asked for.
 *
 * @param from size of the smaller tree, from 1
 * @param to size of the larger one, which the tiles are of
 * @throws {TileFault}
 */
export async function provingHashes(from: number, to: number, read: TileReader, subtle: Digest): Promise<Bytes[]> {
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
  return hashesOf([tree, ...path], to, read, subtle);
}

/**
 * The roots of both trees, as the hashes have them (RFC 9162 §2.1.4.2).
 *
 * @param hashes as `provingHashes` returns them; null where they are too many or too few
 */
export async function rootsOf(
  from: number,
  to: number,
  hashes: readonly Bytes[],
  subtle: Digest,
): Promise<{ first: Bytes; second: Bytes } | null> {
  // f is the way to the smaller tree's last entry, s to the larger one's, both from below.
  let [f, s] = [from - 1, to - 1];
  while (isOdd(f)) [f, s] = [half(f), half(s)];
  const [start, ...rest] = hashes;
  if (start === undefined) return null;
  let [first, second] = [start, start];
  for (const sibling of rest) {
    if (s === 0) return null;
    if (isOdd(f) || f === s) {
      [first, second] = await Promise.all([nodeHash(sibling, first, subtle), nodeHash(sibling, second, subtle)]);
      while (!isOdd(f) && f > 0) [f, s] = [half(f), half(s)];
    } else {
      second = await nodeHash(second, sibling, subtle);
    }
    [f, s] = [half(f), half(s)];
  }
  return s === 0 ? { first, second } : null;
}

/** The hash of each range, with all tiles that this takes read in one call, each once. */
async function hashesOf(ranges: readonly Range[], size: number, read: TileReader, subtle: Digest): Promise<Bytes[]> {
  const subtrees = ranges.map((range) => [...perfectSubtrees(range)].map((subtree) => placeOf(subtree, size)));
  const tiles = [...new Map(subtrees.flat().map(({ tile }) => [tilePath(tile), tile])).values()];
  const contents = await read(tiles);
  const byPath = new Map(tiles.map((tile, at) => [tilePath(tile), checked(tile, contents[at])]));
  return Promise.all(
    subtrees.map(async (parts) => {
      const hashes = await Promise.all(
        parts.map(({ tile, from, to }) => {
          const content = byPath.get(tilePath(tile)) as Bytes;
          return perfectRoot(content.subarray(from * HASH_BYTES, to * HASH_BYTES), subtle);
        }),
      );
      // From the right: each perfect subtree is larger than all behind it together.
      let hash = hashes.at(-1) as Bytes;
      for (const left of hashes.slice(0, -1).reverse()) hash = await nodeHash(left, hash, subtle);
      return hash;
    }),
  );
}

function checked(tile: Tile, content: Bytes | undefined): Bytes {
  if (content?.length !== tile.width * HASH_BYTES) throw new TileFault(tile);
  return content;
}

/** 2^height entries, from `index * 2^height` on. */
interface Subtree {
  readonly height: number;
  readonly index: number;
}

/** A range's perfect subtrees, from left to right. */
function* perfectSubtrees({ from, to }: Range): Generator<Subtree> {
  for (let at = from; at < to;) {
    let height = 0;
    while (at % 2 ** (height + 1) === 0 && at + 2 ** (height + 1) <= to) height++;
    yield { height, index: at / 2 ** height };
    at += 2 ** height;
  }
}

/** A tile holds eight levels of the tree: the lowest itself, the others by hashing. */
const TILE_HEIGHT = 8;

/** The hashes of a tile that lie below a perfect subtree. */
function placeOf({ height, index }: Subtree, size: number): { tile: Tile } & Range {
  const level = Math.floor(height / TILE_HEIGHT);
  const count = 2 ** (height % TILE_HEIGHT);
  const tileIndex = Math.floor((index * count) / TILE_WIDTH);
  const from = (index * count) % TILE_WIDTH;
  return { tile: { level, index: tileIndex, width: tileWidth(level, tileIndex, size) }, from, to: from + count };
}

/** Root of a perfect tree over 2^k hashes. */
async function perfectRoot(hashes: Bytes, subtle: Digest): Promise<Bytes> {
  if (hashes.length === HASH_BYTES) return hashes;
  const middle = hashes.length / 2;
  const [left, right] = await Promise.all([
    perfectRoot(hashes.subarray(0, middle), subtle),
    perfectRoot(hashes.subarray(middle), subtle),
  ]);
  return nodeHash(left, right, subtle);
}

const NODE = Uint8Array.of(0x01);

/** SHA-256(01 ‖ left ‖ right) (RFC 6962 §2.1) */
function nodeHash(left: Bytes, right: Bytes, subtle: Digest): Promise<Bytes> {
  return sha256(concat(NODE, left, right), subtle);
}

/** Where a tree of more than one entry splits: at the largest power of two below its size (RFC 6962 §2.1). */
function split({ from, to }: Range): number {
  let left = 1;
  while (left * 2 < to - from) left *= 2;
  return from + left;
}

/** Sizes reach beyond 32 bits, where the operators for bits do not. */
const half = (value: number): number => Math.floor(value / 2);
const isOdd = (value: number): boolean => value % 2 === 1;
