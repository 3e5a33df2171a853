/** Open duties by the days they fall due. */
import { DUTIES, type DutyKind, type OpenDuty } from '../../api/types.js';
import type { Series } from '../../charts/series.js';
import { DAY, dayIn } from '../../format/time.js';

/** Days that the api looks ahead. */
export const AHEAD = 30;

/** Duties of the kinds chosen, of all kinds where none is. */
export function ofKinds(duties: readonly OpenDuty[], kinds: readonly DutyKind[] | undefined): OpenDuty[] {
  return duties.filter(({ duty }) => kinds === undefined || kinds.includes(duty));
}

export interface Calendar {
  /** `2024-03-01`, by the calendar of the zone: today and those to come, and before them those with something overdue. */
  readonly days: readonly string[];
  /** Cases of each day, for each kind that has any. */
  readonly series: readonly Series[];
}

/** @param now ms */
export function calendarOf(duties: readonly OpenDuty[], now: number, zone: string): Calendar {
  const counts = new Map<string, Map<DutyKind, number>>();
  for (const { dueAt, duty, count } of duties) {
    const day = dayIn(zone, dueAt);
    const ofDay = counts.get(day) ?? new Map<DutyKind, number>();
    ofDay.set(duty, (ofDay.get(duty) ?? 0) + count);
    counts.set(day, ofDay);
  }
  const today = dayIn(zone, now);
  const ahead = Array.from({ length: AHEAD + 1 }, (_, days) =>
    new Date(Date.parse(today) + days * DAY).toISOString().slice(0, 10),
  );
  const days = [...new Set([...counts.keys(), ...ahead])].sort();
  const series = DUTIES.map((key) => {
    const values = days.map((day) => counts.get(day)?.get(key) ?? 0);
    return { key, values, total: values.reduce((total, value) => total + value, 0) };
  });
  return { days, series: series.filter(({ total }) => total > 0) };
}

/** ms after which the calendar, which is made every few minutes, is told to be old. */
const OLD = 60 * 60_000;

export function isOld(asOf: string, now: number): boolean {
  return now - Date.parse(asOf) > OLD;
}
