import { describe, expect, test } from '@jest/globals';
import { changeOf, compared, daily, shares } from './figures.js';

const days = ['2024-03-01', '2024-03-02', '2024-03-03'];
const rows = [
  { day: '2024-03-01', verdict: 'violation', count: 1 },
  { day: '2024-03-01', verdict: 'compliant', count: 9 },
  { day: '2024-03-03', verdict: 'gap', count: 2 },
  { day: '2024-03-03', verdict: 'compliant', count: 2 },
  { day: null, verdict: 'unreadable', count: 5 },
];

test('days have counts by verdict and of all events', () => {
  expect(daily(rows, days)).toEqual({
    violation: [1, 0, 0],
    gap: [0, 0, 2],
    unreadable: [0, 0, 0],
    compliant: [9, 0, 2],
    events: [10, 0, 4],
  });
});

test('a day without events has no share of findings', () => {
  expect(shares(daily(rows, days))).toEqual([0.1, null, 0.5]);
});

describe('a change', () => {
  test('is a share of what was before', () => {
    expect(changeOf(10, 15)).toEqual({ kind: 'up', share: 0.5 });
    expect(changeOf(10, 4)).toEqual({ kind: 'down', share: 0.6 });
    expect(changeOf(10, 10)).toEqual({ kind: 'same' });
  });

  test('from nothing has no share', () => {
    expect([changeOf(0, 3), changeOf(0, 0)]).toEqual([{ kind: 'new' }, null]);
  });

  test('compares as many days as the period has', () => {
    expect(compared([1, 1, 4, 4], 2)).toEqual({ now: 8, change: { kind: 'up', share: 3 } });
  });
});
