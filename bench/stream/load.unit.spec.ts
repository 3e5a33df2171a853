import { describe, expect, test } from '@jest/globals';
import { Random } from '../../apps/local/src/traffic/random.js';
import { load } from './load.js';
import { Zipf } from './zipf.js';

const options = { seed: 3, events: 40_000, subjects: 20_000 };

describe('the load', () => {
  const events = [...load(options)];

  test('is the same for the same options, and another for another seed', () => {
    expect([...load({ ...options, events: 200 })]).toEqual([...load({ ...options, events: 200 })]);
    expect([...load({ ...options, events: 200, seed: 4 })]).not.toEqual([...load({ ...options, events: 200 })]);
  });

  test('has 2 % rights events and 1 % late ones, of all controllers', () => {
    const share = (of: (each: (typeof events)[number]) => boolean): number => events.filter(of).length / events.length;
    expect(share(({ event }) => event.stream === 'rights')).toBeCloseTo(0.02, 3);
    expect(share(({ event, timestamp }) => event.event.occurredAt < timestamp)).toBeCloseTo(0.01, 2);
    expect(share(({ event, timestamp }) => event.event.occurredAt > timestamp)).toBe(0);
    expect(new Set(events.map(({ event }) => event.event.controller)).size).toBe(5);
  });

  test('has 5 % events of subjects that come anew', () => {
    const anew = events.filter(({ event }) => parseInt(event.event.subject.slice(2), 16) >= options.subjects);
    expect(anew.length / events.length).toBeCloseTo(0.05, 2);
    expect(new Set(anew.map(({ event }) => event.event.subject)).size).toBe(anew.length);
  });

  test('comes in the order of its timestamps, no two at the same', () => {
    expect(events.every(({ timestamp }, i) => i === 0 || timestamp > events[i - 1]!.timestamp)).toBe(true);
  });

  test('repeats no event id, and no order id in another story', () => {
    expect(new Set(events.map(({ event }) => event.event.eventId)).size).toBe(events.length);
    const subjectOf = new Map<string, string>();
    for (const { event } of events) {
      if (event.stream !== 'orders' || event.event.orderId === null) continue;
      const { orderId, subject } = event.event;
      expect(subjectOf.get(orderId) ?? subject).toBe(subject);
      subjectOf.set(orderId, subject);
    }
  });
});

test('ranks are drawn by Zipf’s law', () => {
  const zipf = new Zipf(1_000, 1);
  const random = new Random(1, 1);
  const counts = new Array<number>(1_000).fill(0);
  for (let i = 0; i < 200_000; i++) counts[zipf.draw(random)]!++;
  // 1 / (1 + 1/2 + … + 1/1000)
  expect(counts[0]! / 200_000).toBeCloseTo(0.1336, 2);
  expect(counts[0]! / counts[1]!).toBeCloseTo(2, 0);
  expect(counts[0]! / counts[9]!).toBeGreaterThan(9);
  expect(counts[0]! / counts[9]!).toBeLessThan(11);
  expect(Math.min(...counts)).toBeGreaterThan(0);
});
