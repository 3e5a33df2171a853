import { Long } from 'mongodb';
import type { Collection, Filter } from 'mongodb';
import { dayOf, dayStart } from '../projection.js';
import type { EntryPlace } from '../projection.js';
import { findingKey, type FindingDocument } from '../store/documents.js';
import type { DayRange } from './count-columns.js';
import { ALL_DAYS } from './count-table.js';
import { dayRuns } from './day-runs.js';
import { listedTest, type FindingFilter, type Scope, type TimeRange } from './filter.js';
import type { MomentRange, MomentReader } from './moment-reader.js';
import type { Cursor, Sort } from './rows.js';
import type { Snapshot } from './snapshot.js';
import { cutRange, daysOf, daySpans } from './time-range.js';

/** Shapes that MongoDB merges by time without sorting (its `internalQueryMaxScansToExplode`). */
const MERGED_AT_ONCE = 200;
/** What one more shape to merge costs, in findings passed over. */
const MERGE_COST = 4;
/** ms after which MongoDB gives a question up. */
const WITHIN_MS = 15_000;
/** Ranges of days that a list is looked for in, one after the other. */
const MOST_RUNS = 8;
/** Days whose moments are read for a list, at most. */
const MOST_DAYS = 5;

/** How a list is asked for. */
export interface ListOptions {
  readonly sort: Sort;
  readonly limit: number;
  readonly after: Cursor | null;
}

/** What a list is sorted by. */
interface Order {
  readonly field: 'occurredAt' | 'recordedAt';
  readonly descending: boolean;
}

/** Where and by what the findings of a filter are looked for. */
interface Wanted {
  readonly shapes: readonly number[];
  readonly controllers: readonly (string | null)[];
}

/** Part of what is counted, within a day of one of its times. */
interface Strip extends MomentRange {
  /** Whether it is taken off. */
  readonly less: boolean;
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
    const days = this.daysToLookIn(filter, wanted.shapes, order, after);
    const merges = this.mergesShapes(filter, wanted, limit);
    if (days !== null && !merges) {
      const first = await this.firstTimes(days, filter, wanted, options);
      const condition = { [order.field]: { $in: first.times } };
      const conditions = [...timesOf(filter), condition, ...behind(after, order)];
      const found = await this.ofControllers(wanted, conditions, order, limit + 1);
      if (first.areAll || found.length > limit) return found;
      // Some of them are pruned, or were taken back just now.
    }
    const ranges = days === null ? [[]] : runsOf(days, order).map((run) => rangeOf(order.field, wholeDays(run)));
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

  /**
   * When the first findings of a list were: where few of those that its index would pass over are wanted, moments tell that
   * sooner.
   *
   * @param days that have any, in order
   */
  private async firstTimes(
    days: readonly number[],
    filter: FindingFilter,
    { shapes }: Wanted,
    { sort, limit, after }: ListOptions,
  ): Promise<{ times: Date[]; areAll: boolean }> {
    const { field, descending } = orderOf(sort);
    const [by, own = {}, other = {}] =
      field === 'occurredAt'
        ? (['occurred', filter.occurred, filter.recorded] as const)
        : (['recorded', filter.recorded, filter.occurred] as const);
    const last = after?.time;
    const behindLast = last === undefined ? {} : descending ? { to: last + 1 } : { from: last };
    const mask = this.maskOf(shapes);
    const times: Date[] = [];
    let found = 0;
    for (const span of days.slice(0, MOST_DAYS).flatMap((day) => daySpans(day, descending))) {
      const from = Math.max(span.from, own.from ?? -Infinity, behindLast.from ?? -Infinity);
      const to = Math.min(span.to, own.to ?? Infinity, behindLast.to ?? Infinity);
      if (from >= to) continue;
      const counts = new Map<number, number>();
      await this.moments.forEach({ by, from, to, other }, (shape, n, at) => {
        if (mask[shape] === 1) counts.set(at, (counts.get(at) ?? 0) + n);
      });
      const sorted = [...counts].filter(([, n]) => n > 0).sort(([a], [b]) => (descending ? b - a : a - b));
      for (const [at, n] of sorted) {
        times.push(new Date(at));
        // Of the same instant as the one that the list goes on behind there may be some before it.
        if (at !== last) found += n;
        if (found > limit) return { times, areAll: false };
      }
    }
    return { times, areAll: days.length <= MOST_DAYS };
  }

  /** How many findings there are, by shape: whole days by what was counted, the rest by moments. */
  async counts(filter: FindingFilter, scope: Scope): Promise<Map<number, number>> {
    const counts = new Map<number, number>();
    const { shapes } = this.wanted(filter, scope);
    if (shapes.length === 0) return counts;
    const add = (shape: number, n: number): void => void counts.set(shape, (counts.get(shape) ?? 0) + n);
    const mask = this.maskOf(shapes);
    const occurred = cutRange(filter.occurred);
    const recorded = cutRange(filter.recorded);
    const strips: Strip[] = occurred.parts.map((part) => ({ by: 'occurred', ...part, other: filter.recorded ?? {} }));
    if (occurred.days !== null) {
      const other = wholeDays(occurred.days);
      strips.push(...recorded.parts.map((part): Strip => ({ by: 'recorded', ...part, other })));
      if (recorded.days !== null) {
        const sums = this.snapshot.counts.sums({ occurred: occurred.days, recorded: recorded.days });
        for (const shape of shapes) if ((sums[shape] ?? 0) > 0) add(shape, sums[shape] as number);
      }
    }
    const addStrip = (strip: Strip) =>
      this.moments.forEach(strip, (shape, n) => {
        if (mask[shape] === 1) add(shape, strip.less ? -n : n);
      });
    await Promise.all(strips.map(addStrip));
    // What was taken off may have come after the counts were read.
    for (const [shape, n] of counts) if (n < 0) counts.set(shape, 0);
    return counts;
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

  /**
   * Where one time is asked for and the other one sorted by: the days of the latter that have any, in the list's order, so
   * that the others are not gone through; null: all of them.
   */
  private daysToLookIn(
    filter: FindingFilter,
    shapes: readonly number[],
    { field, descending }: Order,
    after: Cursor | null,
  ): number[] | null {
    const within = { occurred: daysOf(filter.occurred), recorded: daysOf(filter.recorded) };
    const other = field === 'occurredAt' ? within.recorded : within.occurred;
    if (other.first === -Infinity && other.last === Infinity) return null;
    const columns = this.snapshot.counts.columns(within, { occurred: true, recorded: true });
    const days = new Set<number>();
    for (const { occurred, recorded } of columns.pairsOf(shapes, columns.mask(within))) {
      days.add(field === 'occurredAt' ? occurred : recorded);
    }
    const sign = descending ? -1 : 1;
    const day = after === null ? -Infinity : sign * dayOf(after.time);
    return [...days].filter((one) => sign * one >= day).sort((a, b) => sign * (a - b));
  }

  private maskOf(shapes: readonly number[]): Uint8Array {
    const mask = new Uint8Array(this.snapshot.shapes.length);
    for (const id of shapes) mask[id] = 1;
    return mask;
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

function wholeDays({ first, last }: { first: number; last: number }): TimeRange {
  return {
    ...(first === -Infinity ? {} : { from: dayStart(first) }),
    ...(last === Infinity ? {} : { to: dayStart(last + 1) }),
  };
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

function orderOf(sort: Sort): Order {
  return { field: sort.endsWith('occurredAt') ? 'occurredAt' : 'recordedAt', descending: sort.startsWith('-') };
}

function runsOf(days: readonly number[], { descending }: Order): DayRange[] {
  const runs = dayRuns(days, MOST_RUNS);
  return descending ? runs.reverse() : runs;
}

function indexOf({ field }: Order): 'Occurred' | 'Recorded' {
  return field === 'occurredAt' ? 'Occurred' : 'Recorded';
}

function comparePlaces(a: EntryPlace, b: EntryPlace): number {
  return a.task - b.task || a.block - b.block || a.index - b.index;
}
