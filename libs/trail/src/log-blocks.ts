import type { Collection } from 'mongodb';
import type { BlockPlace } from './new-blocks.js';
import type { MongoConnection } from './connection.js';
import { DamagedTrail } from './damaged-trail.js';
import { blockId, bytes } from './document.js';
import type { BlockDocument } from './document.js';
import { LogOrder } from './log-order.js';
import { BLOCKS } from './writer.js';

/** A block at its place in the log. */
export interface LogBlock {
  readonly task: number;
  readonly n: number;
  /** Log index of its first entry. */
  readonly start: number;
  readonly count: number;
  /** ms since the epoch; that of each of its entries. */
  readonly recordedAt: number;
  /** Its entries, each behind its length (`encodeBundle`). */
  readonly entries: Buffer;
}

/** Blocks have megabytes: so many are read at a time. */
const READ_AT_ONCE = 16;

/** Reads the log block by block, in its order. */
export class MongoLogBlocks {
  private readonly order: LogOrder;
  private readonly collection: Collection<BlockDocument>;

  constructor({ db }: Pick<MongoConnection, 'db'>) {
    this.order = new LogOrder(db, false);
    this.collection = db.collection(BLOCKS, { readConcern: { level: 'majority' } });
  }

  /**
   * The blocks that have entries from log index `from` on, up to the one that has the entry before `to`.
   *
   * @param to at most the size of the newest checkpoint
   * @throws DamagedTrail where a block is missing, or the sequence does not cover the range
   */
  async *between(from: number, to: number): AsyncGenerator<LogBlock> {
    const ordered = await this.order.blocks(from, to);
    for (let i = 0; i < ordered.length; i += READ_AT_ONCE) {
      const some = ordered.slice(i, i + READ_AT_ONCE);
      const query = { _id: { $in: some.map(({ task, n }) => blockId(task, n)) } };
      const projection = { entries: 1, recordedAt: 1, count: 1 } as const;
      const found = new Map<string, BlockDocument>();
      for await (const document of this.collection.find(query, { projection })) found.set(keyOf(document), document);
      for (const { task, n, start, count } of some) {
        const document = found.get(`${task}/${n}`);
        if (document === undefined)
          throw new DamagedTrail(`Block ${task}/${n} has its place in the log, but is missing.`);
        yield { task, n, start, count, recordedAt: document.recordedAt.getTime(), entries: bytes(document.entries) };
      }
    }
  }

  /** When blocks were recorded, ms since the epoch, by `task/n`; those that are not there (any more) are left out. */
  async recordedAt(places: readonly BlockPlace[]): Promise<Map<string, number>> {
    const query = { _id: { $in: places.map(({ task, n }) => blockId(task, n)) } };
    const found = this.collection.find(query, { projection: { recordedAt: 1 } });
    return new Map((await found.toArray()).map((document) => [keyOf(document), document.recordedAt.getTime()]));
  }
}

function keyOf({ _id }: Pick<BlockDocument, '_id'>): string {
  return `${_id.task}/${Number(_id.n)}`;
}
