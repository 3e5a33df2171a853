import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dayRuns } from './day-runs.js';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
console.info(`seed ${seed} (SEED=${seed} repeats it)`);

test.each([
  [[], []],
  [[7], [[7, 7]]],
  [[3, 1, 2, 2], [[1, 3]]],
  [
    [1, 2, 9, 20, 21],
    [
      [1, 2],
      [9, 9],
      [20, 21],
    ],
  ],
  [
    [1, 3, 9, 20_000],
    [
      [1, 3],
      [9, 9],
      [20_000, 20_000],
    ],
  ],
])('%j lie in %j', (days, runs) => {
  expect(dayRuns(days, 3).map(({ first, last }) => [first, last])).toEqual(runs);
});

test('ranges are in order, have every day, begin and end with one, and are no more than asked for', () => {
  const property = fc.property(
    fc.array(fc.integer({ min: -30, max: 30 })),
    fc.integer({ min: 1, max: 5 }),
    (days, most) => {
      const runs = dayRuns(days, most);
      expect(runs.length).toBeLessThanOrEqual(most);
      for (const day of days) expect(runs.filter(({ first, last }) => day >= first && day <= last)).toHaveLength(1);
      expect(runs.every(({ first, last }) => days.includes(first) && days.includes(last))).toBe(true);
      expect(runs.slice(1).every(({ first }, i) => first > (runs[i] as { last: number }).last + 1)).toBe(true);
    },
  );
  fc.assert(property, { seed, numRuns: 1_000 });
});
