import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LogFormatError, ProofError } from './errors.js';
import { Frontier, type FullTile } from './frontier.js';
import { HASH_BYTES, leafHash } from './hashes.js';
import { entryOf, NaiveTree } from './naive-tree.fixture.js';
import { consistencyProof, inclusionProof, rootFrom, verifyConsistency, verifyInclusion } from './proofs.js';
import { TILE_WIDTH, tileRoot, tileWidth } from './tiles.js';

const LARGEST = 65_536 * 3 + 17;
const BOUNDARIES = [0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000, 131_072, 196_608, LARGEST];

// Printed, so that a run can be repeated.
const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
console.log(`SEED=${seed}`);

const tree = NaiveTree.ofNumbers(LARGEST);
const leaves = Buffer.concat(tree.leaves);
const leavesOf = (from: number, to: number) => leaves.subarray(from * HASH_BYTES, to * HASH_BYTES);

/** Sizes of all kinds: at the edges of tiles, small, any. */
const sizes = fc.oneof(
  fc.constantFrom(...BOUNDARIES),
  fc.integer({ min: 0, max: 600 }),
  fc.integer({ min: 0, max: 70_000 }),
  fc.integer({ min: 0, max: LARGEST }),
);

/** Every full tile of a tree of that size, level by level. */
function fullTiles(size: number): FullTile[] {
  const tiles: FullTile[] = [];
  for (let level = 0; size >= TILE_WIDTH ** (level + 1); level++) {
    for (let index = 0; tileWidth(level, index, size) === TILE_WIDTH; index++) {
      const hashes = tree.tile(level, index, TILE_WIDTH);
      const below = TILE_WIDTH ** (level + 1);
      tiles.push({ level, index, hashes, root: tree.root((index + 1) * below, index * below) });
    }
  }
  return tiles;
}

const edgesOf = (size: number) =>
  [0, 1, 2].map((level) => {
    const hashes = Math.floor(size / TILE_WIDTH ** level);
    return tree.tile(level, Math.floor(hashes / TILE_WIDTH), hashes % TILE_WIDTH);
  });

const byPlace = (a: FullTile, b: FullTile) => a.level - b.level || a.index - b.index;

/** A tile as one string: Jest takes its time with buffers. */
const told = ({ level, index, hashes, root }: FullTile) =>
  `${level}/${index} ${hashes.toString('base64')} ${root.toString('base64')}`;

/** Each size is judged against the definition, which costs; the sampled sizes stand for all. */
const RUNS = { seed, numRuns: 60 };

describe('a frontier', () => {
  test('of any size has the root and edges that the definitions give, whether read or appended to', () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const appended = Frontier.empty();
        appended.append(leavesOf(0, size));
        for (const frontier of [appended, Frontier.at(size, edgesOf(size))]) {
          expect(frontier.size).toBe(size);
          expect(frontier.root().equals(tree.root(size))).toBe(true);
          const edges = [0, 1, 2, 3].map((level) => frontier.edge(level).toString('hex'));
          expect(edges).toEqual([...edgesOf(size).map((edge) => edge.toString('hex')), '']);
        }
      }),
      { seed, numRuns: 30 },
    );
  });

  test('at every size up to two tiles and a bit', () => {
    const frontier = Frontier.empty();
    for (let size = 0; size < 600; size++) {
      expect(frontier.root().equals(tree.root(size))).toBe(true);
      frontier.append(leafHash(entryOf(size)));
    }
  });

  test('gives the same tiles in whatever portions entries come', () => {
    const portions = fc.array(fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 20_000 })), {
      maxLength: 12,
    });
    // Also where the next tile of level 0 completes one of level 1.
    const starts = fc.oneof(fc.integer({ min: 0, max: 66_000 }), fc.integer({ min: 65_281, max: 65_535 }));
    fc.assert(
      fc.property(starts, portions, (start, counts) => {
        const frontier = Frontier.at(start, edgesOf(start));
        const tiles: FullTile[] = [];
        let size = start;
        for (const count of counts.filter((next) => (size + next <= 140_000 ? (size += next) : 0) > 0)) {
          const completed = frontier.append(leavesOf(frontier.size, frontier.size + count));
          expect(completed.map(told)).toEqual([...completed].sort(byPlace).map(told));
          tiles.push(...completed);
        }
        expect(frontier.size).toBe(size);
        expect(frontier.root().equals(tree.root(size))).toBe(true);
        const before = fullTiles(start).map(({ level, index }) => `${level}/${index}`);
        const expected = fullTiles(size).filter(({ level, index }) => !before.includes(`${level}/${index}`));
        expect(tiles.sort(byPlace).map(told)).toEqual(expected.map(told));
        for (const { hashes, root } of tiles) expect(tileRoot(hashes).equals(root)).toBe(true);
      }),
      { seed, numRuns: 8 },
    );
  });

  test('of 70,000 entries has the tiles that C2SP tlog-tiles names', () => {
    const frontier = Frontier.empty();
    const full = frontier.append(leavesOf(0, 70_000));
    expect(full.map(({ level, index }) => [level, index])).toEqual([
      ...Array.from({ length: 273 }, (_, index) => [0, index]),
      [1, 0],
    ]);
    expect([0, 1, 2, 3].map((level) => frontier.edge(level).length / HASH_BYTES)).toEqual([112, 17, 1, 0]);
  });

  test('does not change with what it was given or has given', () => {
    const given = Buffer.from(leavesOf(0, 300));
    const frontier = Frontier.empty();
    const [tile] = frontier.append(given) as [FullTile];
    given.fill(0);
    frontier.edge(0).fill(0);
    frontier.append(leavesOf(300, 600));
    expect(tile.hashes).toEqual(leavesOf(0, 256));
    expect(frontier.root()).toEqual(tree.root(600));
  });

  test.each([
    ['too few hashes on a level', 70_000, edgesOf(69_999)],
    ['an edge for a level that has none', 256, [leavesOf(0, 1), leavesOf(0, 1)]],
    ['a hash above the tree', 3, [leavesOf(0, 3), leavesOf(0, 1)]],
    ['no edges', 5, []],
  ])('cannot be made of %s', (_what, size, edges) => {
    expect(() => Frontier.at(size, edges)).toThrow(LogFormatError);
  });

  test('refuses what are no whole hashes, and is as before', () => {
    const frontier = Frontier.at(3, edgesOf(3));
    expect(() => frontier.append(Buffer.alloc(33))).toThrow(LogFormatError);
    expect([frontier.size, frontier.root()]).toEqual([3, tree.root(3)]);
  });
});

test('the root is found from tiles', async () => {
  await fc.assert(
    fc.asyncProperty(sizes, async (size) => {
      expect(await rootFrom(size, tree.reader)).toEqual(tree.root(size));
    }),
    RUNS,
  );
});

/** A size and an entry of it. */
const places = sizes.filter((size) => size > 0).chain((size) => fc.tuple(fc.nat(size - 1), fc.constant(size)));
const pairs = sizes.chain((to) => fc.tuple(fc.oneof(fc.nat(to), fc.constant(to)), fc.constant(to)));
/** All pairs of small numbers that belong together, with those around a power of two. */
function small(together: (a: number, b: number) => boolean): [number, number][] {
  const numbers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 15, 16, 17];
  return numbers.flatMap((a) => numbers.filter((b) => together(a, b)).map((b): [number, number] => [a, b]));
}

/** Which of a list, and which of its bits. */
const damages = fc.tuple(fc.nat(1_000), fc.nat(8 * HASH_BYTES - 1));

function flip(hashes: readonly Buffer[], [which, bit]: [number, number]): Buffer[] {
  return hashes.map((hash, i) => {
    if (i !== which % hashes.length) return hash;
    const flipped = Buffer.from(hash);
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    return flipped;
  });
}

describe('an inclusion proof', () => {
  test('is the audit path of the definition, and verifies', async () => {
    await fc.assert(
      fc.asyncProperty(places, async ([index, size]) => {
        const proof = await inclusionProof(index, size, tree.reader);
        expect(proof).toEqual(tree.path(index, size));
        verifyInclusion(index, size, tree.leaves[index] as Buffer, proof, tree.root(size));
      }),
      RUNS,
    );
  });

  test('in every small tree', () => {
    for (let size = 1; size <= 40; size++) {
      for (let index = 0; index < size; index++) {
        verifyInclusion(index, size, tree.leaves[index] as Buffer, tree.path(index, size), tree.root(size));
      }
    }
  });

  test('fails with any bit changed, for another entry, and against the root of another size', () => {
    fc.assert(
      fc.property(places, damages, sizes, fc.nat(), ([index, size], damage, otherSize, other) => {
        const proof = tree.path(index, size);
        const leaf = tree.leaves[index] as Buffer;
        const root = tree.root(size);
        const [badLeaf, badRoot, ...badProof] = flip([leaf, root, ...proof], damage) as [Buffer, Buffer];
        expect(() => verifyInclusion(index, size, badLeaf, badProof, badRoot)).toThrow(ProofError);
        if (other % size !== index) {
          expect(() => verifyInclusion(other % size, size, leaf, proof, root)).toThrow(ProofError);
        }
        if (otherSize !== size) {
          expect(() => verifyInclusion(index, otherSize, leaf, proof, tree.root(otherSize))).toThrow(ProofError);
        }
        expect(() => verifyInclusion(index, size, leaf, [...proof, leaf], root)).toThrow(ProofError);
        if (size > 1) expect(() => verifyInclusion(index, size, leaf, proof.slice(0, -1), root)).toThrow(ProofError);
      }),
      RUNS,
    );
  });

  test('does not pass for one of a tree where proofs have another length', () => {
    const all = small((from, to) => from < to).map(([index, size]) => ({ index, size, proof: tree.path(index, size) }));
    for (const { index, size, proof } of all) {
      const [leaf, root] = [tree.leaves[index] as Buffer, tree.root(size)];
      for (const claimed of all.filter((other) => other.proof.length !== proof.length)) {
        expect(() => verifyInclusion(claimed.index, claimed.size, leaf, proof, root)).toThrow(ProofError);
      }
    }
  });

  test.each([
    [3, 3],
    [-1, 3],
    [0.5, 3],
    [0, 0],
    [0, NaN],
  ])('of entry %d of %d does not exist', async (index, size) => {
    await expect(inclusionProof(index, size, tree.reader)).rejects.toThrow(RangeError);
    const leaf = tree.leaves[0] as Buffer;
    expect(() => verifyInclusion(index, size, leaf, [], leaf)).toThrow(ProofError);
  });
});

describe('a consistency proof', () => {
  test('is that of the definition, and verifies', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async ([from, to]) => {
        const proof = await consistencyProof(from, to, tree.reader);
        expect(proof).toEqual(tree.proof(from, to));
        verifyConsistency(from, to, proof, tree.root(from), tree.root(to));
      }),
      RUNS,
    );
  });

  test('between all small trees', () => {
    for (let to = 0; to <= 70; to++) {
      for (let from = 0; from <= to; from++) {
        verifyConsistency(from, to, tree.proof(from, to), tree.root(from), tree.root(to));
      }
    }
  });

  test('fails with any bit changed, and for other sizes', () => {
    fc.assert(
      fc.property(pairs, damages, sizes, ([from, to], damage, other) => {
        // From nothing, anything follows: there the second root proves nothing.
        fc.pre(from > 0);
        const proof = tree.proof(from, to);
        const roots = [tree.root(from), tree.root(to)] as const;
        const [first, second, ...rest] = flip([...roots, ...proof], damage) as [Buffer, Buffer];
        expect(() => verifyConsistency(from, to, rest, first, second)).toThrow(ProofError);
        expect(() => verifyConsistency(from, to, [...proof, roots[0]], ...roots)).toThrow(ProofError);
        if (proof.length > 0) {
          expect(() => verifyConsistency(from, to, proof.slice(1), ...roots)).toThrow(ProofError);
          expect(() => verifyConsistency(from, to, proof.slice(0, -1), ...roots)).toThrow(ProofError);
        }
        if (other !== to) {
          expect(() => verifyConsistency(from, other, proof, roots[0], tree.root(other))).toThrow(ProofError);
        }
        if (other !== from && other > 0) {
          expect(() => verifyConsistency(other, to, proof, tree.root(other), roots[1])).toThrow(ProofError);
        }
      }),
      RUNS,
    );
  });

  test('does not pass for one between trees where proofs have another length', () => {
    const between = small((first, second) => 0 < first && first < second);
    const all = between.map(([from, to]) => ({ from, to, proof: tree.proof(from, to) }));
    for (const { from, to, proof } of all) {
      const roots = [tree.root(from), tree.root(to)] as const;
      for (const claimed of all.filter((other) => other.proof.length !== proof.length)) {
        expect(() => verifyConsistency(claimed.from, claimed.to, proof, ...roots)).toThrow(ProofError);
      }
    }
  });

  test('from the empty tree is empty, and the empty tree has one root', () => {
    const [empty, root] = [tree.root(0), tree.root(5)];
    verifyConsistency(0, 5, [], empty, root);
    expect(() => verifyConsistency(0, 5, [root], empty, root)).toThrow(ProofError);
    expect(() => verifyConsistency(0, 5, [], root, root)).toThrow(ProofError);
    expect(() => verifyConsistency(0, 0, [], empty, root)).toThrow(ProofError);
    expect(() => verifyConsistency(0, 0, [], root, root)).toThrow(ProofError);
  });

  test('cannot go back', async () => {
    await expect(consistencyProof(5, 4, tree.reader)).rejects.toThrow(RangeError);
    expect(() => verifyConsistency(5, 4, [], tree.root(5), tree.root(4))).toThrow(ProofError);
  });
});

describe('tiles for a proof', () => {
  test('are read in one call, each once, as they are in a tree of that size', async () => {
    const asked: string[] = [];
    let calls = 0;
    const proof = await inclusionProof(69_999, 70_000, (tiles) => {
      calls++;
      asked.push(...tiles.map(({ level, index, width }) => `${level}/${index}/${width}`));
      return tree.reader(tiles);
    });
    expect(proof).toEqual(tree.path(69_999, 70_000));
    expect(calls).toBe(1);
    expect(asked.sort()).toEqual(['0/273/112', '1/1/17', '2/0/1']);
  });

  test.each([
    ['is too short', 31],
    ['is too long', 33],
  ])('cause a clear fault where one %s', async (_what, bytes) => {
    const reader = () => Promise.resolve([Buffer.alloc(bytes)]);
    await expect(inclusionProof(0, 2, reader)).rejects.toThrow(
      new LogFormatError(`tile/0/000.p/2 must have 64 bytes, not ${bytes}.`),
    );
  });

  test('and where one is missing', async () => {
    await expect(rootFrom(2, () => Promise.resolve([]))).rejects.toThrow(
      new LogFormatError('tile/0/000.p/2 must have 64 bytes, not none.'),
    );
  });
});
