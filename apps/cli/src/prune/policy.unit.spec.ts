import { describe, expect, test } from '@jest/globals';
import { UsageError } from '../usage-error.js';
import { keptFrom, parseBefore } from './policy.js';

describe('keptFrom', () => {
  const now = Date.UTC(2024, 1, 29, 12);

  test.each([
    ['P5Y', Date.UTC(2019, 1, 28, 12)],
    ['P1M', Date.UTC(2024, 0, 29, 12)],
    ['P30D', Date.UTC(2024, 0, 30, 12)],
    ['PT1H', Date.UTC(2024, 1, 29, 11)],
  ])('%s goes back by the calendar', (retention, expected) => {
    expect(keptFrom(retention, now)).toBe(expected);
  });

  test('without a policy nothing is pruned', () => {
    expect(() => keptFrom(undefined, now)).toThrow(UsageError);
    expect(() => keptFrom(undefined, now)).toThrow('without a policy');
  });

  test.each(['5 years', 'P', 'P0D', '-P5Y', 'P99999999Y'])('`%s` is refused', (retention) => {
    expect(() => keptFrom(retention, now)).toThrow('is no period of time');
  });
});

describe('parseBefore', () => {
  test.each([
    ['0', { index: 0 }],
    ['1000000', { index: 1_000_000 }],
    ['2020-01-31', { time: Date.UTC(2020, 0, 31) }],
    ['2020-01-31T12:30Z', { time: Date.UTC(2020, 0, 31, 12, 30) }],
  ])('%s', (text, expected) => {
    expect(parseBefore(text)).toEqual(expected);
  });

  test.each(['', '-1', '1.5', '2020-02-30', '2020-01-31T12:00+01:00', 'yesterday'])('`%s` is refused', (text) => {
    expect(() => parseBefore(text)).toThrow(UsageError);
  });
});
