import type { FindingState } from '../projection.js';
import type { Shape } from '../shape.js';

/** A finding as it is read. Times are ms since the epoch. */
export interface FindingRow extends Omit<FindingState, 'shape' | 'occurredAt' | 'history' | 'controller'> {
  readonly shape: Shape;
  /** null: of what cannot be read. */
  readonly occurredAt: number | null;
  /** What was said of it before; oldest first. */
  readonly history: readonly { readonly logIndex: number | null; readonly recordedAt: number; readonly shape: Shape }[];
}

/** Findings that have a rule, clause, service and kind in common. Times are ms since the epoch. */
export interface ProblemRow {
  readonly id: string;
  readonly controller: string | null;
  readonly rule: string;
  readonly effect: 'violation' | 'gap' | 'unreadable';
  readonly clause: string | null;
  readonly service: string | null;
  readonly kind: Shape['kind'];
  /** How many there are of what was asked for. */
  readonly findings: number;
  /** By when they occurred, over all times; never later than they were recorded. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly firstRecorded: number;
  readonly lastRecorded: number;
  /** Findings of the last days by UTC day, the oldest first. */
  readonly trend: readonly number[];
}

/** What statistics can be taken by. */
export const DIMENSIONS = [
  'day',
  'recordedDay',
  'controller',
  'purpose',
  'rule',
  'verdict',
  'service',
  'kind',
  'clause',
  'legalBasis',
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** A number of entries; days are counted from 1970-01-01 in UTC. */
export interface StatisticsRow {
  readonly key: readonly (string | number | null)[];
  readonly count: number;
}

/** Where in a list to go on: behind this finding. */
export interface Cursor {
  /** The time that is sorted by, ms. */
  readonly time: number;
  readonly task: number;
  readonly block: number;
  readonly index: number;
}

export const SORTS = ['-occurredAt', 'occurredAt', '-recordedAt', 'recordedAt'] as const;
export type Sort = (typeof SORTS)[number];
