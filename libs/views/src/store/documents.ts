import { Long } from 'mongodb';
import type { EntryPlace, FindingState } from '../projection.js';
import type { Shape } from '../shape.js';

/** Version of what is kept and how. Read models of another one are made anew from the log. */
export const VIEW_VERSION = 1;

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
  /** Log index after the last entry that it knows. */
  through: Long | number;
}

export type StateDocument = ActiveDocument | SetDocument;

export interface ShapeDocument extends Shape {
  _id: number;
  /** Left out while no finding of it was listed. */
  firstSeen?: Date;
  lastSeen?: Date;
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

/** Days since 1970-01-01 in UTC. */
export interface CountDocument {
  _id: { shape: number; occurred: number; recorded: number };
  n: number;
  /** `through` of the set when it was changed last. */
  through: Long | number;
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
