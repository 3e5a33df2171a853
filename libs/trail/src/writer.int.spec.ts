import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testServers } from '../../../test/support/servers.js';
import { makeBlock } from './block.js';
import type { Block, ChainEnd } from './block.js';
import { MongoConnection } from './connection.js';
import { MongoTrailReader } from './reader.js';
import { LostOwnership, MongoTrailWriter } from './writer.js';

const { mongoUri, database } = testServers();
const url = new URL(mongoUri);
url.pathname = `/${database}`;
const quiet = { info: () => undefined, warn: () => undefined };
const connection = new MongoConnection(url.href, 'trail-test', quiet);
const writer = new MongoTrailWriter(connection);
const reader = new MongoTrailReader(connection);
const { signal } = new AbortController();

beforeAll(() => writer.prepare());
afterAll(async () => {
  await connection.db.dropDatabase();
  await connection.close();
});

function block(task: number, end: ChainEnd | null, by: string, entry = 'e'): Block {
  const from = end?.next['t'] ?? 0;
  const ranges = [{ topic: 't', partition: task, from, to: from + 1, lost: false }];
  const summary = { verdicts: [], rules: [] };
  const entries = [Buffer.from(entry)];
  return makeBlock({ task, ranges, next: { t: from + 1 }, entries, writer: by, recordedAt: 1, summary }, end);
}

describe('MongoTrailWriter', () => {
  test('appends, and says where a chain ends', async () => {
    expect(await writer.chainEnd(1)).toBeNull();
    const first = block(1, null, 'me');
    const second = block(1, first, 'me');
    expect(await writer.append(first, signal)).toBe(true);
    expect(await writer.append(second, signal)).toBe(true);
    expect(await writer.chainEnd(1)).toMatchObject({ n: 1, digest: second.digest, next: { t: 2 } });
    expect(await writer.chainEnd(0)).toBeNull();
    expect(await writer.chainEnd(2)).toBeNull();
  });

  test('takes a block that is there already, to the byte, for its own: its acknowledgement was lost', async () => {
    const one = block(3, null, 'me');
    await writer.append(one, signal);
    expect(await writer.append(one, signal)).toBe(true);
  });

  test.each([
    ['by another', block(4, null, 'other')],
    ['with other entries', block(4, null, 'me', 'f')],
  ])('INVARIANT: loses to a block of the same number %s', async (_, loser) => {
    const one = block(4, null, 'me');
    await writer.append(one, signal);
    await expect(writer.append(loser, signal)).rejects.toThrow(LostOwnership);
    expect(await writer.writers(4, 0, 9)).toEqual(new Map([[0, 'me']]));
    expect((await writer.chainEnd(4))?.digest).toEqual(one.digest);
  });

  test('gives up at the signal', async () => {
    expect(await writer.append(block(5, null, 'me'), AbortSignal.abort())).toBe(false);
  });
});

describe('MongoTrailReader', () => {
  test('follows the tasks’ chains as they grow', async () => {
    const abort = new AbortController();
    const seen: string[] = [];
    const task = 7;
    const following = (async () => {
      for await (const one of reader.tail(abort.signal, 10)) {
        if (one.task === task) seen.push(`${one.n}`);
        if (seen.length === 3) abort.abort();
      }
    })();
    let end: Block | null = null;
    for (let i = 0; i < 3; i++) await writer.append((end = block(task, end, 'me')), signal);
    await following;
    expect(seen).toEqual(['0', '1', '2']);
  });

  test('counts entries and accounts for offsets', async () => {
    const account = await reader.accountOffsets({ whole: true });
    expect(account.faults).toEqual([]);
    expect(await reader.count()).toBe(account.entries);
    expect(await reader.tasks()).toEqual([1, 3, 4, 7]);
  });
});
