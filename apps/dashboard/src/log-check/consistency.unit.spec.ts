import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  consistencyProof,
  Frontier,
  leafHash,
  parseLogPath,
  tilePath as pathInLog,
  verifyConsistency,
} from '#libs/log';
import type { Bytes } from '../proof/bytes.js';
import type { Digest } from '../proof/inclusion.js';
import { provingHashes, rootsOf, TileFault, type TileReader } from './consistency.js';
import { TILE_WIDTH, tilePath, tileWidth, type Tile } from './tiles.js';

const SIZE = 70_000;
const frontier = Frontier.empty();
const full = new Map<string, Buffer>();
/** Roots of the trees of the sizes that are asked for. */
const roots = new Map<number, Buffer>();

/** Sizes around which trees change their shape. */
const EDGES = [1, 2, 3, 255, 256, 257, 511, 512, 1_000, 65_535, 65_536, 65_537, 65_792, SIZE - 1, SIZE];
const others = Array.from({ length: 6 }, (_, i) => ((i + 1) * 7_919 * 7_919) % SIZE);
const sizes = [...new Set([...EDGES, ...others])].sort((a, b) => a - b);

for (const size of sizes) {
  const leaves = Array.from({ length: size - frontier.size }, (_, i) => leafHash(Buffer.from(`${frontier.size + i}`)));
  for (const { level, index, hashes } of frontier.append(Buffer.concat(leaves))) full.set(`${level}/${index}`, hashes);
  roots.set(size, frontier.root());
}

/** Tiles of the largest tree, which those of all smaller ones are the beginnings of. */
function tile({ level, index, width }: Tile): Bytes {
  const hashes = full.get(`${level}/${index}`) ?? frontier.edge(level);
  return new Uint8Array(hashes).slice(0, width * 32);
}
const read: TileReader = async (tiles) => tiles.map(tile);
/** Many times as fast as WebCrypto is in Node. */
const subtle: Digest = {
  digest: async (_, bytes) =>
    new Uint8Array(
      createHash('sha256')
        .update(bytes as Bytes)
        .digest(),
    ).buffer,
};

test('paths and widths of tiles are those of the log', () => {
  fc.assert(
    fc.property(fc.nat(5), fc.nat(2 ** 31), fc.integer({ min: 1, max: 256 }), (level, index, width) => {
      expect(tilePath({ level, index, width })).toBe(pathInLog({ level, index, width }));
      expect(parseLogPath(tilePath({ level, index, width }))).toEqual({ kind: 'tile', level, index, width });
    }),
    { seed: 1 },
  );
  expect([tileWidth(0, 0, 257), tileWidth(0, 1, 257), tileWidth(0, 2, 257), tileWidth(1, 0, 257)]).toEqual([
    TILE_WIDTH,
    1,
    0,
    1,
  ]);
});

describe('a tree that continues another', () => {
  const larger = [3, 257, 1_000, 65_537, SIZE];
  const pairs = larger.flatMap((to) => sizes.filter((from) => from < to).map((from) => ({ from, to })));
  const proofs: { from: number; to: number; hashes: Bytes[] }[] = [];
  beforeAll(async () => {
    for (const { from, to } of pairs) {
      proofs.push({ from, to, hashes: await provingHashes(from, to, read, subtle) });
    }
  });

  test('has the proof that the log itself makes, with the smaller tree where the log leaves it out', async () => {
    const inLog = async (tiles: readonly Tile[]): Promise<Bytes[]> => tiles.map(tile);
    for (const { from, to, hashes } of proofs) {
      const proof = Number.isInteger(Math.log2(from)) ? hashes.slice(1) : hashes;
      expect(proof.map((hash) => Buffer.from(hash))).toEqual(await consistencyProof(from, to, inLog));
      verifyConsistency(from, to, proof, roots.get(from) as Buffer, roots.get(to) as Buffer);
    }
  });

  test('leads to both roots', async () => {
    for (const { from, to, hashes } of proofs) {
      const both = await rootsOf(from, to, hashes, subtle);
      expect(both && [Buffer.from(both.first), Buffer.from(both.second)]).toEqual([roots.get(from), roots.get(to)]);
    }
  });

  test('leads nowhere by too many hashes or too few', async () => {
    for (const { from, to, hashes } of proofs) {
      expect(await rootsOf(from, to, hashes.slice(0, -1), subtle)).toBeNull();
      expect(await rootsOf(from, to, [...hashes, new Uint8Array(32)], subtle)).toBeNull();
    }
  });
});

test('the proof of a large log takes few tiles', async () => {
  const asked: string[] = [];
  await provingHashes(65_537, SIZE, (tiles) => (asked.push(...tiles.map(tilePath)), read(tiles)), subtle);
  expect(new Set(asked).size).toBe(asked.length);
  expect(asked.length).toBeLessThanOrEqual(5);
});

test('a tile of the wrong length is refused', async () => {
  const short: TileReader = async (tiles) => tiles.map((one) => tile(one).slice(1));
  await expect(provingHashes(300, 700, short, subtle)).rejects.toThrow(TileFault);
  await expect(provingHashes(300, 700, async () => [], subtle)).rejects.toThrow('tile/0/001');
});
