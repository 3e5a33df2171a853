import type { Shape } from '../shape.js';
import type { DayPair } from './count-columns.js';
import type { Told } from './count-table.js';
import { reasonTest, shapeTest, type FindingFilter, type Scope } from './filter.js';
import { RankedCells, type Ranks } from './ranked-cells.js';
import type { Dimension, StatisticsRow } from './rows.js';
import type { Snapshot } from './snapshot.js';
import { daysOf } from './time-range.js';

type Part = string | number | null;

/**
 * How many entries there are by these dimensions, compliant ones included. Times count by whole days. By `rule` and
 * `clause` an entry counts once for each that it has, and not at all where it has none. Rows are made as they are asked for:
 * of tens of thousands at a time the garbage collector would stop everybody.
 */
export function statistics(
  snapshot: Snapshot,
  filter: FindingFilter,
  scope: Scope,
  by: readonly Dimension[],
): Iterable<StatisticsRow> {
  const wanted = snapshot.mask(shapeTest(filter, scope));
  const within = { occurred: daysOf(filter.occurred), recorded: daysOf(filter.recorded) };
  const told = { occurred: by.includes('day'), recorded: by.includes('recordedDay') };
  const columns = snapshot.counts.columns(within, told);
  const mask = columns.mask(within);
  const { days, ofPair } = toldDays(columns.pairs, mask, told);
  const sums = new Float64Array(days.length);
  // Which of them the group has; days may be many, and of each group few.
  const touched: number[] = [];
  const isTouched = new Uint8Array(days.length);
  const groups = groupsOf(snapshot, wanted, filter, by);
  const cells = new RankedCells();
  for (const [group, { shapes }] of groups.entries()) {
    for (const shape of shapes) {
      columns.forEach(shape, mask, (pair, n) => {
        const i = ofPair[pair] as number;
        sums[i] = (sums[i] as number) + n;
        if (isTouched[i] === 0) touched.push(i);
        isTouched[i] = 1;
      });
    }
    for (const i of touched) {
      const count = sums[i] as number;
      if (count !== 0) cells.add(group, i, count);
      sums[i] = 0;
      isTouched[i] = 0;
    }
    touched.length = 0;
  }
  return cells.inOrder(ranksOf(by, groups, days), (group, i, count) => ({
    key: withDays((groups[group] as Group).key, by, days[i] as DayPair),
    count,
  }));
}

/** Shapes that are counted together, and by what: days are 0. */
interface Group {
  readonly key: readonly Part[];
  readonly shapes: number[];
}

function groupsOf(snapshot: Snapshot, wanted: Uint8Array, filter: FindingFilter, by: readonly Dimension[]): Group[] {
  const groups = new Map<string, Group>();
  for (const [id, { shape }] of snapshot.shapes.entries()) {
    if (wanted[id] !== 1) continue;
    for (const { key, text } of keysOf(shape, filter, by)) {
      const known = groups.get(text);
      if (known === undefined) groups.set(text, { key, shapes: [id] });
      else known.shapes.push(id);
    }
  }
  return [...groups.values()];
}

/** The days that are told apart, of the pairs that are in the mask, and which of them each of those pairs is part of. */
function toldDays(
  pairs: readonly DayPair[],
  mask: Uint8Array,
  told: Required<Told>,
): { days: DayPair[]; ofPair: Int32Array } {
  const numbers = new Map<string, number>();
  const days: DayPair[] = [];
  const ofPair = new Int32Array(pairs.length);
  for (const [i, pair] of pairs.entries()) {
    if (mask[i] !== 1) continue;
    const day = { occurred: told.occurred ? pair.occurred : 0, recorded: told.recorded ? pair.recorded : 0 };
    const text = `${day.occurred}/${day.recorded}`;
    let number = numbers.get(text);
    if (number === undefined) {
      number = days.push(day) - 1;
      numbers.set(text, number);
    }
    ofPair[i] = number;
  }
  return { days, ofPair };
}

function withDays(key: readonly Part[], by: readonly Dimension[], { occurred, recorded }: DayPair): Part[] {
  return by.map((dimension, i) =>
    dimension === 'day' ? occurred : dimension === 'recordedDay' ? recorded : (key[i] as Part),
  );
}

/** How groups and days are to be sorted: by the parts of their keys. */
function ranksOf(by: readonly Dimension[], groups: readonly Group[], days: readonly DayPair[]): Ranks[] {
  return by.map((dimension, i) => {
    if (dimension === 'day') return { of: 'column', ...ranked(days.map(({ occurred }) => occurred)) };
    if (dimension === 'recordedDay') return { of: 'column', ...ranked(days.map(({ recorded }) => recorded)) };
    return { of: 'row', ...ranked(groups.map(({ key }) => key[i] as Part)) };
  });
}

function ranked(values: readonly Part[]): { ranks: Int32Array; most: number } {
  const sorted = [...new Set(values)].sort(compareParts);
  const rankOf = new Map(sorted.map((value, rank) => [value, rank]));
  return { ranks: Int32Array.from(values, (value) => rankOf.get(value) as number), most: sorted.length };
}

function compareParts(a: Part, b: Part): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : 1;
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
