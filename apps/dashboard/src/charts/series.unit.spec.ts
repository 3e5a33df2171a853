import { describe, expect, test } from '@jest/globals';
import { OTHERS, seriesOf } from './series.js';

const days = ['2024-03-01', '2024-03-02', '2024-03-03'];
const row = (day: string | null, key: string, count: number) => ({ day, key, count });
const keyOf = ({ key }: { key: string }): string => key;

describe('series over days', () => {
  test('have a value for each day, 0 where nothing was', () => {
    const rows = [row('2024-03-03', 'a', 2), row('2024-03-01', 'a', 1)];
    expect(seriesOf(rows, days, keyOf, 5)).toEqual([{ key: 'a', values: [1, 0, 2], total: 3 }]);
  });

  test('keep their places whichever is the largest', () => {
    const keys = (large: string): string[] =>
      seriesOf(
        ['b', 'c', 'a'].map((key) => row('2024-03-01', key, key === large ? 5 : 1)),
        days,
        keyOf,
        5,
      ).map(({ key }) => key);
    expect([keys('a'), keys('b'), keys('c')]).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ]);
  });

  test('beyond the most are put together', () => {
    const rows = [
      row('2024-03-01', 'a', 9),
      row('2024-03-01', 'b', 2),
      row('2024-03-01', 'c', 1),
      row('2024-03-02', 'c', 1),
    ];
    expect(seriesOf(rows, days, keyOf, 1)).toEqual([
      { key: 'a', values: [9, 0, 0], total: 9 },
      { key: OTHERS, values: [3, 1, 0], total: 4 },
    ]);
  });

  test('leave out other days, and what has no day', () => {
    expect(seriesOf([row('2024-02-29', 'a', 1), row(null, 'a', 1)], days, keyOf, 5)).toEqual([]);
  });
});
