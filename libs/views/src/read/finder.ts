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
import { cutRange, daysOf } from './time-range.js';

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
  async list(filter: FindingFilter, scope: Scope, { sort, limit, after }: ListOptions): Promise<FindingDocument[]> {
    const wanted = this.wanted(filter, scope);
    if (wanted.shapes.length === 0) return [];
    const order = {
      field: sort.endsWith('occurredAt') ? 'occurredAt' : 'recordedAt',
      descending: sort.startsWith('-'),
    } as const;
    const merges = this.mergesShapes(filter, wanted, limit);
    const found: FindingDocument[] = [];
    for (const days of this.daysToLookIn(filter, wanted.shapes, order, after)) {
      const conditions = [...timesOf(filter), ...rangeOf(order.field, wholeDays(days)), ...behind(after, order)];
      const left = limit + 1 - found.length;
      const some = merges
        ? this.ofShapes(wanted, conditions, order, left)
        : this.ofControllers(wanted, conditions, order, left);
      found.push(...(await some));
      if (found.length > limit) break;
    }
    return found;
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
   * that the others are not gone through.
   */
  private daysToLookIn(
    filter: FindingFilter,
    shapes: readonly number[],
    { field, descending }: Order,
    after: Cursor | null,
  ): DayRange[] {
    const within = { occurred: daysOf(filter.occurred), recorded: daysOf(filter.recorded) };
    const other = field === 'occurredAt' ? within.recorded : within.occurred;
    if (other.first === -Infinity && other.last === Infinity) return [ALL_DAYS];
    const columns = this.snapshot.counts.columns(within, { occurred: true, recorded: true });
    const mask = columns.mask(within);
    const found = new Uint8Array(columns.pairs.length);
    for (const shape of shapes) {
      columns.forEach(shape, mask, (pair, n) => {
        if (n !== 0) found[pair] = 1;
      });
    }
    const pairs = columns.pairs.filter((_, i) => found[i] === 1);
    const runs = dayRuns(
      pairs.map(({ occurred, recorded }) => (field === 'occurredAt' ? occurred : recorded)),
      MOST_RUNS,
    );
    const day = after === null ? null : dayOf(after.time);
    const left = runs.filter(({ first, last }) => day === null || (descending ? first <= day : last >= day));
    return descending ? left.reverse() : left;
  }

  private maskOf(shapes: readonly number[]): Uint8Array {
    const mask = new Uint8Array(this.snapshot.shapes.length);
    for (const id of shapes) mask[id] = 1;
    return mask;
  }

  /** Whether it is cheaper to go through each shape's findings than through all of the controllers. */
  private mergesShapes(filter: FindingFilter, { shapes, controllers }: Wanted, limit: number): boolean {
    const within = { occurred: daysOf(filter.occurred), recorded: daysOf(filter.recorded) };
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

function indexOf({ field }: Order): 'Occurred' | 'Recorded' {
  return field === 'occurredAt' ? 'Occurred' : 'Recorded';
}

function comparePlaces(a: EntryPlace, b: EntryPlace): number {
  return a.task - b.task || a.block - b.block || a.index - b.index;
}
