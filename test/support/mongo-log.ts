import type { HashReader } from '#libs/log';
import { MongoConnection, MongoLogReader, MongoLogWriter, MongoTrailReader, MongoTrailWriter } from '#libs/trail';
import type { Block, Sequence } from '#libs/trail';
import type { LogDump, LogHarness } from './log-harness.js';
import type { TestServers } from './servers.js';

const quiet = { info: () => undefined, warn: () => undefined };

/** Blocks and log in a database of their own. */
export class MongoLog implements LogHarness {
  /** With the database. */
  readonly uri: string;
  readonly connection: MongoConnection;
  readonly log: MongoLogWriter;
  private readonly reader: MongoLogReader;
  private readonly writer: MongoTrailWriter;

  private constructor({ mongoUri, database }: Pick<TestServers, 'mongoUri' | 'database'>) {
    const url = new URL(mongoUri);
    url.pathname = `/${database}`;
    this.uri = url.href;
    this.connection = new MongoConnection(this.uri, 'log-test', quiet);
    this.log = new MongoLogWriter(this.connection);
    this.reader = new MongoLogReader(this.connection, { cacheBytes: 0 });
    this.writer = new MongoTrailWriter(this.connection);
  }

  static async open(servers: Pick<TestServers, 'mongoUri' | 'database'>): Promise<MongoLog> {
    const opened = new MongoLog(servers);
    await opened.log.prepare();
    return opened;
  }

  readonly tilesAt = (size: number): HashReader => this.reader.hashReader(size);

  async append(block: Block): Promise<void> {
    await this.writer.append(block, new AbortController().signal);
  }

  async dump(): Promise<LogDump> {
    const { db } = this.connection;
    const all = <T extends object>(name: string) =>
      db
        .collection<T>(name)
        .find({}, { sort: { _id: 1 } })
        .toArray();
    const blocks: Block[] = [];
    for await (const block of new MongoTrailReader(this.connection).blocks()) blocks.push(block);
    const starts = (await all<{ _id: number }>('sequence')).map(({ _id }) => _id);
    const sequences = await Promise.all(starts.map((start) => this.log.sequenceAt(start)));
    const tiles = await all<{ _id: { level: number; index: number }; hashes: Bytes; root: Bytes }>('tiles');
    const checkpoints = await all<{ _id: number; root: Bytes; note: string; signedAt: Date }>('checkpoints');
    return {
      blocks,
      sequences: sequences as Sequence[],
      tiles: tiles.map(({ _id, hashes, root }) => ({ ..._id, hashes: buffer(hashes), root: buffer(root) })),
      checkpoints: checkpoints.map(({ _id, root, note, signedAt }) => ({
        size: _id,
        root: buffer(root),
        note,
        signedAt: signedAt.getTime(),
      })),
    };
  }

  async close(): Promise<void> {
    await this.connection.db.dropDatabase();
    await this.connection.close();
  }
}

interface Bytes {
  value(): Uint8Array;
}

function buffer(bytes: Bytes): Buffer {
  return Buffer.from(bytes.value());
}
