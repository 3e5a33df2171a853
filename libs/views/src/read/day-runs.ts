import type { DayRange } from './count-columns.js';

/** Ranges that have all these days, in order; with no other days between two of them than need be for so few ranges. */
export function dayRuns(days: Iterable<number>, most: number): DayRange[] {
  const inOrder = [...new Set(days)].sort((a, b) => a - b);
  const gaps = inOrder.slice(1).map((day, i) => ({ at: i + 1, days: day - (inOrder[i] as number) - 1 }));
  const cuts = gaps
    .filter((gap) => gap.days > 0)
    .sort((a, b) => b.days - a.days)
    .slice(0, most - 1)
    .map(({ at }) => at)
    .sort((a, b) => a - b);
  const bounds = [0, ...cuts, inOrder.length];
  if (inOrder.length === 0) return [];
  return bounds.slice(1).map((end, i) => ({
    first: inOrder[bounds[i] as number] as number,
    last: inOrder[end - 1] as number,
  }));
}
