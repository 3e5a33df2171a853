import { expect, test } from '@jest/globals';
import { measure } from './measure.js';

const options = { runs: 3, warmUpMs: 0, runMs: 0 };

test('gives a timing a run for each, waiting for those that make one wait', async () => {
  const timings = await measure(
    [
      { name: 'at once', items: 10, expected: 7, pass: () => 7 },
      { name: 'later', items: 10, expected: 8, pass: () => Promise.resolve(8) },
    ],
    options,
  );
  expect(timings.map(({ name, elapsed, cpu }) => [name, elapsed.length, cpu.length])).toEqual([
    ['at once', 3, 3],
    ['later', 3, 3],
  ]);
  expect(timings.every(({ elapsed }) => elapsed.every((each) => each > 0))).toBe(true);
});

test('a pass that counts something else ends it', async () => {
  let passes = 0;
  const drifting = { name: 'drifting', items: 1, expected: 1, pass: () => (++passes > 3 ? 2 : 1) };
  await expect(measure([drifting], options)).rejects.toThrow('drifting: a pass counted 2 instead of 1');
});
