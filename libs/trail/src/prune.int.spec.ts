import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  consistencyProof,
  Frontier,
  inclusionProof,
  leafHash,
  rootFrom,
  tileWidth,
  verifyConsistency,
  verifyInclusion,
} from '#libs/log';
import { TestLog } from '../../../test/support/log.js';
import { testServers } from '../../../test/support/servers.js';
import { MongoConnection } from './connection.js';
import { MongoLogReader } from './log-reader.js';
import { MongoLogWriter } from './log-writer.js';
import { MongoPruner } from './prune.js';
import type { PrunePlan } from './prune.js';
import { MongoTrailWriter } from './writer.js';

jest.setTimeout(120_000);

const { mongoUri, database } = testServers();
const url = new URL(mongoUri);
url.pathname = `/${database}`;
const quiet = { info: () => undefined, warn: () => undefined };
const connection = new MongoConnection(url.href, 'prune-test', quiet);
const { db } = connection;
const log = new TestLog(connection);
const pruner = new MongoPruner(connection);
/** It was there before anything was pruned, and remembers. */
const oldReader = new MongoLogReader(connection);

const YEAR = 365 * 86_400_000;
const everything = { before: Infinity, recordedBefore: Infinity };

beforeAll(async () => {
  await log.prepare();
  // Task 7 has one block, for ever the last of its chain; task 0 has blocks without entries too.
  await log.append({ task: 7, count: 3, recordedAt: 0 }, { task: 0, count: 0, recordedAt: 0 });
  for (let i = 0; log.size < 69_000; i++) {
    const recordedAt = Math.floor(log.size / 10_000) * YEAR;
    await log.append(
      { task: i % 3, count: 1_000 + i, recordedAt },
      { task: 0, count: 0, recordedAt },
      { task: 1, count: 257, recordedAt },
    );
  }
  await log.append({ task: 2, count: 69_888 - log.size, recordedAt: 7 * YEAR });
});
afterAll(async () => {
  await db.dropDatabase();
  await connection.close();
});

/** All that tlog-tiles promises of a log with this minimum index, and that what goes on writing needs. */
async function holds(minimum: number): Promise<void> {
  const reader = new MongoLogReader(connection);
  expect(await reader.minimumIndex()).toBe(minimum);
  const { size } = log;
  const tiles = reader.hashReader(size);
  const sizes = log.sizes.filter((each) => each > 0 && each >= minimum);
  const roots = new Map<number, Buffer>();
  for (const each of sizes) {
    const root = (await reader.checkpointAt(each))?.root as Buffer;
    expect(await rootFrom(each, reader.hashReader(each))).toEqual(root);
    roots.set(each, root);
  }
  const root = roots.get(size) as Buffer;
  for (const each of sizes) {
    const proof = await consistencyProof(each, size, tiles);
    verifyConsistency(each, size, proof, roots.get(each) as Buffer, root);
  }
  for (let index = minimum; index < size; index += 997) {
    const proof = await inclusionProof(index, size, tiles);
    verifyInclusion(index, size, leafHash(log.entries[index] as Buffer), proof, root);
    expect(await reader.locate(index)).toEqual(log.places[index]);
  }
  for (const each of [reader, oldReader]) {
    for (let level = 0; level < 3; level++) {
      for (let index = 0; tileWidth(level, index, size) > 0; index++) {
        const width = tileWidth(level, index, size);
        const gone = width === 256 && (index + 1) * 256 ** (level + 1) <= minimum;
        // One that was there before may go on serving what it remembers for a second.
        if (!gone || each === reader) expect((await each.tile(level, index, width)) === null).toBe(gone);
        if (level === 0 && (!gone || each === reader)) expect((await each.bundle(index, width)) === null).toBe(gone);
      }
    }
  }
  expect(minimum === 0 ? null : await reader.locate(minimum - 1)).toBeNull();
  const writer = new MongoLogWriter(connection);
  expect(await writer.lastCheckpoint()).toMatchObject({ size });
  expect(await writer.sequenceEndingAt(size)).toMatchObject({ end: size });
  const edges = [0, 1, 2].map(async (level) => {
    const index = Math.floor(size / 256 ** (level + 1));
    const width = tileWidth(level, index, size);
    return width === 0 ? Buffer.alloc(0) : ((await tiles([{ level, index, width }]))[0] as Buffer);
  });
  expect(Frontier.at(size, await Promise.all(edges)).root()).toEqual(root);
  for (const task of [0, 1, 2, 7]) expect(await new MongoTrailWriter(connection).chainEnd(task)).not.toBeNull();
}

/** Numbers of blocks that are there, by task. */
async function blocksThere(): Promise<Record<number, number[]>> {
  const there: Record<number, number[]> = {};
  const heads = db.collection('blocks').find({}, { sort: { _id: 1 }, projection: { _id: 1 } });
  for await (const { _id } of heads) {
    const { task, n } = _id as unknown as { task: number; n: number };
    (there[task] ??= []).push(n);
  }
  return there;
}

describe('plan', () => {
  test.each<[string, Partial<typeof everything>, Pick<PrunePlan, 'to' | 'limit'>]>([
    ['what is asked for, to whole tiles', { before: 1_000 }, { to: 768, limit: 'before' }],
    ['less than a tile', { before: 255 }, { to: 0, limit: 'before' }],
    ['to the end', {}, { to: 69_888, limit: 'end' }],
    ['nothing is old enough', { recordedBefore: 0 }, { to: 0, limit: 'recorded' }],
  ])('%s', async (_, limits, expected) => {
    expect(await pruner.plan({ ...everything, ...limits })).toMatchObject({ from: 0, ...expected });
  });

  test('keeps what was recorded later, and what stands behind it', async () => {
    const { to } = await pruner.plan({ ...everything, recordedBefore: YEAR });
    const blocks = await db
      .collection('blocks')
      .find({ recordedAt: { $gte: new Date(YEAR) } })
      .toArray();
    const young = new Set(blocks.map(({ _id }) => JSON.stringify(_id)));
    const place = log.places.findIndex(({ task, block }) => young.has(JSON.stringify({ task, n: block })));
    expect(to).toBe(place - (place % 256));
    expect(to).toBeGreaterThan(9_000);
  });

  test('changes nothing', async () => {
    await pruner.plan(everything);
    expect(await db.collection('prunes').countDocuments()).toBe(0);
    expect(await pruner.sweep()).toEqual({ blocks: 0, sequences: 0, tiles: 0 });
    await holds(0);
  });
});

describe('pruning', () => {
  test('a cut that was recorded, and not swept, holds', async () => {
    await pruner.record(await pruner.plan({ ...everything, before: 600 }), 'a test');
    await holds(512);
    await pruner.record(await pruner.plan({ ...everything, before: 30_000 }), 'a test');
    await holds(29_952);
  });

  test('the document says where chains begin', async () => {
    const [prune] = await db
      .collection('prunes')
      .find({}, { sort: { _id: -1 } })
      .toArray();
    expect(prune).toMatchObject({ _id: 29_952, reason: 'a test', prunedAt: expect.any(Date) });
    for (const { task, n, previous, next } of (prune as unknown as PruneRecord).tasks) {
      const first = log.places.findIndex((place, i) => place.task === task && i >= 29_952);
      const block = (await db.collection('blocks').findOne({ _id: { task, n } })) as unknown as BlockRecord;
      if (task === 7) expect(n).toBe(0);
      else if (task !== 0) expect(n).toBe(log.places[first]?.block);
      expect(previous).toEqual(block.previous);
      expect(next).toEqual([{ topic: 'orders', offset: block.ranges[0]?.from ?? block.next[0]?.offset }]);
    }
  });

  test('broken off anywhere it holds, and the next run finishes it', async () => {
    for (let after = 1; ; after += 7) {
      let batches = 0;
      const swept = await pruner
        .sweep(() => {
          if (++batches === after) throw new Error('broken off');
        })
        .catch(() => null);
      await holds(29_952);
      if (swept !== null) break;
    }
    expect(await pruner.sweep()).toEqual({ blocks: 0, sequences: 0, tiles: 0 });
  });

  test('nothing is left that no proof needs', async () => {
    const starts = Object.fromEntries((await pruner.chainStarts()).map(({ task, n }) => [task, n]));
    for (const [task, numbers] of Object.entries(await blocksThere())) expect(numbers[0]).toBe(starts[Number(task)]);
    const [first] = await db
      .collection('sequence')
      .find({}, { sort: { _id: 1 } })
      .toArray();
    expect((first as unknown as { end: number }).end).toBeGreaterThan(29_952);
    expect(await db.collection('tiles').countDocuments({ '_id.level': 0 })).toBe(273 - 29_952 / 256);
    expect(await db.collection('checkpoints').countDocuments()).toBe(log.sizes.length);
  });

  test.each([30_208, 65_280, 65_536, 69_632])('a later cut at %d', async (cut) => {
    const plan = await pruner.plan({ ...everything, before: cut + 255 });
    expect(plan).toMatchObject({ to: cut, limit: 'before' });
    await pruner.record(plan, 'again');
    await pruner.sweep();
    await holds(cut);
  });

  test('an earlier cut is none', async () => {
    expect(await pruner.plan({ ...everything, before: 512 })).toMatchObject({ from: 69_632, to: 69_632 });
  });

  test('the log goes on, also when all of it was pruned', async () => {
    await pruner.record(await pruner.plan(everything), 'all');
    await pruner.sweep();
    await holds(69_888);
    const there = await blocksThere();
    for (const task of [0, 1, 2, 7]) expect(there[task]).toHaveLength(1);
    await log.append({ task: 1, count: 1_000 }, { task: 7, count: 1 });
    await holds(69_888);
    await pruner.record(await pruner.plan({ ...everything, before: 70_200 }), 'more');
    await pruner.sweep();
    await holds(70_144);
  });
});

interface PruneRecord {
  tasks: { task: number; n: number; previous: unknown; next: { topic: string; offset: number }[] }[];
}

interface BlockRecord {
  previous: unknown;
  ranges: { topic: string; from: number }[];
  next: { topic: string; offset: number }[];
}
