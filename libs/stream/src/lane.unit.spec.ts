import { describe, expect, test } from '@jest/globals';
import { Lane } from './lane.js';
import type { Chunk } from './record.js';

/** A chunk that covers `[from, to)` and has a record at each of `offsets` (all of them by default). */
function chunk(from: number, to: number, offsets?: number[], logStart = 0): Chunk {
  const all = offsets ?? Array.from({ length: to - from }, (_, i) => from + i);
  const records = all.map((offset) => ({
    topic: 'orders',
    partition: 0,
    offset,
    timestamp: offset * 10,
    key: Buffer.from('k'),
    value: Buffer.from('vv'),
    headers: {},
  }));
  return { topic: 'orders', partition: 0, from, to, records, bytes: 3 * all.length, logStart, stableEnd: to };
}

function drain(lane: Lane): number[] {
  const offsets: number[] = [];
  while (lane.count > 0) offsets.push(lane.shift().offset);
  return offsets;
}

const range = (from: number, to: number, lost = false) => ({ topic: 'orders', partition: 0, from, to, lost });

describe('Lane', () => {
  test('hands out what continues where it ends', () => {
    const lane = new Lane('orders', 0, 5, 100);
    expect(lane.offer(chunk(5, 8))).toEqual({ kind: 'taken' });
    expect(lane.offer(chunk(8, 10))).toEqual({ kind: 'taken' });
    expect(drain(lane)).toEqual([5, 6, 7, 8, 9]);
    expect(lane.rangesTo(lane.taken)).toEqual([range(5, 10)]);
  });

  test('drops what was there before, wholly or in part', () => {
    const lane = new Lane('orders', 0, 5, 100);
    expect(lane.offer(chunk(0, 5))).toEqual({ kind: 'stale' });
    expect(lane.offer(chunk(2, 7))).toEqual({ kind: 'taken' });
    expect(lane.offer(chunk(5, 7))).toEqual({ kind: 'stale' });
    expect(lane.bytes).toBe(6);
    expect(drain(lane)).toEqual([5, 6]);
  });

  test('refuses what leaves a hole, and says where to read on', () => {
    const lane = new Lane('orders', 0, 5, 100);
    lane.offer(chunk(5, 7));
    expect(lane.offer(chunk(9, 12))).toEqual({ kind: 'hole', from: 7 });
    expect(lane.end).toBe(7);
  });

  test('counts offsets without a record to the range of the records around them', () => {
    const lane = new Lane('orders', 0, 0, 100);
    lane.offer(chunk(0, 10, [2, 4]));
    lane.shift();
    expect(lane.taken).toBe(3);
    lane.shift();
    expect(lane.taken).toBe(10);
    expect(lane.rangesTo(10)).toEqual([range(0, 10)]);
  });

  test('moves past a chunk without any record', () => {
    const lane = new Lane('orders', 0, 0, 100);
    lane.offer(chunk(0, 10, []));
    expect([lane.count, lane.taken, lane.headTimestamp]).toEqual([0, 10, Infinity]);
    lane.offer(chunk(10, 20, [15]));
    expect(lane.headTimestamp).toBe(150);
    lane.offer(chunk(20, 30, []));
    expect(drain(lane)).toEqual([15]);
    expect(lane.taken).toBe(30);
  });

  test('names offsets that Kafka deleted before they were read', () => {
    const lane = new Lane('orders', 0, 5, 100);
    lane.offer(chunk(5, 7));
    expect(lane.offer(chunk(12, 14, undefined, 12))).toEqual({ kind: 'taken' });
    expect(drain(lane)).toEqual([5, 6, 12, 13]);
    expect(lane.rangesTo(lane.taken)).toEqual([range(5, 7), range(7, 12, true), range(12, 14)]);
  });

  test('takes only deleted offsets for lost: what can still be read is read', () => {
    const lane = new Lane('orders', 0, 5, 100);
    expect(lane.offer(chunk(12, 14, undefined, 9))).toEqual({ kind: 'hole', from: 9 });
    expect(lane.rangesTo(lane.taken)).toEqual([range(5, 9, true)]);
  });

  test('a range that is in the trail is not named again', () => {
    const lane = new Lane('orders', 0, 0, 100);
    lane.lose(3);
    lane.offer(chunk(3, 6));
    lane.shift();
    expect(lane.rangesTo(4)).toEqual([range(0, 3, true), range(3, 4)]);
    lane.settleTo(4);
    drain(lane);
    expect(lane.rangesTo(6)).toEqual([range(4, 6)]);
  });
});
