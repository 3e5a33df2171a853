import { LRUCache } from 'lru-cache';
import { MaxKey, MinKey } from 'mongodb';
import type { Collection, Db } from 'mongodb';
import { tilePath, tileWidth, TILE_WIDTH } from '#libs/log';
import type { HashReader } from '#libs/log';
import { BlockCache } from './block-cache.js';
import type { MongoConnection } from './connection.js';
import { DamagedTrail } from './damaged-trail.js';
import { bytes } from './document.js';
import { CHECKPOINTS, COSIGNATURES, LOG_KEYS, PRUNES, TILES } from './log-documents.js';
import type {
  CheckpointDocument,
  CosignatureDocument,
  LogKeyDocument,
  PruneDocument,
  TileDocument,
} from './log-documents.js';
import { LogOrder } from './log-order.js';

/** A checkpoint as the notary signed it. */
export interface SignedCheckpoint {
  /** Entries in the tree. */
  readonly size: number;
  /** Root of the tree; 32 bytes. */
  readonly root: Buffer;
  /** The signed note, without cosignatures. */
  readonly note: string;
  /** ms since the epoch. */
  readonly signedAt: number;
}

/** Where an entry stands in the chain of its task. */
export interface ChainPosition {
  readonly task: number;
  /** Number of the block in the task's chain. */
  readonly block: number;
  /** Place in the block, from 0. */
  readonly index: number;
}

/** What reading the log takes, in the terms of C2SP tlog-tiles; nothing of it writes. */
export interface LogReader {
  /** The newest checkpoint; null where the notary never ran. */
  checkpoint(): Promise<SignedCheckpoint | null>;
  /** The checkpoint of that size; null where none was signed. */
  checkpointAt(size: number): Promise<SignedCheckpoint | null>;
  /** Size of the newest checkpoint that a witness cosigned; null where there is none. */
  cosignedSize(): Promise<number | null>;
  /** Signature lines of witnesses for the checkpoint of that size, each with its newline. */
  cosignatures(size: number): Promise<string[]>;
  /** Verifier keys (C2SP signed-note) that checkpoints were ever signed with, the newest first. */
  keys(): Promise<string[]>;
  /** Entries before this log index were pruned (C2SP tlog-tiles, "Pruning"); 0 where none were. */
  minimumIndex(): Promise<number>;
  /**
   * The first `width` hashes of a tile; null where the newest checkpoint does not reach so far, or the tile was pruned.
   *
   * @throws DamagedTrail where it should be there
   */
  tile(level: number, index: number, width: number): Promise<Buffer | null>;
  /**
   * The first `width` entries of an entry bundle, each behind its length; null as for `tile`.
   *
   * @throws DamagedTrail where they should be there
   */
  bundle(index: number, width: number): Promise<Buffer | null>;
  /**
   * Reads tiles as they are in the tree of that size, which must have had a checkpoint.
   *
   * @returns throws DamagedTrail for a tile that is not there (any more, where the log was pruned)
   */
  hashReader(size: number): HashReader;
  /** Where the entry of a log index stands; null where the newest checkpoint does not cover it, or it was pruned. */
  locate(logIndex: number): Promise<ChainPosition | null>;
  /** The log index of an entry; null where it is not in the log (yet, or any more). */
  logIndexOf(task: number, block: number, index: number): Promise<number | null>;
  /** By task, the number of the first block that a checkpoint of that size does not cover; 0 for tasks that are not there. */
  firstBlocks(size: number): Promise<ReadonlyMap<number, number>>;
}

const HASH_BYTES = 32;
/** 64 MiB: eight blocks of the greatest size. */
const CACHE_BYTES = 64 * 1024 * 1024;
/** Of it, for tiles; the rest is for blocks. */
const TILES_SHARE = 1 / 4;
/** How long the minimum index is believed; pruned tiles may be served a while longer. */
const MINIMUM_FRESH_MS = 1_000;

/**
 * Reads the log from MongoDB. Of the tree only full tiles are stored: a partial tile comes from the leaf hashes in the
 * blocks (level 0) or from the roots of the tiles below it; a bundle comes from the entries in the blocks.
 */
export class MongoLogReader implements LogReader {
  private readonly checkpoints: Collection<CheckpointDocument>;
  private readonly witnessed: Collection<CosignatureDocument>;
  private readonly logKeys: Collection<LogKeyDocument>;
  private readonly prunes: Collection<PruneDocument>;
  private readonly tiles: Collection<TileDocument>;
  private readonly order: LogOrder;
  private readonly blocks: BlockCache;
  private readonly hashesKept: LRUCache<string, Buffer> | null;
  private readonly keep: boolean;
  /** Size of the newest checkpoint seen. */
  private size = 0;
  private minimum = { index: 0, readAt: -Infinity };

  /** @param cacheBytes bounds what is kept of what was read; 0: nothing is, every answer is read anew */
  constructor({ db }: Pick<MongoConnection, 'db'>, { cacheBytes = CACHE_BYTES }: { cacheBytes?: number } = {}) {
    this.keep = cacheBytes > 0;
    this.checkpoints = collection(db, CHECKPOINTS);
    this.witnessed = collection(db, COSIGNATURES);
    this.logKeys = collection(db, LOG_KEYS);
    this.prunes = collection(db, PRUNES);
    this.tiles = collection(db, TILES);
    this.order = new LogOrder(db, this.keep);
    const forTiles = Math.floor(cacheBytes * TILES_SHARE);
    this.blocks = new BlockCache(db, cacheBytes - forTiles);
    this.hashesKept =
      forTiles > 0 ? new LRUCache({ maxSize: forTiles, sizeCalculation: (hashes) => hashes.length + 1 }) : null;
  }

  async checkpoint(): Promise<SignedCheckpoint | null> {
    const newest = await this.checkpoints.findOne({}, { sort: { _id: -1 } });
    if (newest === null) return null;
    const checkpoint = toCheckpoint(newest);
    this.size = Math.max(this.size, checkpoint.size);
    return checkpoint;
  }

  async checkpointAt(size: number): Promise<SignedCheckpoint | null> {
    const found = await this.checkpoints.findOne({ _id: size });
    return found === null ? null : toCheckpoint(found);
  }

  async cosignedSize(): Promise<number | null> {
    const newest = await this.witnessed.findOne({}, { sort: { _id: -1 }, projection: { _id: 1 } });
    return newest === null ? null : Number(newest._id.size);
  }

  async cosignatures(size: number): Promise<string[]> {
    const ofSize = { $gt: { size, witness: new MinKey() }, $lt: { size, witness: new MaxKey() } };
    const found = this.witnessed.find({ _id: ofSize as never }, { sort: { _id: 1 } });
    return (await found.toArray()).map(({ line }) => line);
  }

  async keys(): Promise<string[]> {
    return (await this.logKeys.find({}, { sort: { since: -1, _id: 1 } }).toArray()).map(({ _id }) => _id);
  }

  async minimumIndex(): Promise<number> {
    const greatest = await this.prunes.findOne({}, { sort: { _id: -1 }, projection: { _id: 1 } });
    this.minimum = { index: Number(greatest?._id ?? 0), readAt: performance.now() };
    return this.minimum.index;
  }

  async tile(level: number, index: number, width: number): Promise<Buffer | null> {
    const served = await this.serves(level, index, width);
    return served ? this.hashes(level, index, width) : null;
  }

  async bundle(index: number, width: number): Promise<Buffer | null> {
    if (!(await this.serves(0, index, width))) return null;
    const from = index * TILE_WIDTH;
    const to = from + width;
    return this.blocks.bundle(await this.order.blocks(from, to), from, to);
  }

  hashReader(size: number): HashReader {
    return (wanted) =>
      Promise.all(wanted.map(({ level, index }) => this.hashes(level, index, tileWidth(level, index, size))));
  }

  async locate(logIndex: number): Promise<ChainPosition | null> {
    if (!(await this.reaches(logIndex + 1)) || logIndex < (await this.minimumIndex())) return null;
    const [block] = await this.order.blocks(logIndex, logIndex + 1);
    return block === undefined ? null : { task: block.task, block: block.n, index: logIndex - block.start };
  }

  async logIndexOf(task: number, block: number, index: number): Promise<number | null> {
    const start = await this.order.startOf(task, block);
    if (start === null) return null;
    const [found] = await this.order.blocks(start, start + 1);
    return found !== undefined && index < found.count ? start + index : null;
  }

  async firstBlocks(size: number): Promise<ReadonlyMap<number, number>> {
    return this.order.firstBlocks(size);
  }

  /** Whether a tile of that width is one of the newest checkpoint's or of an earlier one, and not pruned. */
  private async serves(level: number, index: number, width: number): Promise<boolean> {
    const span = TILE_WIDTH ** level;
    if (!(await this.reaches((index * TILE_WIDTH + width) * span))) return false;
    const end = (index + 1) * TILE_WIDTH * span;
    return end > (await this.believedMinimum());
  }

  private async reaches(size: number): Promise<boolean> {
    if (size > this.size || !this.keep) return size <= ((await this.checkpoint())?.size ?? 0);
    return true;
  }

  private async believedMinimum(): Promise<number> {
    const fresh = this.keep && performance.now() - this.minimum.readAt < MINIMUM_FRESH_MS;
    return fresh ? this.minimum.index : this.minimumIndex();
  }

  private async hashes(level: number, index: number, width: number): Promise<Buffer> {
    const path = tilePath({ level, index, width });
    const known = this.hashesKept?.get(path);
    if (known !== undefined) return known;
    const hashes = await this.readHashes(level, index, width);
    this.hashesKept?.set(path, hashes);
    return hashes;
  }

  private async readHashes(level: number, index: number, width: number): Promise<Buffer> {
    const full = await this.tiles.findOne({ _id: { level, index } }, { projection: { hashes: 1 } });
    if (full !== null) return Buffer.from(bytes(full.hashes).subarray(0, width * HASH_BYTES));
    if (width === TILE_WIDTH) throw missingTile(level, index);
    const from = index * TILE_WIDTH;
    return level === 0 ? this.leaves(from, from + width) : this.roots(level - 1, from, from + width);
  }

  private async leaves(from: number, to: number): Promise<Buffer> {
    return this.blocks.hashes(await this.order.blocks(from, to), from, to);
  }

  /** The hashes that stand for full tiles on the level above them. */
  private async roots(level: number, from: number, to: number): Promise<Buffer> {
    const range = { $gte: { level, index: from }, $lt: { level, index: to } };
    const found = await this.tiles.find({ _id: range }, { sort: { _id: 1 }, projection: { root: 1 } }).toArray();
    const roots = found.map(({ _id, root }, i) => {
      if (Number(_id.index) !== from + i) throw missingTile(level, from + i);
      return bytes(root);
    });
    if (roots.length < to - from) throw missingTile(level, from + roots.length);
    return Buffer.concat(roots);
  }
}

function collection<T extends object>(db: Db, name: string): Collection<T> {
  return db.collection<T>(name, { readConcern: { level: 'majority' } });
}

function toCheckpoint({ _id, root, note, signedAt }: CheckpointDocument): SignedCheckpoint {
  return { size: Number(_id), root: bytes(root), note, signedAt: signedAt.getTime() };
}

function missingTile(level: number, index: number): DamagedTrail {
  return new DamagedTrail(`Tile ${tilePath({ level, index, width: TILE_WIDTH })} is not there.`);
}
