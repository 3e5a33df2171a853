import type { FindingFilter } from './filter.js';
import type { MomentReader } from './moment-reader.js';
import type { Order } from './order.js';
import { daySpans } from './time-range.js';

/** Days whose moments are read, at most. */
const MOST_DAYS = 5;

/** When the first findings of a list were. */
export interface FirstTimes {
  /** In the list's order. */
  readonly times: readonly number[];
  /** Whether there are no later ones. */
  readonly areAll: boolean;
}

/**
 * When the first findings of a list were: where few of those that its index would pass over are wanted, moments tell that
 * sooner.
 *
 * @param days that have any, in the list's order
 * @param mask 1 for each shape that is wanted
 * @param wanted how many findings are needed; `last` is the time, ms, of the one that they come behind
 */
export async function firstTimes(
  moments: MomentReader,
  days: Iterable<number>,
  mask: Uint8Array,
  filter: Pick<FindingFilter, 'occurred' | 'recorded'>,
  { field, descending }: Order,
  { count, last }: { readonly count: number; readonly last: number | undefined },
): Promise<FirstTimes> {
  const [by, own = {}, other = {}] =
    field === 'occurredAt'
      ? (['occurred', filter.occurred, filter.recorded] as const)
      : (['recorded', filter.recorded, filter.occurred] as const);
  const behindLast = last === undefined ? {} : descending ? { to: last + 1 } : { from: last };
  const times: number[] = [];
  let found = 0;
  let read = 0;
  for (const day of days) {
    if (read++ === MOST_DAYS) return { times, areAll: false };
    for (const span of daySpans(day, descending)) {
      const from = Math.max(span.from, own.from ?? -Infinity, behindLast.from ?? -Infinity);
      const to = Math.min(span.to, own.to ?? Infinity, behindLast.to ?? Infinity);
      if (from >= to) continue;
      const counts = new Map<number, number>();
      await moments.forEach({ by, from, to, other }, (shape, n, at) => {
        if (mask[shape] === 1) counts.set(at, (counts.get(at) ?? 0) + n);
      });
      const sorted = [...counts].filter(([, n]) => n > 0).sort(([a], [b]) => (descending ? b - a : a - b));
      for (const [at, n] of sorted) {
        times.push(at);
        // Of the same instant as the one that the list goes on behind there may be some before it.
        if (at !== last) found += n;
        if (found >= count) return { times, areAll: false };
      }
    }
  }
  return { times, areAll: true };
}
