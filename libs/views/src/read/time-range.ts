import { HOUR_MS } from '../moments.js';
import { dayOf, dayStart } from '../projection.js';
import type { DayRange } from './count-columns.js';
import type { TimeRange } from './filter.js';

/** What is to be counted within one day; from inclusive, to exclusive. */
export interface DayPart {
  readonly from: number;
  readonly to: number;
  /** Whether it is to be taken off what whole days have. */
  readonly less: boolean;
}

/** A time range as whole days, and what its ends have more or less than those: never more than half a day each. */
export interface CutRange {
  /** null: it has no whole day. */
  readonly days: DayRange | null;
  readonly parts: readonly DayPart[];
}

/** @param range undefined: all times */
export function cutRange({ from = -Infinity, to = Infinity }: TimeRange = {}): CutRange {
  if (from >= to) return { days: null, parts: [] };
  const start = from === -Infinity ? { day: -Infinity, parts: [] } : nearestMidnight(from);
  const end = to === Infinity ? { day: Infinity, parts: [] } : nearestMidnight(to);
  if (start.day >= end.day) return { days: null, parts: withinDays(from, to) };
  return {
    days: { first: start.day, last: end.day - 1 },
    parts: [...start.parts, ...end.parts.map((part) => ({ ...part, less: !part.less }))],
  };
}

/** The day that begins nearest to a time, and what days from there on have too much, or lack, as days from that time on. */
function nearestMidnight(time: number): { day: number; parts: DayPart[] } {
  const before = dayOf(time);
  const [midnight, next] = [dayStart(before), dayStart(before + 1)];
  if (time === midnight) return { day: before, parts: [] };
  return time - midnight <= next - time
    ? { day: before, parts: [{ from: midnight, to: time, less: true }] }
    : { day: before + 1, parts: [{ from: time, to: next, less: false }] };
}

/** Less than a day, of one day or of two. */
function withinDays(from: number, to: number): DayPart[] {
  const midnight = dayStart(dayOf(to - 1));
  if (midnight <= from) return [{ from, to, less: false }];
  return [
    { from, to: midnight, less: false },
    { from: midnight, to, less: false },
  ];
}

/** Hours after which a day is cut, so that who finds enough in the first parts need not look at the others. */
const CUTS = [0, 1, 2, 4, 8, 16, 24];

/** A day in parts, the first ones short; from inclusive, to exclusive, ms. */
export function daySpans(day: number, descending: boolean): { from: number; to: number }[] {
  const start = dayStart(day);
  const end = dayStart(day + 1);
  return CUTS.slice(1).map((hour, i) => {
    const before = CUTS[i] as number;
    return descending
      ? { from: end - hour * HOUR_MS, to: end - before * HOUR_MS }
      : { from: start + before * HOUR_MS, to: start + hour * HOUR_MS };
  });
}

/** The days that a range touches. */
export function daysOf({ from, to }: TimeRange = {}): DayRange {
  return {
    first: from === undefined ? -Infinity : dayOf(from),
    last: to === undefined ? Infinity : dayOf(to - 1),
  };
}

/** From the first instant of days to that of the one behind them. */
export function wholeDays({ first, last }: DayRange): TimeRange {
  return {
    ...(first === -Infinity ? {} : { from: dayStart(first) }),
    ...(last === Infinity ? {} : { to: dayStart(last + 1) }),
  };
}
