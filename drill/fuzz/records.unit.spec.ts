import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeRecord } from '#libs/events';
import { Random } from '../../apps/local/src/traffic/random.js';
import { createTraffic } from '../../apps/local/src/traffic/traffic.js';
import { partsOf } from './avro-parts.js';
import { single } from './change-bytes.js';
import { MUTATIONS, type MutationName } from './mutations.js';
import { reader } from './readable.js';
import { fuzzRecords } from './records.js';

const NOW = Date.UTC(2026, 0, 1);
const isReadable = reader();
const events = createTraffic({ seed: 3, now: NOW }).take(400);

test('the same seed gives the same records, another one others', () => {
  const some = (seed: number): string[] =>
    [...fuzzRecords(seed, 300, 8, NOW)].map(({ value, key }) => `${key?.toString('hex')} ${value?.toString('hex')}`);
  expect(some(1)).toEqual(some(1));
  expect(some(1)).not.toEqual(some(2));
});

test('an event taken apart and put together again is the event', () => {
  for (const event of events) expect(single(event, partsOf(event))).toEqual(encodeRecord(event));
});

test('every way is taken, and a good part of what comes of them can be read', () => {
  const count = 20_000;
  const made = new Map<MutationName, { all: number; readable: number }>();
  for (const { mutation, value } of fuzzRecords(1, count, 8, NOW)) {
    const counts = made.get(mutation) ?? { all: 0, readable: 0 };
    made.set(mutation, counts);
    counts.all++;
    if (isReadable(value)) counts.readable++;
  }
  expect([...made.keys()].sort()).toEqual(Object.keys(MUTATIONS).sort());
  const readable = [...made.values()].reduce((sum, counts) => sum + counts.readable, 0) / count;
  expect(readable).toBeGreaterThan(0.5);
  expect(readable).toBeLessThan(0.8);
  const shareOf = (name: MutationName): number => made.get(name)!.readable / made.get(name)!.all;
  for (const name of ['as it is', 'Confluent', 'at the limits'] as const) {
    expect({ name, share: shareOf(name) }).toEqual({ name, share: 1 });
  }
  for (const name of ['no UTF-8', 'truncated', 'surplus bytes', 'Confluent, doubled', 'Confluent, useless schema', 'beyond the limits', 'an id of some MiB', 'tombstone', 'noise'] as const) {
    expect({ name, share: shareOf(name) }).toEqual({ name, share: 0 });
  } // prettier-ignore
  // What can be read or not, depending on where it was changed.
  for (const name of [
    'other values',
    'hostile text',
    'bytes flipped',
    'number out of range',
    'Confluent, evolved',
  ] as const) {
    expect(shareOf(name)).toBeGreaterThan(0.02);
    expect(shareOf(name)).toBeLessThan(0.98);
  }
});

test('no way fails, or makes the decoder fail, whatever the numbers', () => {
  const names = fc.constantFrom(...(Object.keys(MUTATIONS) as MutationName[]));
  fc.assert(
    fc.property(names, fc.nat(events.length - 1), fc.integer(), (name, at, seed) => {
      isReadable(MUTATIONS[name].make(events[at]!, new Random(seed, 0)));
    }),
    { numRuns: 1_000 },
  );
});
