import { MongoServerError } from 'mongodb';
import type { ClientSession, Collection, Db } from 'mongodb';
import type { Block, ChainEnd } from './block.js';
import type { MongoConnection } from './connection.js';
import { blockId, HEAD_ONLY, toDocument, toHead } from './document.js';
import type { BlockDocument } from './document.js';

/** Name of the collection of blocks. */
export const BLOCKS = 'blocks';

/** Acknowledged means durable on a majority (invariant 6). */
export const DURABLE = { w: 'majority', j: true } as const;

const DUPLICATE_KEY = 11000;

/** Somebody else has written the block that was to be written: the task has another owner. */
export class LostOwnership extends Error {
  override readonly name = 'LostOwnership';
  constructor(
    readonly task: number,
    readonly n: number,
  ) {
    super(`block ${n} of task ${task} was written by another process`);
  }
}

/** A block and its facts go into one transaction, which takes a replica set (of one member, if need be) or mongos. */
export class NotReplicated extends Error {
  override readonly name = 'NotReplicated';
  constructor() {
    super('MongoDB at MONGODB_URI is a single server without a replica set: transactions need one (`--replSet`).');
  }
}

/** What writing to the trail takes. */
export interface TrailWriter {
  /**
   * Creates what must exist before the first transaction.
   *
   * @throws NotReplicated where the server has no transactions
   */
  prepare(): Promise<void>;
  /** The end of a task's chain; null where there is no block yet. */
  chainEnd(task: number): Promise<ChainEnd | null>;
  /**
   * Appends a block, once, durably. `beside` writes what belongs to it in the same transaction, and may be called more
   * than once. Waits while MongoDB is away.
   *
   * @returns false where the signal came first (the block may or may not have been written)
   * @throws LostOwnership where another process wrote a block of that number
   */
  append(block: Block, beside: (session: ClientSession) => Promise<void>, signal: AbortSignal): Promise<boolean>;
}

export class MongoTrailWriter implements TrailWriter {
  private readonly blocks: Collection<BlockDocument>;

  constructor(private readonly connection: MongoConnection) {
    this.blocks = connection.db.collection(BLOCKS);
  }

  async prepare(): Promise<void> {
    const hello = await this.connection.db.command({ hello: 1 });
    if (hello.setName === undefined && hello.msg !== 'isdbgrid') throw new NotReplicated();
    await createCollections(this.connection.db, [BLOCKS]);
  }

  async chainEnd(task: number): Promise<ChainEnd | null> {
    const last = await this.blocks.findOne(
      { _id: { $gte: blockId(task, 0), $lt: blockId(task + 1, 0) } },
      { sort: { _id: -1 }, projection: HEAD_ONLY, readConcern: 'majority', readPreference: 'primary' },
    );
    return last === null ? null : toHead(last);
  }

  async append(block: Block, beside: (session: ClientSession) => Promise<void>, signal: AbortSignal): Promise<boolean> {
    const document = toDocument(block);
    const done = await this.connection.watch.untilDone(() => this.tryAppend(block, document, beside), signal);
    return done !== null;
  }

  /**
   * A commit whose acknowledgement was lost is tried again as a whole: the unique key then shows that it was done. A
   * block of that number that is ours to the byte is that case; any other has another owner.
   */
  private async tryAppend(
    block: Block,
    document: BlockDocument,
    beside: (session: ClientSession) => Promise<void>,
  ): Promise<true> {
    const session = this.connection.client.startSession();
    try {
      session.startTransaction({ writeConcern: DURABLE });
      try {
        await this.blocks.insertOne(document, { session });
      } catch (fault) {
        if (!(fault instanceof MongoServerError && fault.code === DUPLICATE_KEY)) throw fault;
        await session.abortTransaction();
        return await this.requireOurs(block);
      }
      await beside(session);
      await session.commitTransaction();
      return true;
    } finally {
      await session.endSession();
    }
  }

  private async requireOurs(block: Block): Promise<true> {
    const existing = await this.blocks.findOne(
      { _id: blockId(block.task, block.n) },
      { projection: HEAD_ONLY, readConcern: 'majority', readPreference: 'primary' },
    );
    const head = existing === null ? null : toHead(existing);
    if (head?.writer !== block.writer || !head.digest.equals(block.digest)) {
      throw new LostOwnership(block.task, block.n);
    }
    return true;
  }
}

/** Creates collections where they are missing: a transaction may not have to. */
export async function createCollections(db: Db, names: readonly string[]): Promise<void> {
  const existing = new Set((await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name));
  for (const name of names) {
    if (existing.has(name)) continue;
    await db.createCollection(name, { writeConcern: DURABLE }).catch((fault: unknown) => {
      const namespaceExists = 48;
      if (!(fault instanceof MongoServerError && fault.code === namespaceExists)) throw fault;
    });
  }
}
