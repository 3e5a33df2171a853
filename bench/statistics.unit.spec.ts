import { describe, expect, test } from '@jest/globals';
import { median, quantile, significant, spread } from './statistics.js';

describe('median', () => {
  test('is the middle, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([10, 2])).toBe(6);
  });

  test('of nothing is refused', () => {
    expect(() => median([])).toThrow('no values');
  });
});

describe('quantile', () => {
  test.each([
    [0.5, 2],
    [0.51, 3],
    [0.99, 4],
    [1, 4],
    [0, 1],
  ])('%p of four', (q, value) => {
    expect(quantile([1, 2, 3, 4], q)).toBe(value);
  });

  test('of nothing is refused', () => {
    expect(() => quantile([], 0.5)).toThrow('no values');
  });
});

test('a spread names median, least and greatest', () => {
  expect(spread([3, 1, 2], String)).toBe('2 (1–3)');
});

test.each([
  [123_456.7, '123,457'],
  [12.345, '12.3'],
  [0.001234, '0.00123'],
  [0, '0'],
])('%p is written %p', (value, text) => {
  expect(significant(value)).toBe(text);
});
