import { MongoClient } from 'mongodb';
import type { Db } from 'mongodb';
import { MongoWatch } from './mongo-watch.js';
import type { WatchLog } from './mongo-watch.js';

/** Short enough that an outage is told within seconds; ms. */
const TIMEOUTS = { serverSelectionTimeoutMS: 3_000, connectTimeoutMS: 3_000, socketTimeoutMS: 30_000 } as const;

/** ms in which a ping is answered by a MongoDB that works. */
const PING_WITHIN_MS = 2_000;

/** One process's connection to MongoDB: made when first needed, and again after an outage. */
export class MongoConnection {
  readonly client: MongoClient;
  /** The database that the connection string names. */
  readonly db: Db;
  readonly watch: MongoWatch;

  /**
   * @param uri connection string
   * @param appName what the server's log calls us
   */
  constructor(uri: string, appName: string, log: WatchLog) {
    this.client = new MongoClient(uri, { ...TIMEOUTS, appName });
    this.db = this.client.db();
    this.watch = new MongoWatch(() => this.client.connect(), log);
  }

  /**
   * Asks MongoDB whether it answers.
   *
   * @throws where it does not, soon also where it hangs
   */
  async ping(): Promise<void> {
    await this.db.command({ ping: 1 }, { timeoutMS: PING_WITHIN_MS });
  }

  async close(): Promise<void> {
    await this.client.close();
  }
}
