import { Long } from 'mongodb';
import type { Collection, Filter } from 'mongodb';
import type { EntryPlace } from '../projection.js';
import { findingKey, type FindingDocument } from '../store/documents.js';
import type { DayRange } from './count-columns.js';
import { ALL_DAYS } from './count-table.js';
import { dayRuns } from './day-runs.js';
import { asksForOther, daysInOrder } from './days-in-order.js';
import { listedTest, type FindingFilter, type Scope, type TimeRange } from './filter.js';
import { firstTimes } from './first-times.js';
import { fullCounts } from './full-counts.js';
import type { MomentReader } from './moment-reader.js';
import { orderOf, type Order } from './order.js';
import type { Cursor, Sort } from './rows.js';
import type { Snapshot } from './snapshot.js';
import { daysOf, wholeDays } from './time-range.js';

/** Shapes that MongoDB merges by time without sorting (its `internalQueryMaxScansToExplode`). */
const MERGED_AT_ONCE = 200;
/** What one more shape to merge costs, in findings passed over. */
const MERGE_COST = 4;
/** ms after which MongoDB gives a question up. */
const WITHIN_MS = 15_000;
/** Ranges of days that a list is looked for in, one after the other. */
const MOST_RUNS = 8;

/** How a list is asked for. */
export interface ListOptions {
  readonly sort: Sort;
  readonly limit: number;
  readonly after: Cursor | null;
}

/** Where and by what the findings of a filter are looked for. */
interface Wanted {
  readonly shapes: readonly number[];
  readonly controllers: readonly (string | null)[];
}

/** Asks MongoDB for findings, by the index that passes over the fewest. */
export class Finder {
  constructor(
    private readonly collection: Collection<FindingDocument>,
    private readonly moments: MomentReader,
    private readonly snapshot: Snapshot,
  ) {}

  /** Findings in order, one more than `limit` where there are more. */
  async list(filter: FindingFilter, scope: Scope, options: ListOptions): Promise<FindingDocument[]> {
    const { sort, limit, after } = options;
    const wanted = this.wanted(filter, scope);
    if (wanted.shapes.length === 0) return [];
    const order = orderOf(sort);
    const days = () => daysInOrder(this.snapshot.counts, wanted.shapes, filter, order, after?.time);
    const isOfOther = asksForOther(filter, order);
    const merges = this.mergesShapes(filter, wanted, limit);
    if (isOfOther && !merges) {
      const mask = this.snapshot.maskOf(wanted.shapes);
      const needed = { count: limit + 1, last: after?.time };
      const first = await firstTimes(this.moments, days(), mask, filter, order, needed);
      const condition = { [order.field]: { $in: first.times.map((time) => new Date(time)) } };
      const conditions = [...timesOf(filter), condition, ...behind(after, order)];
      const found = await this.ofControllers(wanted, conditions, order, limit + 1);
      if (first.areAll || found.length > limit) return found;
      // Some of them are pruned, or were taken back just now.
    }
    const ranges = isOfOther ? runsOf(days(), order).map((run) => rangeOf(order.field, wholeDays(run))) : [[]];
    const found: FindingDocument[] = [];
    for (const range of ranges) {
      const conditions = [...timesOf(filter), ...range, ...behind(after, order)];
      const left = limit + 1 - found.length;
      const some = merges
        ? this.ofShapes(wanted, conditions, order, left)
        : this.ofControllers(wanted, conditions, order, left);
      found.push(...(await some));
      if (found.length > limit) break;
    }
    return found;
  }

  /** How many findings there are, by shape. */
  async counts(filter: FindingFilter, scope: Scope): Promise<Map<number, number>> {
    return fullCounts(this.snapshot, this.moments, filter, this.wanted(filter, scope).shapes);
  }

  async one(place: EntryPlace): Promise<FindingDocument | null> {
    return this.collection.findOne({ _id: findingKey(place) }, { maxTimeMS: WITHIN_MS });
  }

  /** Findings that came or changed behind a log index, in the log's order. */
  async changedAfter(logIndex: number, { controllers }: Scope, limit: number): Promise<FindingDocument[]> {
    const query: Filter<FindingDocument> = { logIndex: { $gt: Long.fromNumber(logIndex) } };
    if (controllers !== 'all') query.controller = { $in: [...controllers] };
    return this.collection.find(query, { sort: { logIndex: 1 }, limit, maxTimeMS: WITHIN_MS }).toArray();
  }

  private wanted(filter: FindingFilter, scope: Scope): Wanted {
    const test = listedTest(filter, scope);
    const shapes: number[] = [];
    const controllers = new Set<string | null>();
    for (const [id, { shape }] of this.snapshot.shapes.entries()) {
      if (!test(shape)) continue;
      shapes.push(id);
      controllers.add(shape.controller);
    }
    return { shapes, controllers: [...controllers] };
  }

  private ofControllers(
    { shapes, controllers }: Wanted,
    conditions: Filter<FindingDocument>[],
    order: Order,
    limit: number,
  ): Promise<FindingDocument[]> {
    const query = { $and: [{ controller: { $in: [...controllers] } }, { shape: { $in: [...shapes] } }, ...conditions] };
    return this.inOrder(query, `byController${indexOf(order)}`, order, limit);
  }

  private async ofShapes(
    { shapes }: Wanted,
    conditions: Filter<FindingDocument>[],
    order: Order,
    limit: number,
  ): Promise<FindingDocument[]> {
    const parts: Promise<FindingDocument[]>[] = [];
    for (let i = 0; i < shapes.length; i += MERGED_AT_ONCE) {
      const query = { $and: [{ shape: { $in: shapes.slice(i, i + MERGED_AT_ONCE) } }, ...conditions] };
      parts.push(this.inOrder(query, `byShape${indexOf(order)}`, order, limit));
    }
    const found = await Promise.all(parts);
    if (found.length === 1) return found[0] as FindingDocument[];
    const { field } = order;
    const sign = order.descending ? -1 : 1;
    return found
      .flat()
      .sort((a, b) => sign * (a[field].getTime() - b[field].getTime() || comparePlaces(a._id, b._id)))
      .slice(0, limit);
  }

  private inOrder(
    query: Filter<FindingDocument>,
    hint: string,
    { field, descending }: Order,
    limit: number,
  ): Promise<FindingDocument[]> {
    const direction = descending ? -1 : 1;
    const sort = { [field]: direction, _id: direction } as const;
    return this.collection.find(query, { sort, limit, hint, maxTimeMS: WITHIN_MS }).toArray();
  }

  /** Whether it is cheaper to go through each shape's findings than through all of the controllers. */
  private mergesShapes(filter: FindingFilter, { shapes, controllers }: Wanted, limit: number): boolean {
    // By one time alone: there are far fewer sums by that, and they say the same of the shares.
    const occurred = daysOf(filter.occurred);
    const isLimited = occurred.first !== -Infinity || occurred.last !== Infinity;
    const within = { occurred, recorded: isLimited ? ALL_DAYS : daysOf(filter.recorded) };
    const of = new Set(controllers);
    const sums = this.snapshot.counts.sums(within);
    let found = 0;
    for (const shape of shapes) found += sums[shape] ?? 0;
    let passed = 0;
    for (const [id, { shape }] of this.snapshot.shapes.entries()) {
      if (of.has(shape.controller) && (shape.verdict !== 'compliant' || shape.withdrawn)) passed += sums[id] ?? 0;
    }
    return shapes.length * MERGE_COST < limit * (passed / Math.max(1, found));
  }
}

function timesOf({
  occurred,
  recorded,
}: {
  occurred?: TimeRange | undefined;
  recorded?: TimeRange | undefined;
}): Filter<FindingDocument>[] {
  return [...rangeOf('occurredAt', occurred), ...rangeOf('recordedAt', recorded)];
}

function rangeOf(field: 'occurredAt' | 'recordedAt', { from, to }: TimeRange = {}): Filter<FindingDocument>[] {
  return [
    ...(from === undefined ? [] : [{ [field]: { $gte: new Date(from) } }]),
    ...(to === undefined ? [] : [{ [field]: { $lt: new Date(to) } }]),
  ];
}

/** What comes after a place in the list: the bound on the time alone is what an index can use. */
function behind(after: Cursor | null, { field, descending }: Order): Filter<FindingDocument>[] {
  if (after === null) return [];
  const at = new Date(after.time);
  const _id = findingKey(after);
  return descending
    ? [{ [field]: { $lte: at } }, { $or: [{ [field]: { $lt: at } }, { _id: { $lt: _id } }] }]
    : [{ [field]: { $gte: at } }, { $or: [{ [field]: { $gt: at } }, { _id: { $gt: _id } }] }];
}

function runsOf(days: Iterable<number>, { descending }: Order): DayRange[] {
  const runs = dayRuns(days, MOST_RUNS);
  return descending ? runs.reverse() : runs;
}

function indexOf({ field }: Order): 'Occurred' | 'Recorded' {
  return field === 'occurredAt' ? 'Occurred' : 'Recorded';
}

function comparePlaces(a: EntryPlace, b: EntryPlace): number {
  return a.task - b.task || a.block - b.block || a.index - b.index;
}
