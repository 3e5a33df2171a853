import { Long } from 'mongodb';
import type { MongoConnection } from '#libs/trail';
import type { EntryPlace } from '../projection.js';
import type { Shape } from '../shape.js';
import { throughOf, toCountRows, toFindingState, toShape } from '../store/documents.js';
import type { CountDocument, FindingDocument, SetDocument, SetName, ShapeDocument } from '../store/documents.js';
import { activeSet, viewCollections } from '../store/view-set.js';
import type { FindingFilter, Scope } from './filter.js';
import { Finder, type ListOptions } from './finder.js';
import { MomentReader } from './moment-reader.js';
import { problems } from './problems.js';
import type { Cursor, Dimension, FindingRow, ProblemRow, Sort, StatisticsRow } from './rows.js';
import { Snapshot, type KnownShape } from './snapshot.js';
import { statistics } from './statistics.js';

/** What was read of one set. */
interface Loaded {
  readonly set: SetName;
  /** Which building of it; missing: one that has none, or there is none. */
  readonly building: string | undefined;
  readonly snapshot: Snapshot;
  readonly finder: Finder;
}

/** A part of the feed. */
export interface FeedPart {
  readonly rows: readonly FindingRow[];
  /** Log index behind which it goes on. */
  readonly at: number;
  /** Whether there is more just now. */
  readonly more: boolean;
}

/** How often is asked again, where the set that is read was replaced in the middle. */
const TRIES = 3;

/** Findings asked for at a time, where all are. */
const PAGE = 1_000;

/** Documents of counts taken over at a time, some ten ms of work: meanwhile the process answers others. */
const COUNTS_AT_ONCE = 100;

/**
 * The read models, for reading: shapes and counts are in memory, so that statistics and full counts cost no more than a
 * walk over them; findings are in MongoDB. As fresh as the last `refresh`.
 */
export class ReadModels {
  private loaded: Loaded | null = null;
  private refreshing: Promise<void> | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly connection: MongoConnection) {}

  /** Log index that they stand at; 0 before the first `refresh`, and where there are none. */
  get through(): number {
    return this.loaded?.snapshot.through ?? 0;
  }

  /** Takes over what has changed. */
  refresh(): Promise<void> {
    this.refreshing ??= this.load().finally(() => (this.refreshing = null));
    return this.refreshing;
  }

  /** Calls back whenever `refresh` found something new, until the function given back is called. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async findings(
    filter: FindingFilter,
    scope: Scope,
    options: ListOptions,
  ): Promise<{ items: FindingRow[]; next: Cursor | null }> {
    const { rows, complete } = await this.found((finder) => finder.list(filter, scope, options));
    const items = rows.slice(0, options.limit);
    const last = items.at(-1);
    if ((rows.length <= options.limit && complete) || last === undefined) return { items, next: null };
    const { task, block, index, recordedAt, occurredAt } = last;
    const time = options.sort.endsWith('recordedAt') ? recordedAt : (occurredAt ?? recordedAt);
    return { items, next: { time, task, block, index } };
  }

  /** All findings, in order. */
  async *each(filter: FindingFilter, scope: Scope, sort: Sort): AsyncGenerator<FindingRow> {
    for (let after: Cursor | null = null; ;) {
      const { items, next } = await this.findings(filter, scope, { sort, limit: PAGE, after });
      yield* items;
      if (next === null) return;
      after = next;
    }
  }

  /** How many findings there are. */
  async count(filter: FindingFilter, scope: Scope): Promise<number> {
    const { finder } = await this.current();
    let sum = 0;
    for (const n of (await finder.counts(filter, scope)).values()) sum += n;
    return sum;
  }

  /** null: there is none there, or none that may be seen. */
  async finding(place: EntryPlace, { controllers }: Scope): Promise<FindingRow | null> {
    const { rows } = await this.found(async (finder) => {
      const document = await finder.one(place);
      return document === null ? [] : [document];
    });
    const [row = null] = rows;
    const controller = row?.shape.controller ?? null;
    if (controllers !== 'all' && (controller === null || !controllers.has(controller))) return null;
    return row;
  }

  /** @param now ms */
  async problems(filter: FindingFilter, scope: Scope, now: number): Promise<ProblemRow[]> {
    const { finder, snapshot } = await this.current();
    return problems(snapshot, filter, scope, await finder.counts(filter, scope), now);
  }

  /** Ids of all problems that there ever were. */
  async problemIds(): Promise<string[]> {
    const { shapes } = (await this.current()).snapshot;
    return [...new Set(shapes.flatMap(({ shape }) => shape.reasons.map(({ problem }) => problem)))];
  }

  /** Sorted by their keys; each is made when it is asked for, of what was known at the beginning. */
  async statistics(filter: FindingFilter, scope: Scope, by: readonly Dimension[]): Promise<Iterable<StatisticsRow>> {
    const { snapshot } = await this.current();
    return statistics(snapshot, filter, scope, by);
  }

  /** Whether the problem, or what it once was, is one of these controllers'. */
  async hasProblem(problem: string, { controllers }: Scope): Promise<boolean> {
    const { shapes } = (await this.current()).snapshot;
    return shapes.some(
      ({ shape: { controller, reasons } }) =>
        (controllers === 'all' || (controller !== null && controllers.has(controller))) &&
        reasons.some((reason) => reason.problem === problem),
    );
  }

  /** The place in the feed behind which everything is yet to come. */
  async feedEnd(): Promise<number> {
    return (await this.current()).snapshot.through - 1;
  }

  /** Findings that came or changed behind a log index, in the log's order; those that were withdrawn too. */
  async feed(after: number, scope: Scope, limit: number): Promise<FeedPart> {
    const end = await this.feedEnd();
    const { rows, complete } = await this.found((finder) => finder.changedAfter(after, scope, limit));
    const last = rows.at(-1)?.logIndex ?? after;
    if (!complete) return { rows, at: last, more: false };
    // Nothing up to the end concerns this scope any more, so that nobody need look there again.
    return rows.length < limit ? { rows, at: Math.max(last, end), more: false } : { rows, at: last, more: true };
  }

  private async current(): Promise<Loaded> {
    if (this.loaded === null) await this.refresh();
    return this.loaded as Loaded;
  }

  private async load(): Promise<void> {
    const active = await activeSet(this.connection);
    const { state, shapes, counts, findings, hours } = viewCollections(this.connection, active);
    const found = (await state.findOne({ _id: active })) as SetDocument | null;
    const building = found?.building?.toHexString();
    const same = this.loaded?.set === active && this.loaded.building === building ? this.loaded : null;
    const through = (found && throughOf(found)) ?? 0;
    const at = same?.snapshot.through;
    if (through === at) return;
    // One that is at 0 knows nothing, and one that is further was begun anew.
    const known = at !== undefined && at > 0 && through > at ? same : null;
    const snapshot = known?.snapshot ?? new Snapshot();
    const changed = through === 0 ? null : { through: { $gt: Long.fromNumber(snapshot.through) } };
    if (changed !== null) {
      const query = known === null ? {} : changed;
      const apply = (document: CountDocument): void => {
        for (const row of toCountRows(document)) snapshot.setCount(row);
      };
      // Counts first: the shapes of all that are read then are there. Nobody sees a first snapshot before it is whole, so
      // that its counts, of which there may be many, need not wait for each other.
      const later: CountDocument[] = [];
      for await (const document of counts.find(query, { batchSize: COUNTS_AT_ONCE })) {
        if (known === null) apply(document);
        else later.push(document);
      }
      for await (const document of shapes.find(query, { sort: { _id: 1 } })) {
        snapshot.setShape(document._id, { shape: toShape(document), times: timesOf(document) });
      }
      later.forEach(apply);
    }
    snapshot.through = through;
    this.loaded = known ?? {
      set: active,
      building,
      snapshot,
      finder: new Finder(findings, new MomentReader(hours), snapshot),
    };
    for (const listener of this.listeners) listener();
  }

  /**
   * Findings of the set that is read now, with the shapes of that same set: another one's numbers mean other shapes. Asked
   * again where the set was replaced meanwhile.
   *
   * @returns those before the first whose shape is not known, and whether there is none such: one whose set is being begun
   *   anew has no shapes yet
   */
  private async found(
    find: (finder: Finder) => Promise<readonly FindingDocument[]>,
  ): Promise<{ rows: FindingRow[]; complete: boolean }> {
    for (let left = TRIES; ; left--) {
      const loaded = await this.current();
      const documents = await find(loaded.finder);
      const { shapes } = loaded.snapshot;
      const unknown = (): number => documents.findIndex((document) => !isKnown(document, shapes));
      // Findings may be newer than the shapes in memory.
      if (unknown() !== -1) await this.refreshAnew();
      if (this.loaded !== loaded && left > 1) continue;
      const end = unknown();
      const known = end === -1 ? documents : documents.slice(0, end);
      return { rows: known.map((document) => toRow(document, shapes)), complete: end === -1 };
    }
  }

  /** Takes over what has changed, by a look that begins now: one that is under way may have seen less. */
  private async refreshAnew(): Promise<void> {
    await this.refreshing?.catch(() => undefined);
    await this.refresh();
  }
}

/** Whether all shapes of a finding are there, and it is the controller's that its shape says. */
function isKnown({ shape, controller, history = [] }: FindingDocument, shapes: Snapshot['shapes']): boolean {
  return (
    shapes[shape] !== undefined &&
    shapes[shape].shape.controller === controller &&
    history.every((version) => shapes[version.shape] !== undefined)
  );
}

/** @param shapes with all of the finding's */
function toRow(document: FindingDocument, shapes: Snapshot['shapes']): FindingRow {
  const shapeOf = (id: number): Shape => (shapes[id] as (typeof shapes)[number]).shape;
  const { shape, history, occurredAt, controller: _, ...rest } = toFindingState(document);
  const said = shapeOf(shape);
  return {
    ...rest,
    shape: said,
    occurredAt: said.kind === 'unreadable' ? null : occurredAt,
    history: history.map((version) => ({ ...version, shape: shapeOf(version.shape) })),
  };
}

function timesOf({ firstSeen, lastSeen, firstRecorded, lastRecorded }: ShapeDocument): KnownShape['times'] {
  // They are set together.
  if (!firstSeen || !lastSeen || !firstRecorded || !lastRecorded) return null;
  return {
    firstSeen: firstSeen.getTime(),
    lastSeen: lastSeen.getTime(),
    firstRecorded: firstRecorded.getTime(),
    lastRecorded: lastRecorded.getTime(),
  };
}
