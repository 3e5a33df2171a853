import { dayOf } from '../projection.js';
import type { CountTable } from './count-table.js';
import type { FindingFilter } from './filter.js';
import type { Order } from './order.js';
import { daysOf } from './time-range.js';

type Times = Pick<FindingFilter, 'occurred' | 'recorded'>;

/** Whether a list is of one time, and sorted by the other one. */
export function asksForOther({ occurred, recorded }: Times, { field }: Order): boolean {
  const { from, to } = (field === 'occurredAt' ? recorded : occurred) ?? {};
  return from !== undefined || to !== undefined;
}

/**
 * The days that have any of these shapes, of the time that a list is sorted by and in the list's order; each is looked for
 * when it is asked for.
 *
 * @param last time, ms, of the finding that the list goes on behind
 */
export function* daysInOrder(
  counts: CountTable,
  shapes: readonly number[],
  filter: Times,
  { field, descending }: Order,
  last: number | undefined,
): Generator<number> {
  const within = { occurred: daysOf(filter.occurred), recorded: daysOf(filter.recorded) };
  const columns = counts.columns(within, { occurred: true, recorded: true });
  const mask = columns.mask(within);
  const sign = descending ? -1 : 1;
  const first = last === undefined ? -Infinity : sign * dayOf(last);
  const pairsOf = new Map<number, number[]>();
  for (const [pair, { occurred, recorded }] of columns.pairs.entries()) {
    const day = field === 'occurredAt' ? occurred : recorded;
    if (mask[pair] !== 1 || sign * day < first) continue;
    const known = pairsOf.get(day);
    if (known === undefined) pairsOf.set(day, [pair]);
    else known.push(pair);
  }
  for (const [day, pairs] of [...pairsOf].sort(([a], [b]) => sign * (a - b))) {
    if (columns.haveAny(shapes, pairs)) yield day;
  }
}
