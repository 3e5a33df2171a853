import { toIsoTime } from '#libs/events';
import type { SignedCheckpoint } from '#libs/trail';
import { filterWords, sortWords, type NameOf } from './filter-words.js';

/** Rows of a report; what needs more is for programs. */
export const MAX_ROWS = 5_000;

/** What a report is of. */
export interface ReportContent {
  readonly name: 'findings' | 'problems';
  /** As handlers get it. */
  readonly query: Readonly<Record<string, unknown>>;
  /** Items there are. */
  readonly total: number;
  /** The size of the log that they were read at. */
  readonly through: number;
  /** The newest; null: there is none yet. */
  readonly checkpoint: SignedCheckpoint | null;
  readonly at: Date;
  readonly nameOf: NameOf;
}

/** The sentences at the head of a report: what it has, from when it is, and what it stands on. */
export function reportLines({ name, query, total, through, checkpoint, at, nameOf }: ReportContent): string[] {
  return [
    filterWords(query, nameOf),
    sortWords(String(query['sort'])),
    `Made on ${at.toISOString().slice(0, 10)} at ${at.toISOString().slice(11, 19)} UTC, from ${count(through)} entries of the log.`,
    checkpoint === null
      ? 'No checkpoint of the log was signed yet.'
      : `The newest signed checkpoint covers ${count(checkpoint.size)} entries, with the root hash ` +
        `${checkpoint.root.toString('base64')}, as of ${toIsoTime(checkpoint.signedAt)}.`,
    ...(total > MAX_ROWS
      ? [
          `These are the first ${count(MAX_ROWS)} of ${count(total)} ${name}. For all of them ask for the same as CSV: ` +
            `/api/v1/exports/${name}.csv, with the same parameters.`,
        ]
      : []),
  ];
}

function count(n: number): string {
  return n.toLocaleString('en');
}
