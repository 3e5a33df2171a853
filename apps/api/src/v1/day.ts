const DAY_MS = 86_400_000;

/** A day counted from 1970-01-01 in UTC, as `YYYY-MM-DD`. */
export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().replace(/T.*/, '');
}
