import { Binary, Long } from 'mongodb';
import type { Collection, Db, Filter } from 'mongodb';
import { TILE_WIDTH } from '#libs/log';
import type { MongoConnection } from './connection.js';
import { DamagedTrail } from './damaged-trail.js';
import { blockId, HEAD_ONLY, toHead } from './document.js';
import type { BlockDocument } from './document.js';
import { DURABLE } from './durable.js';
import { CHECKPOINTS, PRUNES, SEQUENCE, TILES } from './log-documents.js';
import type { CheckpointDocument, PruneDocument, SequenceDocument, TileDocument } from './log-documents.js';
import { LogOrder } from './log-order.js';
import type { OrderedBlock } from './log-order.js';
import { BLOCKS, isDuplicateKey } from './writer.js';

/** What may be pruned at most. */
export interface PruneLimits {
  /** Entries from this log index on stay. */
  readonly before: number;
  /** Entries recorded at this time (ms since the epoch) or later stay, and with them all that stand behind them. */
  readonly recordedBefore: number;
}

/** Where a task's chain begins after pruning. */
export interface ChainStart {
  readonly task: number;
  /** Number of the first block kept. */
  readonly n: number;
  /** Digest of the block before it; null where there is none. */
  readonly previous: Buffer | null;
  /** By topic, the offset at which the first block kept begins. */
  readonly next: Readonly<Record<string, number>>;
}

/** A cut through the log. */
export interface PrunePlan {
  /** The minimum index up to now. */
  readonly from: number;
  /** The minimum index to be: a multiple of 256, not less than `from`. Equal: there is nothing to prune. */
  readonly to: number;
  /** What keeps the next 256 entries: the index asked for, the time at which one was recorded, or the log's end. */
  readonly limit: 'before' | 'recorded' | 'end';
  readonly starts: readonly ChainStart[];
}

/** Documents deleted. */
export interface Swept {
  readonly blocks: number;
  readonly sequences: number;
  readonly tiles: number;
}

/** @param done of `total` entries looked at, or documents deleted */
export type PruneProgress = (progress: { readonly done: number; readonly total: number }) => void;

const READ = { readConcern: { level: 'majority' }, readPreference: 'primary' } as const;
/** Entries whose blocks are looked at, or whose sequence is deleted, at a time. */
const STEP = 65_536;
/** Blocks, which may have megabytes, and tiles deleted at a time. */
const BLOCKS_AT_A_TIME = 16;
const SMALL_AT_A_TIME = 1_024;

/**
 * Lets the oldest part of the trail go (C2SP tlog-tiles, "Pruning"). The tree stays as it is, and with it every
 * checkpoint: what is left is still proved by it.
 *
 * The minimum index is recorded first, and what lies before it deleted then. A run that is broken off between is finished
 * by the next `sweep`; readers go by the minimum index, so that they do not see the difference.
 */
export class MongoPruner {
  private readonly blocks: Collection<BlockDocument>;
  private readonly sequence: Collection<SequenceDocument>;
  private readonly tiles: Collection<TileDocument>;
  private readonly checkpoints: Collection<CheckpointDocument>;
  private readonly prunes: Collection<PruneDocument>;
  private readonly order: LogOrder;

  constructor({ db }: Pick<MongoConnection, 'db'>) {
    this.blocks = collection(db, BLOCKS);
    this.sequence = collection(db, SEQUENCE);
    this.tiles = collection(db, TILES);
    this.checkpoints = collection(db, CHECKPOINTS);
    this.prunes = collection(db, PRUNES);
    this.order = new LogOrder(db, false);
  }

  /** Finds the highest cut that the limits allow. Changes nothing. */
  async plan(limits: PruneLimits, progress: PruneProgress = () => undefined): Promise<PrunePlan> {
    const from = Number((await this.newest())?._id ?? 0);
    const size = await this.size();
    const most = Math.min(limits.before, size);
    const recorded = await this.firstRecorded(from, most, limits.recordedBefore, progress);
    const limit = recorded !== null ? 'recorded' : limits.before < size ? 'before' : 'end';
    const end = recorded ?? most;
    const to = Math.max(from, end - (end % TILE_WIDTH));
    return { from, to, limit, starts: to > from ? await this.starts(to) : [] };
  }

  /**
   * Makes the cut: from now on nothing before it is served. `sweep` then deletes it.
   *
   * @param reason stays in the trail
   */
  async record({ to, starts }: PrunePlan, reason: string): Promise<void> {
    const tasks = starts.map(({ task, n, previous, next }) => ({
      task,
      n: Long.fromNumber(n),
      previous: previous === null ? null : new Binary(previous),
      next: Object.entries(next).map(([topic, offset]) => ({ topic, offset: Long.fromNumber(offset) })),
    }));
    const document = { _id: Long.fromNumber(to), prunedAt: new Date(), reason, tasks };
    await this.prunes.insertOne(document).catch((fault: unknown) => {
      if (!isDuplicateKey(fault)) throw fault;
    });
  }

  /**
   * Where the tasks' chains begin by what was recorded; empty where nothing was pruned. Blocks before them are deleted
   * by `sweep`.
   */
  async chainStarts(): Promise<{ task: number; n: number }[]> {
    return ((await this.newest())?.tasks ?? []).map(({ task, n }) => ({ task, n: Number(n) }));
  }

  /** Deletes what lies before the minimum index and no proof of what is left needs. May be repeated, and broken off. */
  async sweep(progress: PruneProgress = () => undefined): Promise<Swept> {
    const pruned = await this.newest();
    if (pruned === null) return { blocks: 0, sequences: 0, tiles: 0 };
    const minimum = Number(pruned._id);
    const size = await this.size();
    const parts = {
      blocks: await this.oldBlocks(pruned.tasks),
      sequences: await this.oldSequences(minimum, size),
      tiles: await this.oldTiles(minimum, size),
    };
    const total = Object.values(parts)
      .flat()
      .reduce((sum, { count }) => sum + count, 0);
    let done = 0;
    const swept = { blocks: 0, sequences: 0, tiles: 0 };
    for (const [part, batches] of Object.entries(parts) as [keyof Swept, Batch[]][]) {
      for (const { remove, count } of batches) {
        swept[part] += await remove();
        progress({ done: (done += count), total });
      }
    }
    return swept;
  }

  private newest(): Promise<PruneDocument | null> {
    return this.prunes.findOne({}, { sort: { _id: -1 } });
  }

  private async size(): Promise<number> {
    const newest = await this.checkpoints.findOne({}, { sort: { _id: -1 }, projection: { _id: 1 } });
    return Number(newest?._id ?? 0);
  }

  /** Log index of the first entry from `from` to before `to` that was recorded at a time or later; null: there is none. */
  private async firstRecorded(from: number, to: number, time: number, progress: PruneProgress): Promise<number | null> {
    for (let at = from; at < to; at += STEP) {
      const blocks = await this.order.blocks(at, Math.min(to, at + STEP));
      const recordedAt = await this.timesOf(blocks);
      const first = blocks.find((_, i) => (recordedAt[i] as number) >= time);
      if (first !== undefined) return Math.max(from, first.start);
      progress({ done: Math.min(to, at + STEP) - from, total: to - from });
    }
    return null;
  }

  private async timesOf(blocks: readonly OrderedBlock[]): Promise<number[]> {
    const times = new Map<string, number>();
    for (let i = 0; i < blocks.length; i += SMALL_AT_A_TIME) {
      const ids = blocks.slice(i, i + SMALL_AT_A_TIME).map(({ task, n }) => blockId(task, n));
      const found = this.blocks.find({ _id: { $in: ids } }, { projection: { recordedAt: 1 } });
      for await (const { _id, recordedAt } of found) times.set(`${_id.task}/${Number(_id.n)}`, recordedAt.getTime());
    }
    return blocks.map(({ task, n }) => times.get(`${task}/${n}`) ?? missing(task, n));
  }

  /** A task keeps its last block whatever its age: the next one continues it. */
  private async starts(cut: number): Promise<ChainStart[]> {
    const starts: ChainStart[] = [];
    for (const [task, first] of await this.order.firstBlocks(cut)) {
      const range = { $gte: blockId(task, 0), $lte: blockId(task, first) };
      const document = await this.blocks.findOne({ _id: range }, { sort: { _id: -1 }, projection: HEAD_ONLY });
      if (document === null) missing(task, first);
      const { n, previous, ranges, next } = toHead(document);
      const begin = (topic: string): number =>
        Math.min(...ranges.filter((range) => range.topic === topic).map((range) => range.from), next[topic] as number);
      const offsets = Object.fromEntries(Object.keys(next).map((topic) => [topic, begin(topic)]));
      starts.push({ task, n, previous, next: offsets });
    }
    return starts.sort((a, b) => a.task - b.task);
  }

  private async oldBlocks(tasks: PruneDocument['tasks']): Promise<Batch[]> {
    const batches: Batch[] = [];
    for (const { task, n } of tasks) {
      const end = Number(n);
      const query = { _id: { $gte: blockId(task, 0), $lt: blockId(task, end) } };
      const first = await this.blocks.findOne(query, { sort: { _id: 1 }, projection: { _id: 1 } });
      if (first === null) continue;
      for (let at = Number(first._id.n); at < end; at += BLOCKS_AT_A_TIME) {
        const to = Math.min(end, at + BLOCKS_AT_A_TIME);
        batches.push(batch(this.blocks, { _id: { $gte: blockId(task, at), $lt: blockId(task, to) } }, to - at));
      }
    }
    return batches;
  }

  /** The sequence document that ends with the newest checkpoint stays: the notary goes on from it. */
  private async oldSequences(minimum: number, size: number): Promise<Batch[]> {
    const first = await this.sequence.findOne({ _id: { $lt: minimum } }, { sort: { _id: 1 } });
    const last = await this.sequence.findOne({ _id: { $lt: minimum } }, { sort: { _id: -1 } });
    if (first === null || last === null) return [];
    const whole = Number(last.end) <= minimum && Number(last.end) < size;
    const end = whole ? minimum : Number(last._id);
    const batches: Batch[] = [];
    for (let at = Number(first._id); at < end; at += STEP) {
      const to = Math.min(end, at + STEP);
      batches.push(batch(this.sequence, { _id: { $gte: at, $lt: to } }, BLOCKS_AT_A_TIME));
    }
    return batches;
  }

  /**
   * Tiles that end before the minimum index, and whose roots stand in a full tile above: while that one is partial, it is
   * derived from them.
   */
  private async oldTiles(minimum: number, size: number): Promise<Batch[]> {
    const batches: Batch[] = [];
    for (let level = 0, span = TILE_WIDTH; span <= minimum; level++, span *= TILE_WIDTH) {
      const fullAbove = Math.floor(size / (span * TILE_WIDTH));
      const end = Math.min(Math.floor(minimum / span), fullAbove * TILE_WIDTH);
      const query = { _id: { $gte: { level, index: 0 }, $lt: { level, index: end } } };
      const first = await this.tiles.findOne(query, { sort: { _id: 1 }, projection: { _id: 1 } });
      if (first === null) continue;
      for (let at = Number(first._id.index); at < end; at += SMALL_AT_A_TIME) {
        const to = Math.min(end, at + SMALL_AT_A_TIME);
        batches.push(batch(this.tiles, { _id: { $gte: { level, index: at }, $lt: { level, index: to } } }, to - at));
      }
    }
    return batches;
  }
}

/** Documents deleted together; `count`: about how many, for the progress. */
interface Batch {
  readonly remove: () => Promise<number>;
  readonly count: number;
}

function batch<T extends object>(from: Collection<T>, query: Filter<T>, count: number): Batch {
  return { remove: async () => (await from.deleteMany(query)).deletedCount, count };
}

function collection<T extends object>(db: Db, name: string): Collection<T> {
  return db.collection<T>(name, { ...READ, writeConcern: DURABLE });
}

function missing(task: number, n: number): never {
  throw new DamagedTrail(`The sequence names block ${n} of task ${task}, which is not there.`);
}
