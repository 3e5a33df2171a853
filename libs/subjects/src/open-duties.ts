import { Long } from 'mongodb';
import type { Collection } from 'mongodb';
import type { Duty } from '#libs/judge';
import { DURABLE } from '#libs/trail';
import type { MongoConnection } from '#libs/trail';
import { insertOnce } from './bury.js';
import { vaultCollections } from './collections.js';
import type { OpenDutiesDocument } from './documents.js';

/** So many duties of one kind fall due at the same time. */
export interface OpenDutyRow {
  readonly controller: string;
  readonly duty: Duty;
  /** null: a request, or of several purposes. */
  readonly purpose: string | null;
  /** ms: of a request the last instant in time, of others the beginning of the UTC day it lies in. */
  readonly dueAt: number;
  readonly count: number;
}

/** What falls due soon in a task. */
export interface DueSoon {
  /** As of when it was looked at, ms. */
  readonly asOf: number;
  /** The last block of the task by then. */
  readonly through: number;
  readonly rows: readonly OpenDutyRow[];
}

/** Clocks that agree differ by no more, ms. */
const TOLERANCE = 5 * 60_000;

/**
 * Puts what falls due soon in a task in the place of what was found before: what is of a later block stays, since its writer
 * owns the task by now. Throws where MongoDB is away; may then be called again.
 */
export async function keepOpenDuties(
  collection: Collection<OpenDutiesDocument>,
  task: number,
  { asOf, through, rows }: DueSoon,
): Promise<void> {
  const n = Long.fromNumber(through);
  // One that looked at the same block by a clock far ahead would stand until there is another block.
  const notLater = { $not: { $gt: new Date(asOf), $lte: new Date(asOf + TOLERANCE) } };
  const earlier = { _id: task, $or: [{ through: { $lt: n } }, { through: n, asOf: notLater }] };
  const document = {
    through: n,
    asOf: new Date(asOf),
    rows: rows.map((row) => ({ ...row, dueAt: new Date(row.dueAt) })),
  };
  await insertOnce(collection.replaceOne(earlier, document, { upsert: true, writeConcern: DURABLE }));
}

/** What falls due soon, in numbers; needs no key of the vault. */
export class OpenDuties {
  private readonly collection: Collection<OpenDutiesDocument>;

  constructor({ db }: Pick<MongoConnection, 'db'>) {
    this.collection = vaultCollections(db).openDuties;
  }

  /**
   * The duties of all tasks, by when they are due. `asOf` (ms): when the task that was looked at longest ago was; null: none
   * was yet. Throws where MongoDB is away.
   */
  async list(): Promise<{ asOf: number | null; rows: OpenDutyRow[] }> {
    let asOf: number | null = null;
    const sums = new Map<string, OpenDutyRow>();
    for await (const document of this.collection.find()) {
      asOf = Math.min(asOf ?? Infinity, document.asOf.getTime());
      for (const { controller, duty, purpose, dueAt, count } of document.rows) {
        const row = { controller, duty: duty as Duty, purpose, dueAt: dueAt.getTime() };
        const key = keyOf(row);
        sums.set(key, { ...row, count: count + (sums.get(key)?.count ?? 0) });
      }
    }
    return { asOf, rows: inOrder(sums.values()) };
  }
}

/** The same for duties that are counted together. */
export function keyOf({ controller, duty, purpose, dueAt }: Omit<OpenDutyRow, 'count'>): string {
  return JSON.stringify([controller, duty, purpose, dueAt]);
}

/** By when they are due. */
export function inOrder(rows: Iterable<OpenDutyRow>): OpenDutyRow[] {
  return [...rows].sort((a, b) => a.dueAt - b.dueAt || (keyOf(a) < keyOf(b) ? -1 : 1));
}
