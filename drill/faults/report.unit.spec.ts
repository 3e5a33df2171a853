import { expect, test } from '@jest/globals';
import type { Outcome } from './check.js';
import { missing } from './check.js';
import { isGood, percentile } from './report.js';

const WHOLE: Outcome = {
  records: 10,
  entries: 10,
  amendments: 0,
  duties: 0,
  blocks: 1,
  lost: 0,
  duplicated: 0,
  wrong: 0,
  checkpoints: 3,
  inconsistent: 0,
  proved: true,
  faults: [],
};

test('one thing that is wrong is enough', () => {
  expect(isGood(WHOLE, [])).toBe(true);
  expect(isGood(WHOLE, ['auditor-1 ended unexpectedly'])).toBe(false);
  expect(isGood({ ...WHOLE, proved: false }, [])).toBe(false);
  expect(isGood({ ...WHOLE, faults: ['something'] }, [])).toBe(false);
  for (const count of ['lost', 'duplicated', 'wrong', 'inconsistent'] as const) {
    expect(isGood({ ...WHOLE, [count]: 1 }, [])).toBe(false);
  }
});

test('a percentile is one of the values', () => {
  expect(percentile([3, 1, 2], 0.5)).toBe(2);
  expect(percentile([3, 1, 2], 0.99)).toBe(3);
  expect(percentile([7], 0.01)).toBe(7);
});

test('missing lines are counted as often as they are missing', () => {
  expect(missing(['a', 'a', 'b'], ['a', 'c'])).toEqual(['a', 'b']);
});
