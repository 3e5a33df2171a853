import { LRUCache } from 'lru-cache';
import { Binary } from 'mongodb';
import type { Collection, Db } from 'mongodb';
import pLimit from 'p-limit';
import { DamagedTrail } from './damaged-trail.js';
import { blockId, bytes } from './document.js';
import type { BlockDocument } from './document.js';
import type { OrderedBlock } from './log-order.js';
import { BLOCKS } from './writer.js';

type Wanted = Pick<OrderedBlock, 'task' | 'n' | 'count'>;

/** A block's entries, each of which can be found without reading those before it. */
interface BlockEntries {
  readonly bundled: Buffer;
  /** Byte at which each entry's length stands; one more for the end. */
  readonly starts: Uint32Array;
}

/** Blocks have megabytes: this many reads at a time bound what is in memory beside the cache. */
const READS_AT_ONCE = 2;
const HASH_BYTES = 32;
const NOTHING = Buffer.alloc(0);

/** Entries and leaf hashes of blocks. What was read is kept, the most recently used, up to a number of bytes. */
export class BlockCache {
  private readonly collection: Collection<BlockDocument>;
  private readonly kept: LRUCache<string, BlockEntries> | null;
  private readonly underWay = new Map<string, Promise<BlockEntries>>();
  private readonly slot = pLimit(READS_AT_ONCE);

  /** @param maxBytes 0: nothing is kept */
  constructor(db: Db, maxBytes: number) {
    this.collection = db.collection(BLOCKS, { readConcern: { level: 'majority' } });
    const sizeCalculation = ({ bundled, starts }: BlockEntries): number => bundled.length + starts.byteLength + 1;
    this.kept = maxBytes === 0 ? null : new LRUCache({ maxSize: maxBytes, sizeCalculation });
  }

  /**
   * The entries of the log from `from` to before `to`, each behind its length, of the blocks that have them.
   *
   * @throws DamagedTrail where a block is missing or its entries are not as many as it says
   */
  async bundle(blocks: readonly OrderedBlock[], from: number, to: number): Promise<Buffer> {
    const loaded = await this.entries(blocks);
    const parts = blocks.map(({ start, count }, i) => {
      const { bundled, starts } = loaded[i] as BlockEntries;
      if (starts.length !== count + 1) throw miscounted(blocks[i] as OrderedBlock);
      return bundled.subarray(starts[Math.max(0, from - start)], starts[Math.min(count, to - start)]);
    });
    return Buffer.concat(parts);
  }

  /**
   * The leaf hashes of the log from `from` to before `to`, of the blocks that have them; 32 bytes each.
   *
   * @throws DamagedTrail where a block is missing or has not as many hashes as entries
   */
  async hashes(blocks: readonly OrderedBlock[], from: number, to: number): Promise<Buffer> {
    const found = new Map<string, Buffer>();
    const query = { _id: { $in: blocks.map(({ task, n }) => blockId(task, n)) } };
    for await (const { _id, hashes } of this.collection.find(query, { projection: { hashes: 1 } })) {
      found.set(
        keyOf({ task: _id.task, n: Number(_id.n) }),
        (hashes as unknown) instanceof Binary ? bytes(hashes) : NOTHING,
      );
    }
    const parts = blocks.map((block) => {
      const hashes = found.get(keyOf(block));
      if (hashes === undefined) throw missing(block);
      if (hashes.length !== block.count * HASH_BYTES) {
        throw new DamagedTrail(`${nameOf(block)} has not ${block.count} leaf hashes, as the sequence says.`);
      }
      const first = Math.max(0, from - block.start);
      return hashes.subarray(first * HASH_BYTES, Math.min(block.count, to - block.start) * HASH_BYTES);
    });
    return Buffer.concat(parts);
  }

  /** Each block is read once, however many ask for it at a time; what is wrong with one does not touch the others. */
  private entries(blocks: readonly Wanted[]): Promise<BlockEntries[]> {
    const ready = blocks.map((block) => this.kept?.get(keyOf(block)) ?? this.underWay.get(keyOf(block)));
    const unread = blocks.filter((_, i) => ready[i] === undefined);
    if (unread.length > 0) this.begin(unread);
    return Promise.all(
      blocks.map(async (block, i) => ready[i] ?? (this.underWay.get(keyOf(block)) as Promise<BlockEntries>)),
    );
  }

  private begin(blocks: readonly Wanted[]): void {
    const reading = this.slot(() => this.read(blocks));
    for (const block of blocks) {
      const key = keyOf(block);
      const one = reading.then((read) => {
        const found = read.get(key) ?? missing(block);
        if (found instanceof DamagedTrail) throw found;
        this.kept?.set(key, found);
        return found;
      });
      this.underWay.set(key, one);
      const done = (): boolean => this.underWay.delete(key);
      one.then(done, done);
    }
  }

  private async read(blocks: readonly Wanted[]): Promise<Map<string, BlockEntries | DamagedTrail>> {
    const wanted = new Map(blocks.map((block) => [keyOf(block), block]));
    const read = new Map<string, BlockEntries | DamagedTrail>();
    const query = { _id: { $in: blocks.map(({ task, n }) => blockId(task, n)) } };
    for await (const { _id, entries } of this.collection.find(query, { projection: { entries: 1 } })) {
      const key = keyOf({ task: _id.task, n: Number(_id.n) });
      read.set(key, toEntries(wanted.get(key) as Wanted, entries));
    }
    return read;
  }
}

/** @param binary as found, which may be anything where somebody changed it */
function toEntries(block: Wanted, binary: unknown): BlockEntries | DamagedTrail {
  // A copy: what the driver gives is a view of the whole answer, which would stay in memory with it.
  const bundled = binary instanceof Binary ? Buffer.from(bytes(binary)) : NOTHING;
  const starts = new Uint32Array(block.count + 1);
  let at = 0;
  for (let i = 0; i < block.count; i++) {
    starts[i] = at;
    at = at + 2 <= bundled.length ? at + 2 + bundled.readUInt16BE(at) : Infinity;
  }
  starts[block.count] = at;
  return at === bundled.length ? { bundled, starts } : miscounted(block);
}

function keyOf({ task, n }: Pick<Wanted, 'task' | 'n'>): string {
  return `${task}/${n}`;
}

function nameOf({ task, n }: Wanted): string {
  return `block ${n} of task ${task}`;
}

function missing(block: Wanted): DamagedTrail {
  return new DamagedTrail(`The sequence names ${nameOf(block)}, which is not there.`);
}

function miscounted(block: Wanted): DamagedTrail {
  return new DamagedTrail(`The entries of ${nameOf(block)} are not ${block.count}, as the sequence says.`);
}
