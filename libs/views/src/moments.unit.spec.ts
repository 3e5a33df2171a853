import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { forEachMoment, HOUR_MS, hourOf, packMoments, type Moment } from './moments.js';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
console.info(`seed ${seed} (SEED=${seed} repeats it)`);

/** Usual times, ends of hours, times before 1970, and the first and last that there are. */
const time = fc.oneof(
  fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_000 + 5 * HOUR_MS }),
  fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -1, max: 1 })).map(([hour, ms]) => hour * HOUR_MS + ms),
  fc.constantFrom(-8.64e15, 8.64e15),
);
const moment: fc.Arbitrary<Moment> = fc.record({
  occurredAt: time,
  recordedAt: time,
  shape: fc.oneof(fc.nat(5), fc.constant(2 ** 32 - 1)),
  n: fc.constantFrom(1, -1),
});

test('INVARIANT: moments come out of the hours of each of their times as they went in', () => {
  const property = fc.property(fc.array(moment), (moments) => {
    const out = { occurred: [] as Moment[], recorded: [] as Moment[] };
    for (const { by, ...hour } of packMoments(moments)) {
      forEachMoment(hour, (shape, at, other, n) => {
        expect(hourOf(at)).toBe(hour.hour);
        const [occurredAt, recordedAt] = by === 'occurred' ? [at, other] : [other, at];
        out[by].push({ occurredAt, recordedAt, shape, n: n as 1 | -1 });
      });
    }
    const inOrder = (list: readonly Moment[]) => list.map((one) => JSON.stringify(one)).sort();
    expect(inOrder(out.occurred)).toEqual(inOrder(moments));
    expect(inOrder(out.recorded)).toEqual(inOrder(moments));
  });
  fc.assert(property, { seed, numRuns: 1_000 });
});
