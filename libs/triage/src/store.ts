import type { Collection } from 'mongodb';
import { DURABLE, isDuplicateKey, prepareCollections } from '#libs/trail';
import type { MongoConnection } from '#libs/trail';
import type { Action, Actor, Resolution, Statement, TriageEntry } from './entry.js';

const COLLECTION = 'triage';

interface TriageDocument {
  /** Unique, so that of two who speak at once each knows what the other said. */
  _id: { problem: string; n: number };
  action: Action;
  actor: Actor;
  at: Date;
  comment: string | null;
  reason: Resolution | null;
  assignee: string | null;
}

/** ms; clocks of several writers may differ by less, and an entry take less to be written. */
const OVERLAP_MS = 600_000;

/** What was said of problems, in MongoDB; it is only ever added to. */
export class TriageStore {
  private readonly collection: Collection<TriageDocument>;

  constructor(private readonly connection: Pick<MongoConnection, 'db'>) {
    this.collection = connection.db.collection(COLLECTION, { readConcern: { level: 'majority' } });
  }

  /** Creates what must exist before the first entry. */
  async prepare(): Promise<void> {
    await prepareCollections(this.connection.db, [COLLECTION]);
  }

  /**
   * Adds an entry durably.
   *
   * @param n number of the problem's entries that the speaker knows
   * @returns false where there are more by now
   */
  async add(problem: string, n: number, statement: Statement, actor: Actor, at: number): Promise<boolean> {
    const { action, comment, reason, assignee } = statement;
    const { subject, name } = actor;
    const _id = { problem, n };
    const document = { _id, action, actor: { subject, name }, at: new Date(at), comment, reason, assignee };
    try {
      await this.collection.insertOne(document, { writeConcern: DURABLE });
      return true;
    } catch (fault) {
      if (isDuplicateKey(fault)) return false;
      throw fault;
    }
  }

  /** The entries of a problem in order. */
  async of(problem: string): Promise<TriageEntry[]> {
    const all = { $gte: { problem, n: 0 }, $lt: { problem, n: Infinity } };
    return (await this.collection.find({ _id: all }, { sort: { _id: 1 } }).toArray()).map(toEntry);
  }

  /** Entries from a time on, ms, and some from before it, by problem and number. */
  async since(at: number): Promise<TriageEntry[]> {
    const query = at === -Infinity ? {} : { at: { $gte: new Date(at - OVERLAP_MS) } };
    return (await this.collection.find(query, { sort: { _id: 1 } }).toArray()).map(toEntry);
  }
}

function toEntry({ _id, action, actor, at, comment, reason, assignee }: TriageDocument): TriageEntry {
  return { problem: _id.problem, n: _id.n, action, actor, at: at.getTime(), comment, reason, assignee };
}
