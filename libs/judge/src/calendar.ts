import type { Period } from '#libs/register';

/**
 * Adds a period to an instant, in UTC: whole months first, keeping the time of day and falling back to the month's last
 * day where it has no such day (31 January + P1M is the last of February), then milliseconds.
 *
 * @param at ms since the epoch
 */
export function addPeriod(at: number, period: Period): number {
  if (period.months === 0) return at + period.ms;
  if (at < EARLY) return addPeriod(at + CYCLE, period) - CYCLE;
  const date = new Date(at);
  const month = date.getUTCMonth() + period.months;
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const day = Math.min(date.getUTCDate(), lastDay);
  return Date.UTC(date.getUTCFullYear(), month, day) + timeOfDay(at) + period.ms;
}

/** Whether an instant is not later than another with a period added to it; with what it takes to know mostly at hand. */
export function isWithin(at: number, start: number, period: Period): boolean {
  // No month is shorter than 28 days.
  return at <= start + period.months * SHORTEST_MONTH + period.ms || at <= addPeriod(start, period);
}

/** The end of the calendar year that `at` lies in, which is the first instant of the next, UTC. */
export function endOfYear(at: number): number {
  if (at < EARLY) return endOfYear(at + CYCLE) - CYCLE;
  return Date.UTC(new Date(at).getUTCFullYear() + 1, 0, 1);
}

const DAY = 86_400_000;
const SHORTEST_MONTH = 28 * DAY;
/** After 400 years the calendar is the same again. */
const CYCLE = 146_097 * DAY;
/** The year 100: `Date.UTC` takes years before it for years of the twentieth century. */
const EARLY = -59_011_459_200_000;

export function timeOfDay(at: number): number {
  return ((at % DAY) + DAY) % DAY;
}

/** `2023-02-28`, for messages. */
export function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
