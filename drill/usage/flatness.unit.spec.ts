import { describe, expect, test } from '@jest/globals';
import { flatness, quantile, type Point } from './flatness.js';
import { processUsage } from './process-usage.js';

const BOUND = { absolute: 20, share: 0.1 };
const points = (count: number, value: (i: number) => number): Point[] =>
  Array.from({ length: count }, (_, i) => [i * 5, value(i)]);

describe('flatness', () => {
  test('a heap that fills and then keeps its level is flat', () => {
    expect(
      flatness(
        points(200, (i) => Math.min(i, 90) * 3 + (i % 7)),
        BOUND,
      ),
    ).toMatchObject({ flat: true });
  });

  test('a steady leak is not, however small each step', () => {
    const found = flatness(
      points(200, (i) => 100 + i * 0.5 + (i % 7)),
      BOUND,
    );
    expect(found.flat).toBe(false);
    expect(found.growth).toBeCloseTo(49.5, 0);
  });

  test('peaks do not count, saws neither', () => {
    const peaks = points(200, (i) => (i > 180 && i % 10 === 0 ? 900 : 100));
    const saw = points(600, (i) => 100 + (i % 20) * 10);
    expect([flatness(peaks, BOUND).flat, flatness(saw, BOUND).flat]).toEqual([true, true]);
  });

  test('what becomes less is flat; a large value may move by more than a small one', () => {
    expect(
      flatness(
        points(100, (i) => 500 - i),
        BOUND,
      ).flat,
    ).toBe(true);
    expect(
      flatness(
        points(100, (i) => 1_000 + i),
        BOUND,
      ),
    ).toMatchObject({ flat: true, allowed: 107.5 });
  });

  test('many points are as good as some, none are flat', () => {
    const found = flatness(
      points(20_000, (i) => i / 100),
      BOUND,
    );
    expect(found.growth).toBeGreaterThan(95);
    expect(found.flat).toBe(false);
    expect(flatness([], BOUND)).toEqual({ growth: 0, median: 0, most: 0, allowed: 20, flat: true });
  });
});

test('quantiles are values that occurred', () => {
  expect(quantile([5, 1, 4, 2, 3], 0.5)).toBe(3);
  expect(quantile([5, 1, 4, 2, 3], 0.99)).toBe(5);
  expect(quantile([], 0.5)).toBe(0);
});

test('a process tells what it holds, one that is gone nothing', () => {
  const usage = processUsage(process.pid);
  expect(usage?.rssMib).toBeGreaterThan(20);
  expect(usage?.handles).toBeGreaterThan(2);
  expect(usage?.threads).toBeGreaterThan(1);
  expect(processUsage(2 ** 30)).toBeNull();
});
