import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dayOf } from '../projection.js';
import { cutRange } from './time-range.js';

const DAY = 86_400_000;
const NOON = DAY / 2;
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
console.info(`seed ${seed} (SEED=${seed} repeats it)`);

/** Within a few days, often at the edges of days and of their halves. */
const instant = fc.oneof(
  fc.integer({ min: -2 * DAY, max: 4 * DAY }),
  fc.tuple(fc.integer({ min: -4, max: 8 }), fc.integer({ min: -1, max: 1 })).map(([halves, ms]) => halves * NOON + ms),
);
const end = fc.option(instant, { nil: undefined });

/** How often a time is counted by a range that was cut. */
function countedAt(time: number, { days, parts }: ReturnType<typeof cutRange>): number {
  const day = dayOf(time);
  const whole = days !== null && day >= days.first && day <= days.last ? 1 : 0;
  return parts.reduce((sum, { from, to, less }) => sum + (time >= from && time < to ? (less ? -1 : 1) : 0), whole);
}

describe('a time range cut at the ends of days', () => {
  test('INVARIANT: every time within it counts once, every other not at all', () => {
    const property = fc.property(end, end, fc.array(instant, { minLength: 1 }), (from, to, times) => {
      const cut = cutRange({ from, to });
      const edges = [from, to].flatMap((edge) => (edge === undefined ? [] : [edge - 1, edge]));
      for (const time of [...times, ...edges]) {
        const within = time >= (from ?? -Infinity) && time < (to ?? Infinity);
        expect({ time, counted: countedAt(time, cut) }).toEqual({ time, counted: within ? 1 : 0 });
      }
    });
    fc.assert(property, { seed, numRuns: 2_000 });
  });

  test('asks for half a day at most at each end, each within one day', () => {
    const property = fc.property(end, end, (from, to) => {
      const { days, parts } = cutRange({ from, to });
      expect(parts.length).toBeLessThanOrEqual(2);
      for (const part of parts) {
        expect(dayOf(part.from)).toBe(dayOf(part.to - 1));
        if (days !== null) expect(part.to - part.from).toBeLessThanOrEqual(NOON);
      }
    });
    fc.assert(property, { seed, numRuns: 2_000 });
  });
});
