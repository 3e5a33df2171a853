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
  const groups = new Map<string, Group>();
  const ofShape = keys.map((some) => some.map(({ key, text }) => groupOf(groups, key, text)));
  const told = { occurred: days.some((day) => !day.recorded), recorded: days.some((day) => day.recorded) };
  snapshot.counts.forEach(wanted, within, told, (shape, occurred, recorded, n) => {
    const cell = dayKey(occurred, recorded);
    for (const { counts } of ofShape[shape] as Group[]) counts.set(cell, (counts.get(cell) ?? 0) + n);
  });
  const rows: StatisticsRow[] = [];
  for (const { key, counts } of groups.values()) {
    for (const [cell, count] of counts) {
      if (count === 0) continue;
      const own = [...key];
      for (const day of days) own[day.i] = day.recorded ? recordedOf(cell) : occurredOf(cell);
      rows.push({ key: own, count });
    }
  }
  return rows.sort((a, b) => compareKeys(a.key, b.key));
}

/** What a shape is grouped by, but for the days. */
interface ShapeKey {
  readonly key: readonly Part[];
  readonly text: string;
}

/** What was counted of a key, by day. */
interface Group {
  readonly key: readonly Part[];
  readonly counts: Map<number, number>;
}

function groupOf(groups: Map<string, Group>, key: readonly Part[], text: string): Group {
  const known = groups.get(text);
  if (known !== undefined) return known;
  const group = { key, counts: new Map<number, number>() };
  groups.set(text, group);
  return group;
}

/** More days than there are in the time of JavaScript's dates, 200,000,001. */
const DAYS = 2 ** 28;

/** Two days as one number. */
const dayKey = (occurred: number, recorded: number): number => (recorded === 0 ? occurred : recorded * DAYS + occurred);
const recordedOf = (cell: number): number => Math.round(cell / DAYS);
const occurredOf = (cell: number): number => cell - recordedOf(cell) * DAYS;

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
  for (let i = 0; i < a.length; i++) {
    const [left, right] = [a[i] as Part, b[i] as Part];
    if (left === right) continue;
    if (left === null) return -1;
    if (right === null) return 1;
    return left < right ? -1 : 1;
  }
  return 0;
}
