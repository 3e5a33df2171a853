import { describe, expect, test } from '@jest/globals';
import { decodeRecord, encodeRecord, parseEvent, STREAMS, toJson, WriterSchemas } from '#libs/events';
import { CONTROLLERS, createTraffic, TRAFFIC_DAYS } from './traffic.js';

const now = Date.UTC(2026, 5, 1);
const events = createTraffic({ seed: 1, now }).take(5000);

describe('sample traffic', () => {
  test('holds as many events as asked for, none twice', () => {
    expect(events).toHaveLength(5000);
    expect(new Set(events.map(({ event }) => event.eventId)).size).toBe(5000);
    expect(createTraffic({ seed: 1, now }).take(1)).toHaveLength(1);
    expect(createTraffic({ seed: 1, now }).take(0)).toEqual([]);
  });

  test('repeats itself for the same seed, and not for another', () => {
    expect(createTraffic({ seed: 1, now }).take(5000)).toEqual(events);
    const others = createTraffic({ seed: 2, now }).take(5000);
    const subjects = new Set(events.map(({ event }) => event.subject));
    expect(others.filter(({ event }) => subjects.has(event.subject))).toEqual([]);
  });

  test('lies in the two years before now, in order', () => {
    const times = events.map(({ event }) => event.occurredAt);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeLessThanOrEqual(now);
    expect(times[0]).toBeGreaterThanOrEqual(now - TRAFFIC_DAYS * 86_400_000);
  });

  test('interleaves customers', () => {
    const neighbours = events.slice(1).filter(({ event }, i) => event.subject === events[i]!.event.subject);
    expect(neighbours.length).toBeLessThan(events.length / 2);
  });

  test('has every controller on every stream', () => {
    const seen = new Set(events.map(({ stream, event }) => `${event.controller} ${stream}`));
    const expected = CONTROLLERS.flatMap(({ id }) => STREAMS.map((stream) => `${id} ${stream}`));
    expect([...seen].sort()).toEqual(expected.sort());
  });

  test('holds valid events alone', () => {
    const writers = new WriterSchemas();
    for (const event of events) {
      expect(parseEvent(event.stream, toJson(event))).toEqual({ ok: true, event });
      expect(decodeRecord(encodeRecord(event), writers)).toEqual({ ok: true, event });
    }
  });

  test('has event ids of the form of random UUIDs', () => {
    for (const { event } of events) {
      expect(event.eventId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });
});
