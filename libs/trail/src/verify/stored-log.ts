import { Long } from 'mongodb';
import type { Db, Document } from 'mongodb';
import type { OnFault, StoredTile } from '#libs/log';
import { CHECKPOINTS, COSIGNATURES, LOG_KEYS, PRUNES, SEQUENCE, TILES } from '../log-documents.js';
import { blockName } from './chain-check.js';
import type { ChainStart } from './chain-check.js';
import {
  isInteger,
  isObject,
  isWhole,
  readBlock,
  readBlockKey,
  readBytes,
  readHash,
  readList,
  readNext,
  readSequence,
  readTileKey,
} from './read-documents.js';
import type { BlockKey, Raw, StoredBlock, StoredSequence, TileKey } from './read-documents.js';

const BLOCKS = 'blocks';
const READ = { readConcern: 'majority', readPreference: 'primary' } as const;
/** Blocks are read so many entries, or so many documents, at a time. */
const BATCH_ENTRIES = 16_384;
const BATCH_BLOCKS = 256;
/** Keys, checkpoints and the like. */
const BATCH_SMALL = 10_000;

/** A block that is to be verified. */
export interface WantedBlock extends BlockKey {
  /** Entries it has by the sequence; null: it is not in the log yet. */
  readonly count: number | null;
  /** Log index of its first entry; null: it is not in the log yet. */
  readonly start: number | null;
}

export interface StoredCheckpoint {
  readonly size: number;
  readonly root: Buffer | null;
  readonly note: string;
}

export interface StoredCosignature {
  readonly size: number;
  readonly witness: string;
  readonly line: string;
}

/** Where a pruned log begins. */
export interface Pruning {
  readonly minimumIndex: number;
  readonly starts: readonly ChainStart[];
}

/** The log in MongoDB as it stood at one time: what comes later is not looked at, so that it may grow meanwhile. */
export interface LogSnapshot {
  /** null: nothing was pruned. */
  readonly pruning: Pruning | null;
  /** Verifier keys that the log names. */
  readonly keys: readonly string[];
  /** Size of the newest checkpoint; null: there is none. */
  readonly newest: number | null;
  readonly cosignatures: readonly StoredCosignature[];
  readonly tiles: readonly TileKey[];
  readonly sequences: readonly StoredSequence[];
  /** Numbers of the blocks of each task, ascending. */
  readonly blocks: ReadonlyMap<number, readonly number[]>;
}

/** Reads the trail's collections as they are, apart from the code that writes them and that serves them. */
export class StoredLog {
  constructor(
    private readonly db: Db,
    private readonly onFault: OnFault,
  ) {}

  /** In the reverse of the order in which it is written, so that what something rests on is read after it. */
  async snapshot(): Promise<LogSnapshot> {
    const pruning = await this.pruning();
    const cosignatures = await this.list(COSIGNATURES, readCosignature);
    const [newest] = await this.db
      .collection(CHECKPOINTS)
      .find({}, { ...READ, sort: { _id: -1 }, limit: 1 })
      .toArray();
    const keys = await this.list(LOG_KEYS, ({ _id }) => (typeof _id === 'string' ? _id : null));
    const tiles = await this.list(TILES, ({ _id }) => readTileKey(_id), true);
    const sequences = await this.list(SEQUENCE, readSequence);
    const blocks = new Map<number, number[]>();
    for (const { task, n } of await this.list(BLOCKS, ({ _id }) => readBlockKey(_id), true)) {
      const numbers = blocks.get(task);
      if (numbers === undefined) blocks.set(task, [n]);
      else numbers.push(n);
    }
    const size = isWhole(newest?.['_id']) ? newest['_id'] : null;
    return { pruning, keys, newest: size, cosignatures, tiles, sequences, blocks };
  }

  /** The pruning that counts, or null; also to see whether there was one meanwhile. */
  async pruning(): Promise<Pruning | null> {
    return (await this.list(PRUNES, readPruning)).at(-1) ?? null;
  }

  /** Checkpoints by size, up to one of that size. */
  async *checkpoints(to: number): AsyncGenerator<StoredCheckpoint> {
    const cursor = this.db.collection(CHECKPOINTS).find({ _id: { $lte: Long.fromNumber(to) } } as object, {
      ...READ,
      sort: { _id: 1 },
      batchSize: 1_000,
    });
    for await (const document of cursor) {
      const checkpoint = readCheckpoint(document);
      if (checkpoint === null) this.odd(CHECKPOINTS, document);
      else yield checkpoint;
    }
  }

  /** Blocks in the order asked for; null for one that is missing or damaged, which is told. */
  async *blocks(wanted: Iterable<WantedBlock>): AsyncGenerator<[WantedBlock, StoredBlock | null]> {
    const batches = inBatches(wanted);
    let batch = nextOf(batches);
    let reading = batch === null ? null : this.read(batch);
    while (batch !== null && reading !== null) {
      const found = await reading;
      const next = nextOf(batches);
      // The next ones are on their way while these are verified.
      reading = next === null ? null : this.read(next);
      reading?.catch(() => undefined);
      for (const one of batch) yield [one, this.take(found, one)];
      batch = next;
    }
  }

  /** The tiles as the log has them; one that it does not have is left out. By `level/index`. */
  async tiles(keys: readonly TileKey[]): Promise<Map<string, StoredTile>> {
    const ids = keys.map(({ level, index }) => ({ level, index: Long.fromNumber(index) }));
    const found = new Map<string, StoredTile>();
    for await (const document of this.db.collection(TILES).find({ _id: { $in: ids } } as object, READ)) {
      const { _id, hashes, root } = document;
      const key = readTileKey(_id);
      const bytes = readBytes(hashes);
      if (key === null) continue;
      const empty = Buffer.alloc(0);
      found.set(`${key.level}/${key.index}`, { hashes: bytes ?? empty, root: readBytes(root) ?? empty });
    }
    return found;
  }

  private async read(batch: readonly WantedBlock[]): Promise<Map<string, Raw>> {
    const ids = batch.map(({ task, n }) => ({ task, n: Long.fromNumber(n) }));
    const found = new Map<string, Raw>();
    const cursor = this.db
      .collection(BLOCKS)
      .find({ _id: { $in: ids } } as object, { ...READ, batchSize: BATCH_BLOCKS });
    for await (const document of cursor) {
      const key = readBlockKey(document._id);
      if (key !== null) found.set(`${key.task}/${key.n}`, document);
    }
    return found;
  }

  private take(found: Map<string, Raw>, { task, n, start, count }: WantedBlock): StoredBlock | null {
    const document = found.get(`${task}/${n}`);
    const block = document === undefined ? null : readBlock(document);
    if (block === null) {
      const place =
        start === null || count === null || count === 0 ? '' : ` (entries ${start} to ${start + count - 1})`;
      const message =
        document === undefined ? `it is missing${place}` : `it is damaged: fields are missing or odd${place}`;
      this.onFault({ kind: 'block', where: blockName(task, n), message });
    }
    return block;
  }

  /** All of a small collection, by `_id`. */
  private async list<T>(name: string, read: (document: Raw) => T | null, idOnly = false): Promise<T[]> {
    const options = {
      ...READ,
      sort: { _id: 1 },
      batchSize: BATCH_SMALL,
      ...(idOnly ? { projection: { _id: 1 } } : {}),
    };
    const list: T[] = [];
    for await (const document of this.db.collection<Document>(name).find({}, options as object)) {
      const item = read(document);
      if (item === null) this.odd(name, document);
      else list.push(item);
    }
    return list;
  }

  private odd(collection: string, { _id }: Raw): void {
    const kinds = { blocks: 'block', sequence: 'sequence', tiles: 'tile', logKeys: 'key', prunes: 'pruning' } as const;
    const others = { checkpoints: 'checkpoint', cosignatures: 'cosignature' } as const;
    const id = JSON.stringify(_id) ?? 'none';
    const where = `document ${id.length > 80 ? `${id.slice(0, 80)}…` : id} of ${collection}`;
    const kind = { ...kinds, ...others }[collection as keyof typeof kinds];
    this.onFault({ kind, where, message: 'it is nothing that the trail writes there' });
  }
}

function readCheckpoint({ _id, root, note }: Raw): StoredCheckpoint | null {
  return isWhole(_id) && typeof note === 'string' ? { size: _id, root: readHash(root), note } : null;
}

function readCosignature({ _id, line }: Raw): StoredCosignature | null {
  if (!isObject(_id) || !isWhole(_id['size']) || typeof _id['witness'] !== 'string' || typeof line !== 'string')
    return null;
  return { size: _id['size'], witness: _id['witness'], line };
}

function readPruning({ _id, tasks }: Raw): Pruning | null {
  const starts = readList(tasks, (one): ChainStart | null => {
    if (!isObject(one) || !isInteger(one['task']) || !isWhole(one['n'])) return null;
    const next = readNext(one['next']);
    const previous = readHash(one['previous']);
    if (next === null || (previous === null && one['previous'] !== null)) return null;
    return { task: one['task'], n: one['n'], previous, next };
  });
  return isWhole(_id) && _id % 256 === 0 && starts !== null ? { minimumIndex: _id, starts } : null;
}

function* inBatches(wanted: Iterable<WantedBlock>): Generator<WantedBlock[]> {
  let batch: WantedBlock[] = [];
  let entries = 0;
  for (const one of wanted) {
    batch.push(one);
    entries += one.count ?? BATCH_ENTRIES / 16;
    if (entries < BATCH_ENTRIES && batch.length < BATCH_BLOCKS) continue;
    yield batch;
    batch = [];
    entries = 0;
  }
  if (batch.length > 0) yield batch;
}

function nextOf<T>(items: Generator<T>): T | null {
  const next = items.next();
  return next.done === true ? null : next.value;
}
