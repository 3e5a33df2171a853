import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Lane } from './lane.js';
import type { Chunk, OffsetRange } from './record.js';
import { TaskBuffer } from './task-buffer.js';

const LIMITS = { maxRecords: 100, maxBytes: 1e6, lingerMs: 5, maxIdleMs: 500 };

function chunk(topic: string, from: number, timestamps: number[], stableEnd = from + timestamps.length): Chunk {
  const records = timestamps.map((timestamp, i) => ({
    topic,
    partition: 3,
    offset: from + i,
    timestamp,
    key: null,
    value: Buffer.alloc(10),
    headers: {},
  }));
  const to = from + timestamps.length;
  return { topic, partition: 3, from, to, records, bytes: 10 * records.length, logStart: 0, stableEnd };
}

function setUp(limits = LIMITS): { a: Lane; b: Lane; buffer: TaskBuffer } {
  const a = new Lane('a', 3, 0, 0);
  const b = new Lane('b', 3, 0, 0);
  return { a, b, buffer: new TaskBuffer([a, b], limits) };
}

describe('TaskBuffer', () => {
  test('merges its lanes by timestamp', () => {
    const { a, b, buffer } = setUp();
    a.offer(chunk('a', 0, [1, 4, 9]));
    b.offer(chunk('b', 0, [2, 3, 10]));
    expect(buffer.take().map(({ timestamp }) => timestamp)).toEqual([1, 2, 3, 4, 9, 10]);
  });

  test('waits for a lane that lags, no longer than the time allowed', () => {
    const { a, b, buffer } = setUp();
    a.offer(chunk('a', 0, [1, 2]));
    b.stableEnd = 7;
    expect(buffer.waitTime(1_000)).toBe(500);
    expect(buffer.waitTime(1_400)).toBe(100);
    expect(buffer.waitTime(1_500)).toBe(0);
    expect(buffer.take()).toHaveLength(2);
  });

  test('does not wait for a lane that is caught up, but for more records, a moment', () => {
    const { a, buffer } = setUp();
    expect(buffer.waitTime(0)).toBe(Infinity);
    a.offer(chunk('a', 0, [1]));
    expect(buffer.waitTime(1_000)).toBe(5);
    expect(buffer.waitTime(1_005)).toBe(0);
  });

  test('does not wait at all where a batch is full', () => {
    const { a, buffer } = setUp();
    a.offer(chunk('a', 0, Array<number>(100).fill(1)));
    expect(buffer.waitTime(1_000)).toBe(0);
  });

  test('stops where a lane runs out that lags, lest later records of the others overtake', () => {
    const { a, b, buffer } = setUp();
    a.offer(chunk('a', 0, [1, 2], 50));
    b.offer(chunk('b', 0, [1, 3, 4]));
    expect(buffer.take().map(({ timestamp }) => timestamp)).toEqual([1, 1, 2]);
    buffer.confirm(3);
    expect(buffer.waitTime(1_000)).toBe(500);
    a.offer(chunk('a', 2, [3], 50));
    expect(buffer.waitTime(1_200)).toBe(0);
  });

  test('bounds a batch by bytes', () => {
    const { a, buffer } = setUp({ ...LIMITS, maxBytes: 25 });
    a.offer(chunk('a', 0, [1, 2, 3, 4]));
    expect(buffer.take()).toHaveLength(3);
  });

  test('hands out again what was not confirmed', () => {
    const { a, b, buffer } = setUp();
    a.offer(chunk('a', 0, [1, 4]));
    b.offer(chunk('b', 0, [2, 3]));
    buffer.take();
    expect(buffer.ranges(3)).toEqual([
      { topic: 'a', partition: 3, from: 0, to: 1, lost: false },
      { topic: 'b', partition: 3, from: 0, to: 2, lost: false },
    ]);
    expect(buffer.positions(3)).toEqual({ a: 1, b: 2 });
    buffer.confirm(3);
    expect(buffer.waitTime(0)).toBe(0);
    expect(buffer.take().map(({ timestamp }) => timestamp)).toEqual([4]);
    expect(buffer.ranges(1)).toEqual([{ topic: 'a', partition: 3, from: 1, to: 2, lost: false }]);
  });

  test('says up to which time its records have been taken, by the topic-partition that is furthest behind', () => {
    const { a, b, buffer } = setUp({ ...LIMITS, maxRecords: 3 });
    expect(buffer.reached(true)).toBe(Infinity);
    expect(buffer.reached(false)).toBe(-Infinity);
    a.offer(chunk('a', 0, [1, 4, 9]));
    b.stableEnd = 7;
    expect(buffer.reached(true)).toBe(-Infinity);
    b.offer(chunk('b', 0, [2, 3, 10], 7));
    buffer.take();
    expect(buffer.reached(true)).toBe(4);
    buffer.confirm(3);
    buffer.take();
    expect([a.count, b.count, b.lagging]).toEqual([0, 0, true]);
    expect(buffer.reached(true)).toBe(10);
    b.stableEnd = 3;
    expect(buffer.reached(true)).toBe(Infinity);
    expect(buffer.reached(false)).toBe(9);
  });

  test('INVARIANT: whatever is offered, taken and confirmed, every offset is in exactly one range', () => {
    const step = fc.record({
      lane: fc.constantFrom('a', 'b'),
      from: fc.integer({ min: -3, max: 3 }),
      length: fc.integer({ min: 0, max: 6 }),
      gap: fc.integer({ min: 0, max: 2 }),
      logStart: fc.integer({ min: 0, max: 40 }),
      confirm: fc.double({ min: 0, max: 1, noNaN: true }),
      // Arrives while the batch is being written: mostly offsets that hold no records.
      meanwhile: fc.record({ lane: fc.constantFrom('a', 'b'), length: fc.nat({ max: 1 }), gap: fc.nat({ max: 3 }) }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { a, b, buffer } = setUp({ ...LIMITS, maxRecords: 7 });
        const lanes: Record<string, Lane> = { a, b };
        const covered: Record<string, number> = { a: 0, b: 0 };
        const seen = new Set<string>();
        const offer = (name: string, start: number, length: number, gap: number, logStart = 0) => {
          const timestamps = Array.from({ length }, (_, i) => start + i);
          const offered = chunk(name, start, timestamps);
          lanes[name]?.offer({ ...offered, to: offered.to + gap, logStart: Math.min(logStart, start) });
        };
        for (const { lane: name, from, length, gap, logStart, confirm, meanwhile } of steps) {
          const lane = lanes[name] as Lane;
          offer(name, Math.max(0, lane.end + from), length, gap, logStart);
          const records = buffer.take();
          const count = Math.floor(confirm * records.length);
          for (const { topic, offset } of records.slice(0, count)) {
            expect(seen.has(`${topic} ${offset}`)).toBe(false);
            seen.add(`${topic} ${offset}`);
          }
          const positions = buffer.positions(count);
          for (const { topic, from: first, to } of buffer.ranges(count) satisfies OffsetRange[]) {
            expect(first).toBe(covered[topic]);
            covered[topic] = to;
          }
          expect(positions).toEqual(covered);
          for (const { topic, offset } of records.slice(0, count)) {
            expect(offset).toBeLessThan(covered[topic] as number);
          }
          offer(meanwhile.lane, (lanes[meanwhile.lane] as Lane).end, meanwhile.length, meanwhile.gap);
          buffer.confirm(count);
        }
      }),
    );
  });

  test('INVARIANT: topics that are each in order come out in order, in whatever pieces and turns they are fetched', () => {
    const topic = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 40 });
    const turn = fc.record({
      lane: fc.nat({ max: 2 }),
      length: fc.integer({ min: 1, max: 9 }),
      after: fc.nat({ max: LIMITS.maxIdleMs - 1 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.tuple(topic, topic, topic), fc.array(turn, { maxLength: 40 }), (topics, turns) => {
        const times = topics.map((topic) => topic.sort((x, y) => x - y));
        // As on a cold start: the topics are full, and it is known where they end.
        const lanes = times.map(({ length }, i) => new Lane(String(i), 3, 0, length));
        const buffer = new TaskBuffer(lanes, { ...LIMITS, maxRecords: 7 });
        const merged: number[] = [];
        let now = 0;
        const drain = (share: number) => {
          while (buffer.waitTime(now) === 0) {
            const records = buffer.take();
            const count = Math.ceil(share * records.length);
            merged.push(...records.slice(0, count).map(({ timestamp }) => timestamp));
            buffer.confirm(count);
            if (count < records.length) return;
          }
        };
        const fetch = (i: number, length: number) => {
          const lane = lanes[i] as Lane;
          const all = times[i] as number[];
          if (lane.end >= all.length) return;
          lane.offer(chunk(String(i), lane.end, all.slice(lane.end, lane.end + length), all.length));
        };
        for (const { lane, length, after, share } of turns) {
          fetch(lane, length);
          // A fetch of every lane that waits comes before the buffer gives up waiting for it.
          for (const [i, { count, lagging }] of lanes.entries()) if (count === 0 && lagging) fetch(i, 1);
          now += after;
          drain(share);
        }
        for (const [i, all] of times.entries()) fetch(i, all.length);
        now += LIMITS.lingerMs;
        drain(1);
        now += LIMITS.lingerMs;
        drain(1);
        expect(merged).toHaveLength(times.flat().length);
        expect(merged).toEqual([...merged].sort((x, y) => x - y));
      }),
    );
  });
});
