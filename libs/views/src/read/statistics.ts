import type { Shape } from '../shape.js';
import { reasonTest, shapeTest, type FindingFilter, type Scope } from './filter.js';
import type { Dimension, StatisticsRow } from './rows.js';
import type { Snapshot } from './snapshot.js';
import { daysOf } from './time-range.js';

type Part = string | number | null;

/**
 * How many entries there are by these dimensions, compliant ones included. Times count by whole days. By `rule` and
 * `clause` an entry counts once for each that it has, and not at all where it has none.
 */
export function statistics(
  snapshot: Snapshot,
  filter: FindingFilter,
  scope: Scope,
  by: readonly Dimension[],
): StatisticsRow[] {
  const wanted = snapshot.mask(shapeTest(filter, scope));
  const within = { occurred: daysOf(filter.occurred), recorded: daysOf(filter.recorded) };
  const keys = snapshot.shapes.map(({ shape }, id) => (wanted[id] === 1 ? keysOf(shape, filter, by) : []));
  const days = by.flatMap((dimension, i) =>
    dimension === 'day' || dimension === 'recordedDay' ? [{ i, recorded: dimension === 'recordedDay' }] : [],
  );
  const groups = new Map<string, { key: Part[]; count: number }>();
  snapshot.counts.forEach(wanted, within, (shape, occurred, recorded, n) => {
    for (const { key, text } of keys[shape] as ShapeKey[]) {
      let id = text;
      for (const day of days) id += `|${day.recorded ? recorded : occurred}`;
      const group = groups.get(id);
      if (group !== undefined) {
        group.count += n;
        continue;
      }
      const own = [...key];
      for (const day of days) own[day.i] = day.recorded ? recorded : occurred;
      groups.set(id, { key: own, count: n });
    }
  });
  return [...groups.values()].filter(({ count }) => count > 0).sort((a, b) => compareKeys(a.key, b.key));
}

/** What a shape is grouped by, but for the days. */
interface ShapeKey {
  readonly key: readonly Part[];
  readonly text: string;
}

function keysOf(shape: Shape, filter: FindingFilter, by: readonly Dimension[]): ShapeKey[] {
  const byReason = by.includes('rule') || by.includes('clause');
  const reasons = byReason ? shape.reasons.filter(reasonTest(filter)) : [{ rule: '', clause: null }];
  const keys = new Map<string, ShapeKey>();
  for (const { rule, clause } of reasons) {
    const key = by.map((dimension): Part => {
      if (dimension === 'day' || dimension === 'recordedDay') return 0;
      if (dimension === 'rule') return rule;
      return dimension === 'clause' ? clause : shape[dimension];
    });
    const text = JSON.stringify(key);
    keys.set(text, { key, text });
  }
  return [...keys.values()];
}

function compareKeys(a: readonly Part[], b: readonly Part[]): number {
  for (const [i, left] of a.entries()) {
    const right = b[i] as Part;
    if (left === right) continue;
    if (left === null) return -1;
    if (right === null) return 1;
    return left < right ? -1 : 1;
  }
  return 0;
}
