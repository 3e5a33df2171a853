import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { parsePeriod } from '#libs/register';
import { addPeriod, endOfYear, isWithin } from './calendar.js';

const at = (iso: string): number => Date.parse(iso);

describe('addPeriod', () => {
  test.each([
    ['2023-01-31T09:30:00Z', 'P1M', '2023-02-28T09:30:00Z'],
    ['2024-01-31T09:30:00Z', 'P1M', '2024-02-29T09:30:00Z'],
    ['2020-02-29T00:00:00Z', 'P12M', '2021-02-28T00:00:00Z'],
    ['2020-03-12T10:00:00Z', 'P36M', '2023-03-12T10:00:00Z'],
    ['2019-10-02T10:00:00Z', 'P5Y', '2024-10-02T10:00:00Z'],
    ['2024-03-01T10:00:00Z', 'PT24H', '2024-03-02T10:00:00Z'],
    ['2024-03-01T10:00:00Z', 'P1W', '2024-03-08T10:00:00Z'],
  ])('%s + %s is %s', (from, period, to) => {
    expect(new Date(addPeriod(at(from), parsePeriod(period)))).toEqual(new Date(to));
  });

  test('agrees with Temporal on any date', () => {
    const recent = fc.integer({ min: Date.UTC(1971, 0, 1), max: Date.UTC(2199, 0, 1) });
    // Events may name any time of the years 1 to 9999.
    const instants = fc.oneof(recent, fc.integer({ min: at('0001-01-01T00:00:00Z'), max: at('0201-01-01T00:00:00Z') }));
    fc.assert(
      fc.property(instants, fc.nat(400), fc.nat(800), (ms, months, days) => {
        const iso = `P${months}M${days}D`;
        const expected = Temporal.Instant.fromEpochMilliseconds(ms)
          .toZonedDateTimeISO('UTC')
          .add({ months })
          .add({ days }).epochMilliseconds;
        expect(addPeriod(ms, parsePeriod(iso))).toBe(expected);
      }),
    );
  });
});

test('isWithin is not later than what addPeriod gives, at its very end too', () => {
  const instants = fc.integer({ min: at('1999-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') });
  fc.assert(
    fc.property(instants, fc.nat(60), fc.nat(40), fc.integer({ min: -1, max: 1 }), (ms, months, days, beside) => {
      const period = parsePeriod(`P${months}M${days}D`);
      const end = addPeriod(ms, period);
      expect(isWithin(end + beside, ms, period)).toBe(beside <= 0);
    }),
  );
  // The shortest month there is, to the millisecond.
  const month = parsePeriod('P1M');
  for (const from of ['2023-01-31T09:30:00Z', '2023-02-01T00:00:00Z', '2023-02-28T23:59:59Z']) {
    const end = addPeriod(at(from), month);
    expect([isWithin(end, at(from), month), isWithin(end + 1, at(from), month)]).toEqual([true, false]);
  }
});

test('endOfYear is the first instant of the next year', () => {
  expect(endOfYear(at('2018-01-01T00:00:00Z'))).toBe(at('2019-01-01T00:00:00Z'));
  expect(endOfYear(at('0099-12-31T23:59:59.999Z'))).toBe(at('0100-01-01T00:00:00Z'));
  expect(endOfYear(at('0050-06-01T00:00:00Z'))).toBe(at('0051-01-01T00:00:00Z'));
  expect(endOfYear(at('2018-12-31T23:59:59.999Z'))).toBe(at('2019-01-01T00:00:00Z'));
});
