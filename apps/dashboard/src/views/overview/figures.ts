/** The figures at the top of the overview. */
import { sum } from '../../charts/series.js';
import type { Verdict } from '../../api/types.js';

export interface DayRow {
  readonly day: string | null;
  readonly verdict: string | null;
  readonly count: number;
}

/** Counts of each day, in the order of the days asked for. */
export type Daily = Readonly<Record<Verdict, readonly number[]>> & { readonly events: readonly number[] };

/** Rows by day and verdict as counts of each day. */
export function daily(rows: readonly DayRow[], days: readonly string[]): Daily {
  const of = (fits: (row: DayRow) => boolean): number[] => {
    const counts = new Map<string | null, number>();
    for (const row of rows) if (fits(row)) counts.set(row.day, (counts.get(row.day) ?? 0) + row.count);
    return days.map((day) => counts.get(day) ?? 0);
  };
  return {
    violation: of(({ verdict }) => verdict === 'violation'),
    gap: of(({ verdict }) => verdict === 'gap'),
    unreadable: of(({ verdict }) => verdict === 'unreadable'),
    compliant: of(({ verdict }) => verdict === 'compliant'),
    events: of(() => true),
  };
}

/** The share of each day's events with a finding; null on days without events. */
export function shares({ events, compliant }: Daily): (number | null)[] {
  return events.map((count, index) => (count === 0 ? null : (count - (compliant[index] ?? 0)) / count));
}

export type Change = { kind: 'up' | 'down'; share: number } | { kind: 'same' | 'new' };

/** How a count has changed against the one before; null where neither was. */
export function changeOf(before: number, now: number): Change | null {
  if (before === 0) return now === 0 ? null : { kind: 'new' };
  if (before === now) return { kind: 'same' };
  return { kind: now > before ? 'up' : 'down', share: Math.abs(now - before) / before };
}

/** The last `period` days against as many before them. */
export function compared(values: readonly number[], period: number): { now: number; change: Change | null } {
  const now = sum(values.slice(-period));
  return { now, change: changeOf(sum(values.slice(0, -period)), now) };
}
