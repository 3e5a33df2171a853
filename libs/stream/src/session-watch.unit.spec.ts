import { beforeEach, describe, expect, test } from '@jest/globals';
import { SessionWatch, WATCH_EVERY_MS } from './session-watch.js';

const WITHIN = 30_000;
const TOPICS = ['orders', 'rights'];
let now: number;
let watch: SessionWatch;

beforeEach(() => {
  now = 1_000;
  watch = new SessionWatch(TOPICS, WITHIN, now);
});

/** Lets time pass, with everything that `meanwhile` tells each second; what is found stalled first, or null. */
function pass(ms: number, meanwhile: () => void = () => undefined): string | null {
  for (const end = now + ms; now < end;) {
    now += WATCH_EVERY_MS;
    meanwhile();
    const stalled = watch.stalled(now);
    if (stalled !== null) return stalled;
  }
  return null;
}
const beat = () => watch.acknowledged(now);
const answer = (...places: [string, number][]) => places.forEach(([topic, task]) => watch.answered(topic, task, now));

describe('a session is stalled', () => {
  test('where it never gets to join', () => {
    expect(pass(WITHIN)).toBeNull();
    expect(pass(WATCH_EVERY_MS)).toBe('the group has not answered');
  });

  test('where heartbeats are no longer acknowledged, also of a member that owns nothing', () => {
    watch.joined([], now);
    expect(pass(10 * WITHIN, beat)).toBeNull();
    expect(pass(2 * WITHIN)).toBe('the group has not answered');
  });

  test('where one topic-partition of many is not answered for, though the member is alive', () => {
    watch.joined([0, 1], now);
    const others = () => {
      beat();
      answer(['orders', 0], ['rights', 0], ['orders', 1]);
    };
    expect(pass(WITHIN, others)).toBeNull();
    expect(pass(WITHIN, others)).toBe('nothing was heard of partition 1 of rights');
  });

  test('where it was resumed and is not answered for since', () => {
    watch.joined([0], now);
    watch.pause('orders', 0);
    const rights = () => {
      beat();
      answer(['rights', 0]);
    };
    expect(pass(10 * WITHIN, rights)).toBeNull();
    watch.resume('orders', 0, now);
    expect(pass(WITHIN, rights)).toBeNull();
    expect(pass(WATCH_EVERY_MS, rights)).toBe('nothing was heard of partition 0 of orders');
  });
});

describe('a session is not stalled', () => {
  test('while all is answered for, however little is published', () => {
    watch.joined([0, 1], now);
    const all = () => {
      beat();
      answer(['orders', 0], ['rights', 0], ['orders', 1], ['rights', 1]);
    };
    expect(pass(100 * WITHIN, all)).toBeNull();
  });

  test('by what it owned before the last rebalance, or was answered for before it', () => {
    watch.joined([0, 1], now);
    pass(WITHIN - WATCH_EVERY_MS);
    watch.joined([1], now);
    const mine = () => {
      beat();
      answer(['orders', 1], ['rights', 1]);
    };
    expect(pass(10 * WITHIN, mine)).toBeNull();
  });

  test('by the time for which the process itself stood still', () => {
    watch.joined([0], now);
    now += 100 * WITHIN;
    expect(watch.stalled(now)).toBeNull();
    expect(pass(WITHIN - WATCH_EVERY_MS)).toBeNull();
    expect(pass(3 * WATCH_EVERY_MS)).toBe('the group has not answered');
  });
});
