import { expect, test } from '@jest/globals';
import type { DutyKind, OpenDuty } from '../../api/types.js';
import { calendarOf, isOld, ofKinds } from './calendar.js';

const now = Date.parse('2026-03-01T22:30:00Z');
const due = (dueAt: string, count = 1, duty: DutyKind = 'request-overdue'): OpenDuty => ({
  controller: 'acme',
  duty,
  purpose: null,
  dueAt,
  count,
});

test('cases are counted by the day of the zone and by kind, today first', () => {
  const duties = [
    due('2026-03-01T22:45:00Z', 2),
    due('2026-03-02T10:00:00Z', 3),
    due('2026-03-02T00:00:00Z', 4, 'erasure-overdue'),
  ];
  const inUtc = calendarOf(duties, now, 'UTC');
  expect([inUtc.days[0], inUtc.days.length]).toEqual(['2026-03-01', 31]);
  expect(inUtc.series.map(({ key, values, total }) => [key, values.slice(0, 2), total])).toEqual([
    ['request-overdue', [2, 3], 5],
    ['erasure-overdue', [0, 4], 4],
  ]);
  const inAthens = calendarOf(duties, now, 'Europe/Athens');
  expect([inAthens.days[0], inAthens.series[0]?.values[0]]).toEqual(['2026-03-02', 5]);
});

test('what was due before today and stands there still has its day', () => {
  const { days, series } = calendarOf([due('2026-02-27T00:00:00Z')], now, 'UTC');
  expect([days[0], days[1], series[0]?.values[0]]).toEqual(['2026-02-27', '2026-03-01', 1]);
});

test('kinds are chosen, or all of them', () => {
  const duties = [due('2026-03-02T00:00:00Z'), due('2026-03-02T00:00:00Z', 1, 'retention-overdue')];
  expect([ofKinds(duties, undefined).length, ofKinds(duties, ['retention-overdue']).length]).toEqual([2, 1]);
});

test('after an hour it is old', () => {
  expect([isOld('2026-03-01T21:31:00Z', now), isOld('2026-03-01T21:29:00Z', now)]).toEqual([false, true]);
});
