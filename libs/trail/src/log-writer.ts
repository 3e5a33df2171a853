import { setTimeout as sleep } from 'node:timers/promises';
import { Binary, Long } from 'mongodb';
import type { Collection, Db } from 'mongodb';
import type { FullTile } from '#libs/log';
import { createCollections } from './collections.js';
import type { MongoConnection } from './connection.js';
import { DamagedTrail } from './damaged-trail.js';
import { blockId, bytes } from './document.js';
import type { BlockDocument } from './document.js';
import { DURABLE } from './durable.js';
import { CHECKPOINTS, COSIGNATURES, LOG_COLLECTIONS, LOG_KEYS, SEQUENCE, TILES } from './log-documents.js';
import type {
  CheckpointDocument,
  CosignatureDocument,
  LogKeyDocument,
  SequenceDocument,
  TileDocument,
} from './log-documents.js';
import type { SignedCheckpoint } from './log-reader.js';
import type { HashedBlock, Sequence, SequencedBlock } from './log-records.js';
import { checkHashes, unseenSpans, type BlockPlace, type BlockSpan } from './new-blocks.js';
import { BLOCKS, isDuplicateKey } from './writer.js';

/** How far the log is. */
export interface LogHead {
  /** Entries that have their place in the log. */
  readonly sequenced: number;
  /** Size of the newest checkpoint; -1 where there is none. */
  readonly signed: number;
}

/** How much `newBlocks` reads at a time. */
export interface NewBlocksLimits {
  /** Blocks of one task. */
  readonly perTask: number;
  /** Entries of all blocks; the block that reaches it is the last. */
  readonly entries: number;
}

/**
 * What making the log takes. Reads give only what is durable on a majority, writes are acknowledged when they are. Every
 * method throws the driver's error where MongoDB does not answer; what was being written may or may not have been.
 */
export interface LogWriter {
  /** Creates what must exist before anything is written. @throws DatabaseNotPrepared */
  prepare(): Promise<void>;
  head(): Promise<LogHead>;
  /** The newest checkpoint; null where there is none. */
  lastCheckpoint(): Promise<SignedCheckpoint | null>;
  /** The sequence whose first entry has this log index; null where there is none. */
  sequenceAt(start: number): Promise<Sequence | null>;
  /** The sequence that ends with this log index; null where there is none. */
  sequenceEndingAt(end: number): Promise<Sequence | null>;
  /** Blocks, by task and number, that stand behind those that `next` counts; `more`: there may be others. */
  newBlocks(
    next: ReadonlyMap<number, number>,
    limits: NewBlocksLimits,
  ): Promise<{ blocks: HashedBlock[]; more: boolean }>;
  /** These blocks, in this order. @throws DamagedTrail where one is missing, or has another number of entries */
  blocks(blocks: readonly SequencedBlock[]): Promise<HashedBlock[]>;
  hasBlock(place: BlockPlace): Promise<boolean>;
  /** @returns false where another sequence begins at that log index: somebody else was first */
  insertSequence(sequence: Sequence): Promise<boolean>;
  /** Inserts tiles that are missing, in this order. @throws DamagedTrail where one is there with other hashes */
  insertTiles(tiles: readonly FullTile[]): Promise<void>;
  /** @returns false where one of that size is there. @throws DamagedTrail where that one has another root */
  insertCheckpoint(checkpoint: SignedCheckpoint, notary: string): Promise<boolean>;
  /** Notes a verifier key as one that checkpoints are signed with, unless it is noted. */
  insertKey(verifierKey: string): Promise<void>;
  /** Keeps what a witness says of a checkpoint, unless something of it is kept; `witness` is `<name>+<key id in hex>`. */
  insertCosignature(cosignature: { size: number; witness: string; line: string }): Promise<void>;
}

const READ = { readConcern: 'majority', readPreference: 'primary' } as const;
const WRITE = { writeConcern: DURABLE } as const;
/** Blocks that one query gives at most. */
const MOST_BLOCKS = 1_024;
/** How long a document of another writer may take from refusing ours to being durable itself. */
const SETTLING_MS = 20;

export class MongoLogWriter implements LogWriter {
  private readonly db: Db;
  private readonly blockDocuments: Collection<BlockDocument>;
  private readonly sequence: Collection<SequenceDocument>;
  private readonly tiles: Collection<TileDocument>;
  private readonly checkpoints: Collection<CheckpointDocument>;
  private readonly cosignatures: Collection<CosignatureDocument>;
  private readonly keys: Collection<LogKeyDocument>;

  constructor({ db }: Pick<MongoConnection, 'db'>) {
    this.db = db;
    this.blockDocuments = db.collection(BLOCKS);
    this.sequence = db.collection(SEQUENCE);
    this.tiles = db.collection(TILES);
    this.checkpoints = db.collection(CHECKPOINTS);
    this.cosignatures = db.collection(COSIGNATURES);
    this.keys = db.collection(LOG_KEYS);
  }

  async prepare(): Promise<void> {
    await createCollections(this.db, [BLOCKS, ...LOG_COLLECTIONS]);
  }

  async head(): Promise<LogHead> {
    const last = { ...READ, sort: { _id: -1 } } as const;
    const [sequence, checkpoint] = await Promise.all([
      this.sequence.findOne({}, { ...last, projection: { end: 1 } }),
      this.checkpoints.findOne({}, { ...last, projection: { _id: 1 } }),
    ]);
    return { sequenced: Number(sequence?.end ?? 0), signed: Number(checkpoint?._id ?? -1) };
  }

  async lastCheckpoint(): Promise<SignedCheckpoint | null> {
    const last = await this.checkpoints.findOne({}, { ...READ, sort: { _id: -1 } });
    return last === null ? null : toCheckpoint(last);
  }

  async sequenceAt(start: number): Promise<Sequence | null> {
    const found = await this.sequence.findOne({ _id: Long.fromNumber(start) }, READ);
    return found === null ? null : toSequence(found);
  }

  async sequenceEndingAt(end: number): Promise<Sequence | null> {
    const found = await this.sequence.findOne({ _id: { $lt: Long.fromNumber(end) } }, { ...READ, sort: { _id: -1 } });
    return found !== null && Number(found.end) === end ? toSequence(found) : null;
  }

  async newBlocks(
    next: ReadonlyMap<number, number>,
    { perTask, entries }: NewBlocksLimits,
  ): Promise<{ blocks: HashedBlock[]; more: boolean }> {
    const cursor = this.blockDocuments
      .find({ $or: unseenSpans(next, perTask).map(toFilter) }, { ...READ, sort: { _id: 1 }, limit: MOST_BLOCKS })
      .project<BlockDocument>(HASHES);
    const blocks: HashedBlock[] = [];
    const found = new Map<number, number>();
    let count = 0;
    let more = false;
    for await (const document of cursor) {
      const block = toHashed(document);
      blocks.push(block);
      found.set(block.task, (found.get(block.task) ?? 0) + 1);
      count += block.count;
      if (count < entries) continue;
      more = true;
      break;
    }
    more ||= blocks.length === MOST_BLOCKS || [...found.values()].some((each) => each >= perTask);
    return { blocks, more };
  }

  async blocks(wanted: readonly SequencedBlock[]): Promise<HashedBlock[]> {
    const ids = wanted.map(({ task, n }) => blockId(task, n));
    const found = new Map<string, HashedBlock>();
    for await (const document of this.blockDocuments.find({ _id: { $in: ids } }, READ).project<BlockDocument>(HASHES)) {
      const block = toHashed(document);
      found.set(`${block.task}/${block.n}`, block);
    }
    return wanted.map(({ task, n, count }) => {
      const block = found.get(`${task}/${n}`);
      if (block === undefined) throw new DamagedTrail(`Block ${task}/${n} has its place in the log, but is missing.`);
      if (block.count !== count) {
        throw new DamagedTrail(
          `Block ${task}/${n} went into the log with ${count} entries, but has ${block.count} of them now.`,
        );
      }
      return block;
    });
  }

  async hasBlock({ task, n }: BlockPlace): Promise<boolean> {
    return (await this.blockDocuments.findOne({ _id: blockId(task, n) }, { ...READ, projection: { _id: 1 } })) !== null;
  }

  async insertSequence(sequence: Sequence): Promise<boolean> {
    return inserted(this.sequence.insertOne(toSequenceDocument(sequence), WRITE));
  }

  async insertTiles(tiles: readonly FullTile[]): Promise<void> {
    for (let missing = tiles; missing.length > 0;) {
      // Ordered, so that each level is at any time a beginning of the whole.
      if (await inserted(this.tiles.insertMany(missing.map(toTileDocument), { ordered: true, ...WRITE }))) return;
      const before = missing.length;
      missing = await this.missingOf(missing);
      if (missing.length === before) await sleep(SETTLING_MS);
    }
  }

  async insertCheckpoint({ size, root, note, signedAt }: SignedCheckpoint, notary: string): Promise<boolean> {
    const _id = Long.fromNumber(size);
    const document = { _id, root: new Binary(root), note, signedAt: new Date(signedAt), notary };
    if (await inserted(this.checkpoints.insertOne(document, WRITE))) return true;
    for (;;) {
      const there = await this.checkpoints.findOne({ _id }, READ);
      if (there === null) {
        await sleep(SETTLING_MS);
        continue;
      }
      if (bytes(there.root).equals(root)) return false;
      throw new DamagedTrail(`There is a checkpoint of size ${size} already, with another root.`);
    }
  }

  async insertKey(verifierKey: string): Promise<void> {
    await inserted(this.keys.insertOne({ _id: verifierKey, since: new Date() }, WRITE));
  }

  async insertCosignature({ size, witness, line }: { size: number; witness: string; line: string }): Promise<void> {
    const _id = { size: Long.fromNumber(size), witness };
    await inserted(this.cosignatures.insertOne({ _id, line, receivedAt: new Date() }, WRITE));
  }

  /** @throws DamagedTrail where one that is there differs */
  private async missingOf(tiles: readonly FullTile[]): Promise<FullTile[]> {
    const ids = tiles.map(({ level, index }) => tileId(level, index));
    const there = new Map<string, TileDocument>();
    for await (const tile of this.tiles.find({ _id: { $in: ids } }, READ)) {
      there.set(`${tile._id.level}/${Number(tile._id.index)}`, tile);
    }
    return tiles.filter(({ level, index, hashes, root }) => {
      const tile = there.get(`${level}/${index}`);
      if (tile === undefined) return true;
      if (bytes(tile.hashes).equals(hashes) && bytes(tile.root).equals(root)) return false;
      throw new DamagedTrail(`Tile ${index} of level ${level} is not what its entries make of it.`);
    });
  }
}

const HASHES = { count: 1, hashes: 1, recordedAt: 1 } as const;

/** False where the key was there before. */
async function inserted(insert: Promise<unknown>): Promise<boolean> {
  try {
    await insert;
    return true;
  } catch (fault) {
    if (isDuplicateKey(fault)) return false;
    throw fault;
  }
}

function toFilter({ from, to }: BlockSpan): { _id: object } {
  const upper = to === null ? {} : { $lt: blockId(to.task, to.n) };
  return { _id: { $gte: blockId(from.task, from.n), ...upper } };
}

function tileId(level: number, index: number): TileDocument['_id'] {
  return { level, index: Long.fromNumber(index) };
}

function toTileDocument({ level, index, hashes, root }: FullTile): TileDocument {
  return { _id: tileId(level, index), hashes: new Binary(hashes), root: new Binary(root) };
}

function toSequenceDocument({ start, end, blocks, next, notary, sequencedAt }: Sequence): SequenceDocument {
  return {
    _id: Long.fromNumber(start),
    end: Long.fromNumber(end),
    blocks: blocks.map(({ task, n, count }) => ({ task, n: Long.fromNumber(n), count })),
    next: [...next].sort(([a], [b]) => a - b).map(([task, n]) => ({ task, n: Long.fromNumber(n) })),
    notary,
    sequencedAt: new Date(sequencedAt),
  };
}

function toSequence({ _id, end, blocks, next, notary, sequencedAt }: SequenceDocument): Sequence {
  return {
    start: Number(_id),
    end: Number(end),
    blocks: blocks.map(({ task, n, count }) => ({ task, n: Number(n), count })),
    next: new Map(next.map(({ task, n }) => [task, Number(n)])),
    notary,
    sequencedAt: sequencedAt.getTime(),
  };
}

function toCheckpoint({ _id, root, note, signedAt }: CheckpointDocument): SignedCheckpoint {
  return { size: Number(_id), root: bytes(root), note, signedAt: signedAt.getTime() };
}

function toHashed({ _id, count, hashes, recordedAt }: BlockDocument): HashedBlock {
  const block = { ..._id, n: Number(_id.n), count, hashes: bytes(hashes), recordedAt: recordedAt.getTime() };
  checkHashes(block);
  return block;
}
