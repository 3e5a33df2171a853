import { DAY, lastDays } from '../../format/time.js';

/**
 * The days that a problem's chart shows, oldest first: those up to today, or up to when it was last seen where that is
 * longer ago, so that there is something to see.
 *
 * @param lastSeen ISO 8601
 * @param now ms
 */
export function daysShown(count: number, lastSeen: string, now: number): string[] {
  const seen = Date.parse(lastSeen);
  const days = lastDays(count, now);
  return seen < Date.parse(days[0] ?? '') ? lastDays(count, seen) : days;
}

/** From a day's beginning to the next one's, in UTC, as filters have it. */
export function dayFilter(day: string): { occurredFrom: string; occurredTo: string } {
  const from = Date.parse(day);
  return { occurredFrom: new Date(from).toISOString(), occurredTo: new Date(from + DAY).toISOString() };
}
