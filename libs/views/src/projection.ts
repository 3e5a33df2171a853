import type { AuditEntry } from '#libs/events';
import type { Moment } from './moments.js';
import { compliantBefore, isListed, shapeOf, type Shape } from './shape.js';
import type { ShapeBook } from './shape-book.js';

/** Where an entry stands in the trail. */
export interface EntryPlace {
  readonly task: number;
  readonly block: number;
  readonly index: number;
}

/** An entry and where it stands. */
export interface LogEntry extends EntryPlace {
  readonly logIndex: number;
  readonly entry: AuditEntry;
}

/** What was said of a finding before. */
export interface EarlierVersion {
  /** null: of an entry that was compliant, which alone has no place in the read models. */
  readonly logIndex: number | null;
  readonly recordedAt: number;
  readonly shape: number;
}

/** A finding as of its newest amendment. Times are ms since the epoch. */
export interface FindingState extends EntryPlace {
  readonly shape: number;
  readonly controller: string | null;
  /** When the event took place or the duty fell due; of what cannot be read, when it was recorded. */
  readonly occurredAt: number;
  /** When the entry was recorded that all amendments are of. */
  readonly recordedAt: number;
  /** When the newest was recorded that is about it. */
  readonly changedAt: number;
  /** Log index of the newest entry about it. */
  readonly logIndex: number;
  /** Oldest first. */
  readonly history: readonly EarlierVersion[];
}

/** Entries of one shape that occurred on one day and were recorded on one; days since 1970-01-01 in UTC. */
export interface CountRow {
  readonly shape: number;
  readonly occurred: number;
  readonly recorded: number;
  /** How many more there are; less than 0: fewer. */
  readonly n: number;
}

/** When findings of a shape came, ms. */
export interface ShapeTimes {
  readonly shape: number;
  readonly firstSeen: number;
  /** Never later than it was recorded: an event may claim any time. */
  readonly lastSeen: number;
  readonly firstRecorded: number;
  readonly lastRecorded: number;
}

/** What must be known of earlier entries that are amended. */
export interface Before {
  /** Findings by `placeKey`. */
  readonly findings: ReadonlyMap<string, FindingState>;
  /** When an entry was recorded, ms; undefined: it is not in the log any more. */
  readonly recordedAt: (place: EntryPlace) => number | undefined;
}

const DAY_MS = 86_400_000;

export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

/** First instant of a day, ms. */
export function dayStart(day: number): number {
  return day * DAY_MS;
}

export function placeKey({ task, block, index }: EntryPlace): string {
  return `${task}/${block}/${index}`;
}

/** What entries of the log, added in its order, change in the read models. Pure but for what it holds. */
export class Projection {
  /** Findings that came or changed, by `placeKey`. */
  readonly findings = new Map<string, FindingState>();
  /** When findings that are listed occurred and were recorded. */
  readonly moments: Moment[] = [];
  private readonly rows = new Map<string, { -readonly [P in keyof CountRow]: CountRow[P] }>();
  private readonly seen = new Map<number, ShapeTimes>();

  constructor(
    private readonly book: ShapeBook,
    private readonly before: Before,
  ) {}

  add({ logIndex, entry, ...place }: LogEntry): void {
    // What is counted are events, and an earlier entry is of this one.
    if (entry.repeat) return;
    const shape = shapeOf(entry);
    if (shape === null) return;
    if (entry.amends !== null) return this.amend(entry.amends, shape, logIndex, entry);
    const { recordedAt } = entry;
    const occurredAt = entry.occurredAt ?? recordedAt;
    const id = this.book.idOf(shape);
    this.count({ occurredAt, recordedAt, shape: id, n: 1 }, isListed(shape));
    if (!isListed(shape)) return;
    const { task, block, index } = place;
    const times = { occurredAt, recordedAt, changedAt: recordedAt };
    this.set({ task, block, index, shape: id, controller: this.controllerOf(id), ...times, logIndex, history: [] });
  }

  counts(): CountRow[] {
    return [...this.rows.values()].filter(({ n }) => n !== 0);
  }

  times(): ShapeTimes[] {
    return [...this.seen.values()];
  }

  private amend(place: EntryPlace, shape: Shape, logIndex: number, entry: AuditEntry): void {
    const state = this.findings.get(placeKey(place)) ?? this.before.findings.get(placeKey(place));
    const before = state ?? this.compliant(place, shape, entry);
    // What it amends was pruned, and is in no list.
    if (before === null) return;
    const id = this.book.idOf(shape);
    const { recordedAt, occurredAt } = before;
    this.count({ occurredAt, recordedAt, shape: before.shape, n: -1 }, before.logIndex !== null);
    this.count({ occurredAt, recordedAt, shape: id, n: 1 }, isListed(shape));
    const { task, block, index } = place;
    this.set({
      ...{ task, block, index, shape: id, controller: this.controllerOf(id), occurredAt, recordedAt, logIndex },
      changedAt: entry.recordedAt,
      history: [...(state?.history ?? []), versionOf(before)],
    });
  }

  /** The amended entry, where it was compliant; null where it is not in the log any more. */
  private compliant(place: EntryPlace, shape: Shape, entry: AuditEntry) {
    const recordedAt = this.before.recordedAt(place);
    if (recordedAt === undefined) return null;
    const occurredAt = entry.occurredAt ?? recordedAt;
    return {
      shape: this.book.idOf(compliantBefore(shape)),
      occurredAt,
      recordedAt,
      changedAt: recordedAt,
      logIndex: null,
    };
  }

  private count(moment: Moment, listed: boolean): void {
    if (listed) this.moments.push(moment);
    const { shape, occurredAt, recordedAt, n } = moment;
    const [occurred, recorded] = [dayOf(occurredAt), dayOf(recordedAt)];
    const key = `${shape}/${occurred}/${recorded}`;
    const row = this.rows.get(key);
    if (row === undefined) this.rows.set(key, { shape, occurred, recorded, n });
    else row.n += n;
  }

  private set(state: FindingState): void {
    this.findings.set(placeKey(state), state);
    const { shape, occurredAt, changedAt } = state;
    const seenAt = Math.min(occurredAt, changedAt);
    const { firstSeen, lastSeen, firstRecorded, lastRecorded } = this.seen.get(shape) ?? {
      firstSeen: Infinity,
      lastSeen: -Infinity,
      firstRecorded: Infinity,
      lastRecorded: -Infinity,
    };
    this.seen.set(shape, {
      shape,
      firstSeen: Math.min(firstSeen, seenAt),
      lastSeen: Math.max(lastSeen, seenAt),
      firstRecorded: Math.min(firstRecorded, changedAt),
      lastRecorded: Math.max(lastRecorded, changedAt),
    });
  }

  /** That of the shape, which may stand for many. */
  private controllerOf(shape: number): string | null {
    return this.book.shape(shape).controller;
  }
}

function versionOf({
  logIndex,
  changedAt,
  shape,
}: {
  logIndex: number | null;
  changedAt: number;
  shape: number;
}): EarlierVersion {
  return { logIndex, recordedAt: changedAt, shape };
}
