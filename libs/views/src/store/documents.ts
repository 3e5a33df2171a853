import { Long } from 'mongodb';
import type { Binary, ObjectId } from 'mongodb';
import type { MomentTime } from '../moments.js';
import type { CountRow, EntryPlace, FindingState } from '../projection.js';
import type { Shape } from '../shape.js';

/** Version of what is kept and how. Read models of another one are made anew from the log. */
export const VIEW_VERSION = 3;

/** The two sets of read models: one is read while the other can be built. */
export const SETS = ['A', 'B'] as const;
export type SetName = (typeof SETS)[number];

/** The one that is read. */
export interface ActiveDocument {
  _id: 'active';
  set: SetName;
}

/** How far a set is. */
export interface SetDocument {
  _id: SetName;
  version: number;
  /** Which building of the set this is, so that who was at an earlier one changes nothing; early ones have none. */
  building?: ObjectId | null;
  /** Log index after the last entry that it knows; left out while what it held before is removed. */
  through?: Long | number;
  /** Documents of before that were removed. */
  removed?: number;
  /** When it was whole. */
  builtAt?: Date;
}

/** Log index that it is at; null: it is of another version, or not begun. */
export function throughOf({ version, through }: SetDocument): number | null {
  return version !== VIEW_VERSION || through === undefined ? null : Number(through);
}

export type StateDocument = ActiveDocument | SetDocument;

export interface ShapeDocument extends Shape {
  _id: number;
  /** Left out while no finding of it was listed. */
  firstSeen?: Date;
  lastSeen?: Date;
  firstRecorded?: Date;
  lastRecorded?: Date;
  /** `through` of the set when it was changed last. */
  through: Long | number;
}

export interface FindingDocument {
  _id: EntryPlace;
  shape: number;
  controller: string | null;
  occurredAt: Date;
  recordedAt: Date;
  changedAt: Date;
  logIndex: Long | number;
  /** Left out where nothing amended it. */
  history?: { logIndex: Long | number | null; recordedAt: Date; shape: number }[];
}

/** Entries that occurred on one day and were recorded on one, days since 1970-01-01 in UTC, by number of shape. */
export interface CountDocument {
  /** `shapes`: the first of {@link COUNTED_TOGETHER} shapes. */
  _id: { occurred: number; recorded: number; shapes: number };
  n: Record<string, number>;
  /** `through` of the set when it was changed last. */
  through: Long | number;
}

/** Shapes counted in one document, at most, so that it stays small whatever publishers call their services. */
const COUNTED_TOGETHER = 256;

/** When the findings of an hour occurred, or were recorded; what was taken over step by step is still apart. */
export interface HourDocument {
  /** `part`: so that no document grows beyond what MongoDB takes, whatever happens in an hour. */
  _id: { by: MomentTime; hour: number; part: number };
  /** See `packMoments`. */
  moments: Binary[];
}

/** The fields in this order: MongoDB tells documents apart by it. */
export function findingKey({ task, block, index }: EntryPlace): EntryPlace {
  return { task, block, index };
}

export function toFindingDocument(state: FindingState): FindingDocument {
  const history = state.history.map(({ logIndex, recordedAt, shape }) => ({
    logIndex: logIndex === null ? null : Long.fromNumber(logIndex),
    recordedAt: new Date(recordedAt),
    shape,
  }));
  return {
    _id: findingKey(state),
    shape: state.shape,
    controller: state.controller,
    occurredAt: new Date(state.occurredAt),
    recordedAt: new Date(state.recordedAt),
    changedAt: new Date(state.changedAt),
    logIndex: Long.fromNumber(state.logIndex),
    ...(history.length === 0 ? {} : { history }),
  };
}

export function toFindingState({ _id, history = [], ...document }: FindingDocument): FindingState {
  return {
    ...findingKey(_id),
    shape: document.shape,
    controller: document.controller,
    occurredAt: document.occurredAt.getTime(),
    recordedAt: document.recordedAt.getTime(),
    changedAt: document.changedAt.getTime(),
    logIndex: Number(document.logIndex),
    history: history.map(({ logIndex, recordedAt, shape }) => ({
      logIndex: logIndex === null ? null : Number(logIndex),
      recordedAt: recordedAt.getTime(),
      shape,
    })),
  };
}

export function toShape({
  controller,
  kind,
  service,
  purpose,
  legalBasis,
  verdict,
  withdrawn,
  reasons,
}: ShapeDocument): Shape {
  return { controller, kind, service, purpose, legalBasis, verdict, withdrawn, reasons };
}

/** What is to be added to which document of counts. */
export function toCountChanges(rows: readonly CountRow[]): { _id: CountDocument['_id']; add: Map<number, number> }[] {
  const changes = new Map<string, { _id: CountDocument['_id']; add: Map<number, number> }>();
  for (const { shape, occurred, recorded, n } of rows) {
    const shapes = shape - (shape % COUNTED_TOGETHER);
    const key = `${occurred}/${recorded}/${shapes}`;
    let change = changes.get(key);
    if (change === undefined) changes.set(key, (change = { _id: { occurred, recorded, shapes }, add: new Map() }));
    change.add.set(shape, n);
  }
  return [...changes.values()];
}

export function* toCountRows({ _id: { occurred, recorded }, n: counts }: CountDocument): Generator<CountRow> {
  for (const shape in counts) yield { shape: Number(shape), occurred, recorded, n: counts[shape] as number };
}
