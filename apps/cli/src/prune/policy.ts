import { Temporal } from 'temporal-polyfill';
import { parseIsoTime } from '#libs/events';
import { UsageError } from '../usage-error.js';

/** What `--before` names. */
export type Before = { readonly index: number } | { readonly time: number };

/**
 * Entries recorded at this time (ms since the epoch) or later must stay.
 *
 * @param retention ISO 8601 duration of HJEMMEL_TRAIL_RETENTION; months and years are those of the calendar, in UTC
 * @throws UsageError where there is none, or it is no period
 */
export function keptFrom(retention: string | undefined, now: number): number {
  if (retention === undefined) {
    throw new UsageError(
      'HJEMMEL_TRAIL_RETENTION is not set: without a policy that says for how long entries are kept, nothing is pruned. ' +
        'Set it to an ISO 8601 duration such as P5Y.',
    );
  }
  try {
    const period = Temporal.Duration.from(retention);
    if (period.sign <= 0) throw new RangeError('not a period of time');
    const at = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO('UTC');
    return at.subtract(period).epochMilliseconds;
  } catch {
    throw new UsageError(
      `HJEMMEL_TRAIL_RETENTION: \`${retention}\` is no period of time; give an ISO 8601 duration such as P5Y.`,
    );
  }
}

/**
 * Takes `--before`: a log index, a day (its beginning, UTC) or a time in UTC.
 *
 * @throws UsageError where it is none of them
 */
export function parseBefore(text: string): Before {
  if (/^\d{1,15}$/.test(text)) return { index: Number(text) };
  const time = parseIsoTime(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00Z` : text);
  if (time === null) {
    throw new UsageError(
      `--before ${text}: give a log index (1000000), a day (2020-01-31) or a time in UTC (2020-01-31T12:00:00Z).`,
    );
  }
  return { time };
}
