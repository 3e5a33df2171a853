import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { consistencyProof, inclusionProof, rootFrom, verifyConsistency, verifyInclusion } from '#libs/log';
import { testServers } from '../../../test/support/servers.js';
import { TestLog } from '../../../test/support/log.js';
import { MongoConnection } from './connection.js';
import { DamagedTrail } from './damaged-trail.js';
import { MongoLogReader } from './log-reader.js';

jest.setTimeout(180_000);

const { mongoUri, database } = testServers();
const url = new URL(mongoUri);
url.pathname = `/${database}`;
const quiet = { info: () => undefined, warn: () => undefined };
const connection = new MongoConnection(url.href, 'log-reader-test', quiet);
const log = new TestLog(connection);
/** One that remembers, and one that reads everything anew. */
const readers: [name: string, MongoLogReader][] = [
  ['with a cache', new MongoLogReader(connection)],
  ['with a cache that is too small', new MongoLogReader(connection, { cacheBytes: 100_000 })],
  ['without a cache', new MongoLogReader(connection, { cacheBytes: 0 })],
];
const [[, reader]] = readers as [[string, MongoLogReader]];

/** Sizes of blocks, so that the log has checkpoints at 0, 1, 255, 256, 257, 65,535, 65,536, 65,537 and 70,000. */
const GROWTH: { task: number; count: number }[][] = [
  [{ task: 0, count: 1 }],
  [
    { task: 2, count: 100 },
    { task: 0, count: 0 },
    { task: 2, count: 154 },
  ],
  [{ task: 1, count: 1 }],
  [{ task: 1, count: 1 }],
  [
    { task: 0, count: 10_011 },
    { task: 1, count: 3 },
    ...Array.from({ length: 12 }, () => ({ task: 2, count: 4_083 })),
    ...Array.from({ length: 60 }, (_, i) => ({ task: i % 4, count: 87 + (i % 3) })),
  ],
  [],
  [{ task: 3, count: 1 }],
  [{ task: 3, count: 1 }],
  [
    { task: -1, count: 1 },
    { task: 3, count: 4_462 },
  ],
];

beforeAll(async () => {
  await log.prepare();
  for (const plans of GROWTH) {
    const rest = 65_535 - log.size;
    if (plans.length === 0 && rest > 0) await log.append({ task: 0, count: rest });
    else await log.append(...plans);
  }
});

afterAll(async () => {
  await connection.db.dropDatabase();
  await connection.close();
});

test('the log under test has the sizes at which tiles begin and end', () => {
  expect(log.sizes.slice(0, 5)).toEqual([0, 1, 255, 256, 257]);
  expect(log.sizes.slice(-4)).toEqual([65_535, 65_536, 65_537, 70_000]);
});

describe.each(readers)('a reader %s', (_, tested) => {
  test('gives every tile and bundle of every checkpoint', async () => {
    const hashes = levels(log.entries);
    const seen = new Set<string>();
    for (const size of log.sizes) {
      for (let level = 0; level < 4; level++) {
        const count = Math.floor(size / 256 ** level);
        for (let index = 0; index * 256 < count; index++) {
          const width = Math.min(256, count - index * 256);
          const path = `${level}/${index}/${width}`;
          if (seen.has(path)) continue;
          seen.add(path);
          const expected = Buffer.concat((hashes[level] as Buffer[]).slice(index * 256, index * 256 + width));
          // jest's own comparison of thousands of buffers takes longer than the reading.
          const found = await tested.tile(level, index, width);
          if (found?.equals(expected) !== true) throw new Error(`tile ${path} is wrong`);
          if (level > 0) continue;
          const bundle = await tested.bundle(index, width);
          if (bundle?.equals(bundled(log.entries.slice(index * 256, index * 256 + width))) !== true) {
            throw new Error(`bundle ${path} is wrong`);
          }
        }
      }
    }
  });

  test.each([
    ['the tile behind the last', 0, 274, 1],
    ['a wider one than the last', 0, 273, 113],
    ['the last, in full', 0, 273, 256],
    ['an empty one on a level above', 1, 1, 18],
    ['a level that there is not', 3, 0, 1],
    ['the highest level', 63, 0, 1],
    ['the greatest index', 0, Number.MAX_SAFE_INTEGER, 256],
  ])('has nothing for %s', async (__, level, index, width) => {
    expect(await tested.tile(level, index, width)).toBeNull();
    if (level === 0) expect(await tested.bundle(index, width)).toBeNull();
  });

  test('answers many at once', async () => {
    const all = Array.from({ length: 273 }, (__, index) => index);
    const bundles = await Promise.all(all.map((index) => tested.bundle(index, 256)));
    expect(Buffer.concat(bundles as Buffer[]).equals(bundled(log.entries.slice(0, 273 * 256)))).toBe(true);
  });

  test('finds entries by log index, and back', async () => {
    for (const at of [0, 1, 100, 101, 102, 254, 255, 256, 257, 10_267, 10_268, 65_536, 69_999]) {
      const place = log.places[at] as (typeof log.places)[number];
      expect(await tested.locate(at)).toEqual(place);
      expect(await tested.logIndexOf(place.task, place.block, place.index)).toBe(at);
    }
    expect(await tested.locate(70_000)).toBeNull();
    expect(await tested.logIndexOf(3, 1_000, 0)).toBeNull();
    expect(await tested.logIndexOf(9, 0, 0)).toBeNull();
    expect(await tested.logIndexOf(0, 0, 1)).toBeNull();
    expect(await tested.logIndexOf(0, 1, 0)).toBeNull();
  });

  test('tells of each task the first block that a checkpoint does not cover', async () => {
    const named = ({ task, block }: { task: number; block: number }) => `${task} ${block}`;
    for (const size of [0, 1, 100, 101, 102, 256, 10_267, 10_268, 65_536, 69_999, 70_000]) {
      const first = await tested.firstBlocks(size);
      const open = new Set(log.places.slice(size).map(named));
      const wrong = log.places.filter((place) => place.block < (first.get(place.task) ?? 0) === open.has(named(place)));
      expect([size, wrong.slice(0, 3)]).toEqual([size, []]);
    }
  });
});

test('tells checkpoints, newest and by size', async () => {
  const newest = await reader.checkpoint();
  expect(newest).toMatchObject({ size: 70_000, root: treeHash(log.entries.map(leaf)) });
  expect(newest?.note).toContain('hjemmel.example/log\n70000\n');
  expect(await reader.checkpointAt(70_000)).toEqual(newest);
  expect((await reader.checkpointAt(0))?.root).toEqual(createHash('sha256').digest());
  expect(await reader.checkpointAt(2)).toBeNull();
});

test('proofs over its tiles hold', async () => {
  const root = (await reader.checkpoint())?.root as Buffer;
  expect(await rootFrom(70_000, reader.hashReader(70_000))).toEqual(root);
  for (const index of [0, 255, 65_536, 69_999]) {
    const proof = await inclusionProof(index, 70_000, reader.hashReader(70_000));
    verifyInclusion(index, 70_000, leaf(log.entries[index] as Buffer), proof, root);
  }
  for (const size of [1, 255, 256, 257, 65_536]) {
    const from = (await reader.checkpointAt(size))?.root as Buffer;
    verifyConsistency(size, 70_000, await consistencyProof(size, 70_000, reader.hashReader(70_000)), from, root);
  }
});

test('keeps the signature lines of witnesses by checkpoint', async () => {
  const lines = connection.db.collection('cosignatures');
  const receivedAt = new Date();
  expect(await reader.cosignedSize()).toBeNull();
  await lines.insertMany([
    { _id: { size: 256, witness: 'a' }, line: 'a 256\n', receivedAt },
    { _id: { size: 257, witness: 'b' }, line: 'b 257\n', receivedAt },
    { _id: { size: 257, witness: 'a' }, line: 'a 257\n', receivedAt },
    { _id: { size: 1, witness: 'a' }, line: 'a 1\n', receivedAt },
  ] as never[]);
  expect(await reader.cosignedSize()).toBe(257);
  expect(await reader.cosignatures(257)).toEqual(['a 257\n', 'b 257\n']);
  expect(await reader.cosignatures(255)).toEqual([]);
});

test('tells keys, the newest first', async () => {
  await connection.db.collection('logKeys').insertMany([
    { _id: 'newest', since: new Date(2_000) },
    { _id: 'newer', since: new Date(1_000) },
  ] as never[]);
  expect(await reader.keys()).toEqual(['newest', 'newer', log.signer.verifierKey]);
});

describe('what contradicts itself is refused, and what does not touch it goes on', () => {
  const db = connection.db;
  const anew = () => new MongoLogReader(connection);

  /** Makes a change, looks, and takes it back. */
  async function changed(collection: string, id: object, update: object, look: () => Promise<void>): Promise<void> {
    const documents = db.collection(collection);
    const before = (await documents.findOne({ _id: id })) as object;
    expect(before).not.toBeNull();
    await documents.updateOne({ _id: id }, { $set: update });
    await look();
    await documents.replaceOne({ _id: id }, before);
  }

  test.each([
    ['entries left out', { entries: Buffer.alloc(0) }],
    ['surplus bytes', { entries: Buffer.alloc(301) }],
    ['no bytes at all', { entries: 'text' }],
  ])('a block with %s', async (_, update) => {
    await changed('blocks', { task: 0, n: 2 }, update, async () => {
      const one = anew();
      const [bad, good] = await Promise.allSettled([one.bundle(2, 256), one.bundle(150, 256)]);
      expect(bad).toMatchObject({ status: 'rejected', reason: expect.any(DamagedTrail) });
      expect(good).toMatchObject({ status: 'fulfilled' });
    });
  });

  test('a block with hashes left out', async () => {
    await changed('blocks', { task: 3, n: 17 }, { hashes: Buffer.alloc(32) }, async () => {
      await expect(anew().tile(0, 273, 112)).rejects.toThrow('block 17 of task 3 has not 4462 leaf hashes');
    });
  });

  test('a stretch of the sequence that ends elsewhere', async () => {
    await changed('sequence', 1 as never, { end: 300 }, async () => {
      await expect(anew().bundle(0, 256)).rejects.toThrow(DamagedTrail);
    });
  });

  test('a tile that is missing', async () => {
    await changed('tiles', { level: 0, index: 270 }, { _id: { level: 0, index: 270 } }, async () => {
      const tile = await db.collection('tiles').findOneAndDelete({ _id: { level: 0, index: 270 } });
      await expect(anew().tile(0, 270, 256)).rejects.toThrow('Tile tile/0/270 is not there.');
      await expect(anew().tile(1, 1, 17)).rejects.toThrow('Tile tile/0/270 is not there.');
      await db.collection('tiles').insertOne(tile as never);
    });
  });
});

function leaf(entry: Buffer): Buffer {
  return createHash('sha256')
    .update(Buffer.from([0]))
    .update(entry)
    .digest();
}

/** RFC 6962 §2.1, as it is written there. */
function treeHash(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0] as Buffer;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  const hash = createHash('sha256').update(Buffer.from([1]));
  return hash
    .update(treeHash(leaves.slice(0, k)))
    .update(treeHash(leaves.slice(k)))
    .digest();
}

/** The hashes of tiles by level (C2SP tlog-tiles): each the root of 256 of the level below. */
function levels(entries: readonly Buffer[]): Buffer[][] {
  const all = [entries.map(leaf)];
  for (let below = all[0] as Buffer[]; below.length >= 256;) {
    const level: Buffer[] = [];
    for (let i = 0; i + 256 <= below.length; i += 256) level.push(treeHash(below.slice(i, i + 256)));
    all.push(level);
    below = level;
  }
  return all;
}

function bundled(entries: readonly Buffer[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );
}
