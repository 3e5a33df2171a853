import { setTimeout as sleep } from 'node:timers/promises';
import type { Collection } from 'mongodb';
import { decodeEntry } from '#libs/events';
import type { AuditEntry } from '#libs/events';
import { decodeBundle } from '#libs/log';
import { Accounting } from './account.js';
import type { Account } from './account.js';
import { ACTS_TASK } from './block.js';
import type { Block, BlockHead } from './block.js';
import type { MongoConnection } from './connection.js';
import { blockId, HEAD_ONLY, toBlock, toHead } from './document.js';
import type { BlockDocument } from './document.js';
import { BLOCKS } from './writer.js';

/** An entry and where it stands. */
export interface PlacedEntry {
  readonly task: number;
  readonly block: number;
  readonly index: number;
  readonly entry: AuditEntry;
}

/** What reading the trail takes; nothing of it writes. */
export interface TrailReader {
  /** The tasks that have blocks, ascending; `ACTS_TASK` among them. */
  tasks(): Promise<number[]>;
  /** All blocks, by task and number; of one task only where given, from block `from` on. */
  blocks(of?: { task?: number; from?: number }): AsyncIterable<Block>;
  /** As `blocks`, without the entries. */
  heads(of?: { task?: number; from?: number }): AsyncIterable<BlockHead>;
  /** Every block, and then those to come, until the signal; per task in order. */
  tail(signal: AbortSignal, pollMs?: number): AsyncIterable<Block>;
  /** Number of entries. */
  count(): Promise<number>;
  /** Checks that every offset is in exactly one block; `whole`: also the hashes. */
  accountOffsets(options?: { whole?: boolean }): Promise<Account>;
}

export class MongoTrailReader implements TrailReader {
  private readonly collection: Collection<BlockDocument>;

  constructor({ db }: Pick<MongoConnection, 'db'>) {
    this.collection = db.collection(BLOCKS);
  }

  async tasks(): Promise<number[]> {
    const tasks: number[] = [];
    for (let from = ACTS_TASK; ;) {
      const first = await this.collection.findOne(
        { _id: { $gte: blockId(from, 0) } },
        { sort: { _id: 1 }, projection: { _id: 1 } },
      );
      if (first === null) return tasks;
      tasks.push(first._id.task);
      from = first._id.task + 1;
    }
  }

  async *blocks(of: { task?: number; from?: number } = {}): AsyncGenerator<Block> {
    for await (const document of this.find(of).batchSize(8)) yield toBlock(document);
  }

  async *heads(of: { task?: number; from?: number } = {}): AsyncGenerator<BlockHead> {
    for await (const document of this.find(of).project<BlockDocument>(HEAD_ONLY)) yield toHead(document);
  }

  async *tail(signal: AbortSignal, pollMs = 200): AsyncGenerator<Block> {
    const next = new Map<number, number>();
    while (!signal.aborted) {
      for (const task of await this.tasks()) {
        for await (const block of this.blocks({ task, from: next.get(task) ?? 0 })) {
          next.set(task, block.n + 1);
          yield block;
        }
      }
      await sleep(pollMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async count(): Promise<number> {
    const [sum] = await this.collection
      .aggregate<{ entries: number }>([{ $group: { _id: null, entries: { $sum: '$count' } } }])
      .toArray();
    return sum?.entries ?? 0;
  }

  async accountOffsets({ whole = false }: { whole?: boolean } = {}): Promise<Account> {
    const accounting = new Accounting();
    if (whole) for await (const block of this.blocks()) accounting.addWhole(block);
    else for await (const head of this.heads()) accounting.add(head);
    return accounting.result();
  }

  private find({ task, from = 0 }: { task?: number; from?: number }) {
    const range = task === undefined ? {} : { _id: { $gte: blockId(task, from), $lt: blockId(task + 1, 0) } };
    return this.collection.find(range, { sort: { _id: 1 }, readConcern: 'majority' });
  }
}

/** The entries of a block, decoded. */
export function* entriesOf(block: Block): Generator<PlacedEntry> {
  let index = 0;
  for (const bytes of decodeBundle(block.entries, block.count)) {
    yield { task: block.task, block: block.n, index: index++, entry: decodeEntry(bytes) };
  }
}
