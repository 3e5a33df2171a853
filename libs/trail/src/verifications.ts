import type { Collection } from 'mongodb';
import type { MongoConnection } from './connection.js';
import { DURABLE } from './durable.js';

/** Name of the collection of what came of verifying the log; insert-only. */
const VERIFICATIONS = 'verifications';

interface VerificationDocument {
  at: Date;
  size: number;
  ok: boolean;
  by: string;
}

/** That somebody read the whole log anew. */
export interface Verification {
  /** ms since the epoch. */
  readonly at: number;
  /** Entries of the log then. */
  readonly size: number;
  /** Whether all of it was proved. */
  readonly ok: boolean;
  /** Who did it, as stated. */
  readonly by: string;
}

/** What came of verifying the log, for who wants to know when it was done last. It proves nothing itself. */
export class MongoVerifications {
  private readonly collection: Collection<VerificationDocument>;

  constructor({ db }: Pick<MongoConnection, 'db'>) {
    this.collection = db.collection(VERIFICATIONS);
  }

  async add({ at, size, ok, by }: Verification): Promise<void> {
    await this.collection.insertOne({ at: new Date(at), size, ok, by }, { writeConcern: DURABLE });
  }

  /** null: it was never verified. */
  async newest(): Promise<Verification | null> {
    const [found] = await this.collection.find({}, { sort: { at: -1 }, limit: 1, readConcern: 'majority' }).toArray();
    return found === undefined ? null : { at: found.at.getTime(), size: found.size, ok: found.ok, by: found.by };
  }
}
