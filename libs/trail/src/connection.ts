import { MongoClient, MongoNetworkError, MongoServerError, MongoServerSelectionError } from 'mongodb';
import type { Db, TopologyDescription } from 'mongodb';
import './driver-repair.js';
import { MongoWatch } from './mongo-watch.js';
import type { WatchLog } from './mongo-watch.js';

/** Short enough that an outage is told within seconds; ms. */
const TIMEOUTS = { serverSelectionTimeoutMS: 3_000, connectTimeoutMS: 3_000, socketTimeoutMS: 30_000 } as const;

/** ms in which a ping is answered by a MongoDB that works. */
const PING_WITHIN_MS = 2_000;

/** MongoDB cannot be used as the connection string says; one sentence for the user, without secrets. */
export class MongodbFault extends Error {
  override readonly name = 'MongodbFault';
}

/** Whether one of the servers takes writes. */
function takesWrites({ type, hasKnownServers }: TopologyDescription): boolean {
  return type === 'ReplicaSetWithPrimary' || (type !== 'ReplicaSetNoPrimary' && hasKnownServers);
}

const AUTHENTICATION_FAILED = 18;
const UNAUTHORIZED = 13;

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
    this.client.on('topologyDescriptionChanged', ({ previousDescription: before, newDescription: after }) =>
      this.watch.serversChanged(takesWrites(before), takesWrites(after)),
    );
  }

  /**
   * Asks MongoDB whether it answers.
   *
   * @throws where it does not, soon also where it hangs
   */
  async ping(): Promise<void> {
    await this.db.command({ ping: 1 }, { timeoutMS: PING_WITHIN_MS });
  }

  /** The time by the server's clock, ms since the epoch. */
  async time(): Promise<number> {
    const { localTime } = await this.db.command({ hello: 1 });
    return (localTime as Date).getTime();
  }

  /**
   * Does something once, without waiting for MongoDB to come back; for commands, where services use `watch`.
   *
   * @throws MongodbFault where MongoDB does not answer, or refuses the user
   */
  async attempt<T>(action: () => Promise<T>): Promise<T> {
    try {
      await this.client.connect();
      return await action();
    } catch (fault) {
      const hosts = this.client.options.hosts.map(String).join(', ');
      if (fault instanceof MongoServerSelectionError || fault instanceof MongoNetworkError) {
        throw new MongodbFault(`MongoDB at ${hosts} does not answer: start it, or mend MONGODB_URI.`);
      }
      if (fault instanceof MongoServerError && fault.code === AUTHENTICATION_FAILED) {
        throw new MongodbFault(`MongoDB at ${hosts} does not know this user or password: mend MONGODB_URI.`);
      }
      if (fault instanceof MongoServerError && fault.code === UNAUTHORIZED) {
        throw new MongodbFault(
          `The user of MONGODB_URI may not do this in \`${this.db.databaseName}\`: use one who may.`,
        );
      }
      throw fault;
    }
  }

  async close(): Promise<void> {
    this.client.removeAllListeners('topologyDescriptionChanged');
    await this.client.close();
  }
}
