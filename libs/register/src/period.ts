import { Temporal } from 'temporal-polyfill';
import type { Period } from './model.js';

/**
 * Takes an ISO 8601 duration apart into whole months and milliseconds. Weeks and days are of 24 hours, which they are
 * in UTC.
 *
 * @throws RangeError if `iso` is no duration
 */
export function parsePeriod(iso: string): Period {
  const d = Temporal.Duration.from(iso);
  const days = d.weeks * 7 + d.days;
  const seconds = (d.hours * 60 + d.minutes) * 60 + d.seconds;
  return { iso, months: d.years * 12 + d.months, ms: days * 86_400_000 + seconds * 1_000 };
}
