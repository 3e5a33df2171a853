import { expect, test } from '@jest/globals';
import { decodeRecord, WriterSchemas } from '#libs/events';
import { Mix, partitionOf, type Sending } from './mix.js';

const NOW = Date.UTC(2026, 0, 1);
const writers = new WriterSchemas();

function eventOf({ value }: Sending) {
  const decoded = decodeRecord(value, writers);
  return decoded.ok ? decoded.event.event : null;
}

test('the same seed gives the same, another one other records', () => {
  const [one, again, other] = [new Mix(5, NOW, 8), new Mix(5, NOW, 8), new Mix(6, NOW, 8)].map((mix) => mix.take(500));
  expect(again).toEqual(one);
  expect(other).not.toEqual(one);
});

test('is in the order of events, but for those marked late or again, which are of the past', () => {
  const mix = new Mix(1, NOW, 8);
  const records = [...mix.take(3_500), ...mix.rest()];
  let [last, ids] = [0, new Set<string>()];
  const oddities = { none: 0, late: 0, again: 0, poison: 0 };
  for (const record of records) {
    oddities[record.oddity]++;
    const event = eventOf(record);
    if (record.oddity === 'poison') {
      expect(event).toBeNull();
      continue;
    }
    if (event === null) throw new Error('an event that nobody can read');
    expect(record.partition).toBe(partitionOf(`${event.controller}/${event.subject}`, 8));
    expect(ids.has(event.eventId)).toBe(record.oddity === 'again');
    ids = ids.add(event.eventId);
    if (record.oddity === 'none') expect(event.occurredAt).toBeGreaterThanOrEqual(last);
    if (record.oddity === 'none') last = event.occurredAt;
  }
  expect(oddities.late).toBeGreaterThan(150);
  expect(oddities.again).toBeGreaterThan(30);
  expect(oddities.poison).toBeGreaterThan(15);
});

test('closing records are one for each topic and partition, of subjects of their own', () => {
  const mix = new Mix(2, NOW, 8);
  mix.take(3_000);
  const closing = mix.closing();
  expect(new Set(closing.map(({ topic, partition }) => `${topic} ${partition}`)).size).toBe(32);
  expect(new Set(closing.map((record) => eventOf(record)?.subject)).size).toBe(32);
});
