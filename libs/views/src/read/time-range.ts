import { dayOf, dayStart } from '../projection.js';
import type { DayRange } from './count-table.js';
import type { TimeRange } from './filter.js';

/** A time range cut at the days' ends: what has whole days, and what is left over at its ends. */
export interface CutRange {
  /** null: it has no whole day. */
  readonly days: DayRange | null;
  /** Each within one day; from inclusive, to exclusive. */
  readonly parts: readonly { readonly from: number; readonly to: number }[];
}

/** @param range undefined: all times */
export function cutRange({ from = -Infinity, to = Infinity }: TimeRange = {}): CutRange {
  if (from >= to) return { days: null, parts: [] };
  const first = from === -Infinity ? -Infinity : dayOf(from - 1) + 1;
  const last = to === Infinity ? Infinity : dayOf(to) - 1;
  if (first > last) {
    const middle = dayStart(first);
    // No whole day: up to two parts, of two days.
    const parts =
      middle > from && middle < to
        ? [
            { from, to: middle },
            { from: middle, to },
          ]
        : [{ from, to }];
    return { days: null, parts };
  }
  const parts = [];
  if (first !== -Infinity && dayStart(first) > from) parts.push({ from, to: dayStart(first) });
  if (last !== Infinity && dayStart(last + 1) < to) parts.push({ from: dayStart(last + 1), to });
  return { days: { first, last }, parts };
}

/** The days that a range touches. */
export function daysOf({ from, to }: TimeRange = {}): DayRange {
  return {
    first: from === undefined ? -Infinity : dayOf(from),
    last: to === undefined ? Infinity : dayOf(to - 1),
  };
}
