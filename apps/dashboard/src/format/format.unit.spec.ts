import { describe, expect, test } from '@jest/globals';
import { number, percent, shortNumber } from './number.js';
import { date, dateTime, day, daysLeft, DAY, fullTime, lastDays, period, relative, utc } from './time.js';

const time = '2024-03-01T23:30:00.120Z';
const oslo = { locale: 'nb-NO', zone: 'Europe/Oslo' };
const london = { locale: 'en-GB', zone: 'Europe/London' };
/** Versions of ICU disagree on the kind of space. */
const plain = (text: string): string => text.replace(/\s/g, ' ');

describe('a time', () => {
  test("is shown in the person's zone and language", () => {
    expect(plain(dateTime(time, london))).toBe('1 Mar 2024, 23:30');
    expect(plain(dateTime(time, oslo))).toMatch(/^2\. mars 2024.* 00:30$/);
    expect(fullTime(time, oslo)).toContain('00:30:00');
  });

  test('in UTC is the same everywhere', () => {
    expect(utc(time)).toBe('2024-03-01 23:30:00.120 UTC');
    expect(utc(Date.UTC(2024, 0, 1))).toBe('2024-01-01 00:00:00 UTC');
  });

  test('of a day stays that day in any zone', () => {
    expect(day('2024-03-01', 'en-GB')).toBe('1 Mar');
    expect(day('2024-03-01', 'en-GB', { long: true })).toMatch(/^Fri,? 1 Mar 2024$/);
  });
});

describe('a time from now', () => {
  const now = Date.parse(time);

  test.each([
    [0, 'now'],
    [-59_000, 'now'],
    [-5 * 60_000, '5 minutes ago'],
    [-3 * 60 * 60_000, '3 hours ago'],
    [-DAY, 'yesterday'],
    [2 * DAY, 'in 2 days'],
    [-400 * DAY, 'last year'],
  ])('of %d ms is "%s"', (away, words) => {
    expect(relative(now + away, now, 'en-GB')).toBe(words);
  });

  test('has days left by the calendar of the person', () => {
    // In Oslo it is half past midnight already.
    expect(
      ['2024-03-01T22:59Z', '2024-03-01T23:00Z', '2024-03-02T23:00Z'].map((due) => daysLeft(due, now, 'UTC')),
    ).toEqual([0, 0, 1]);
    expect(
      ['2024-03-01T22:59Z', '2024-03-01T23:00Z', '2024-03-02T23:00Z'].map((due) => daysLeft(due, now, 'Europe/Oslo')),
    ).toEqual([-1, 0, 1]);
  });

  test('where a day was named, is of that day in every zone', () => {
    const day = '2024-03-05T00:00:00.000Z';
    for (const zone of ['America/Los_Angeles', 'UTC', 'Asia/Kathmandu']) {
      expect(date(day, { locale: 'en-GB', zone })).toBe('5 Mar 2024');
      expect(daysLeft(day, Date.parse('2024-03-01T12:00:00Z'), zone)).toBe(4);
    }
  });

  test('has as many days left over a change of the clocks', () => {
    expect(daysLeft('2024-04-01T00:00:00+02:00', Date.parse('2024-03-30T00:00:00+01:00'), 'Europe/Oslo')).toBe(2);
  });
});

test('the last days end today, in UTC', () => {
  expect(lastDays(3, Date.parse('2024-03-01T00:30:00Z'))).toEqual(['2024-02-28', '2024-02-29', '2024-03-01']);
});

test.each([
  ['P36M', 'en-GB', '36 months'],
  ['P1Y6M', 'en-GB', '1 year, 6 months'],
  ['PT24H', 'nb-NO', '24 timer'],
  ['P7D', 'nb-NO', '7 døgn'],
  ['P', 'en-GB', 'P'],
  ['end of the year', 'en-GB', 'end of the year'],
])('the period %s in %s is "%s"', (iso, locale, words) => {
  expect(plain(period(iso, locale))).toBe(words);
});

test('numbers are grouped, shortened and shared out', () => {
  expect(number(1_234_567, 'en-GB')).toBe('1,234,567');
  expect(shortNumber(9_999, 'en-GB')).toBe('9,999');
  expect(shortNumber(12_345, 'en-GB')).toMatch(/^12k$/i);
  expect([percent(0.01234, 'en-GB'), percent(0.5, 'en-GB'), percent(0, 'en-GB')]).toEqual(['1.2%', '50%', '0%']);
});
