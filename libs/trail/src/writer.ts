import { MongoServerError } from 'mongodb';
import type { Collection } from 'mongodb';
import type { Block, BlockHead, ChainEnd } from './block.js';
import { createCollections } from './collections.js';
import type { MongoConnection } from './connection.js';
import { blockId, HEAD_ONLY, toDocument, toHead } from './document.js';
import type { BlockDocument } from './document.js';
import { DURABLE } from './durable.js';

/** Name of the collection of blocks. */
export const BLOCKS = 'blocks';

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

/** What writing to the trail takes. */
export interface TrailWriter {
  /** Creates what must exist before the first block. */
  prepare(): Promise<void>;
  /** The end of a task's chain; null where there is no block yet. */
  chainEnd(task: number): Promise<ChainEnd | null>;
  /** Who wrote blocks `from` to `to` of a task, both inclusive; numbers that are not there are left out. */
  writers(task: number, from: number, to: number): Promise<ReadonlyMap<number, string>>;
  /**
   * Appends a block, once, durably. Waits while MongoDB is away.
   *
   * @returns false where the signal came first (the block may or may not have been written)
   * @throws LostOwnership where another process wrote a block of that number
   */
  append(block: Block, signal: AbortSignal): Promise<boolean>;
}

export class MongoTrailWriter implements TrailWriter {
  private readonly blocks: Collection<BlockDocument>;

  constructor(private readonly connection: MongoConnection) {
    this.blocks = connection.db.collection(BLOCKS);
  }

  async prepare(): Promise<void> {
    await createCollections(this.connection.db, [BLOCKS]);
  }

  async chainEnd(task: number): Promise<ChainEnd | null> {
    const last = await this.blocks.findOne(
      { _id: { $gte: blockId(task, 0), $lt: blockId(task + 1, 0) } },
      { sort: { _id: -1 }, projection: HEAD_ONLY, readConcern: 'majority', readPreference: 'primary' },
    );
    return last === null ? null : toHead(last);
  }

  async writers(task: number, from: number, to: number): Promise<ReadonlyMap<number, string>> {
    const found = await this.blocks
      .find(
        { _id: { $gte: blockId(task, from), $lte: blockId(task, to) } },
        { projection: { writer: 1 }, readConcern: 'majority', readPreference: 'primary' },
      )
      .toArray();
    return new Map(found.map(({ _id, writer }) => [Number(_id.n), writer]));
  }

  async append(block: Block, signal: AbortSignal): Promise<boolean> {
    const document = toDocument(block);
    const done = await this.connection.watch.untilDone(() => this.tryAppend(block, document), signal);
    return done !== null;
  }

  /**
   * An insert whose acknowledgement was lost is tried again: the unique key then shows that it was done. A block of that
   * number that is ours to the byte is that case; any other has another owner.
   */
  private async tryAppend(block: Block, document: BlockDocument): Promise<true> {
    try {
      await this.blocks.insertOne(document, { writeConcern: DURABLE });
    } catch (fault) {
      if (!isDuplicateKey(fault)) throw fault;
      const existing = await this.head(block.task, block.n);
      if (existing?.writer !== block.writer || !existing.digest.equals(block.digest)) {
        throw new LostOwnership(block.task, block.n);
      }
    }
    return true;
  }

  private async head(task: number, n: number): Promise<BlockHead | null> {
    const document = await this.blocks.findOne(
      { _id: blockId(task, n) },
      { projection: HEAD_ONLY, readConcern: 'majority', readPreference: 'primary' },
    );
    return document === null ? null : toHead(document);
  }
}

/** True for a write that another one with the same key came before. */
export function isDuplicateKey(fault: unknown): boolean {
  return fault instanceof MongoServerError && fault.code === DUPLICATE_KEY;
}
