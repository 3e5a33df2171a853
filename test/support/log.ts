import { createHash } from 'node:crypto';
import { Frontier, formatCheckpoint, generateSignerKey, parseSigner, signNote } from '#libs/log';
import type { Signer } from '#libs/log';
import { DURABLE, makeBlock, MongoTrailWriter } from '#libs/trail';
import type { ChainEnd, MongoConnection } from '#libs/trail';

/** A block to be written: its task, and how many entries it has. */
export interface BlockPlan {
  readonly task: number;
  readonly count: number;
  /** ms since the epoch. */
  readonly recordedAt?: number;
  /** As many as `count`; left out: made-up bytes. */
  readonly entries?: readonly Buffer[];
}

/** Where a test's entry stands. */
export interface Place {
  readonly task: number;
  readonly block: number;
  readonly index: number;
}

/**
 * Writes a log into MongoDB as the auditor and the notary would, without either, and remembers what it wrote. Its
 * entries are made-up bytes of lengths from 0 to some hundred, where none are given.
 */
export class TestLog {
  /** In the log's order. */
  readonly entries: Buffer[] = [];
  readonly places: Place[] = [];
  /** Of every checkpoint. */
  readonly sizes: number[] = [];
  readonly signer: Signer;
  private readonly frontier = Frontier.empty();
  private readonly ends = new Map<number, ChainEnd>();
  private readonly writer: MongoTrailWriter;

  constructor(
    private readonly connection: MongoConnection,
    readonly origin = 'hjemmel.example/log',
  ) {
    this.writer = new MongoTrailWriter(connection);
    this.signer = parseSigner(generateSignerKey(origin));
  }

  get size(): number {
    return this.frontier.size;
  }

  /** What comes before the first block: the key, and the checkpoint of size 0. */
  async prepare(): Promise<void> {
    await this.writer.prepare();
    await this.insert('logKeys', [{ _id: this.signer.verifierKey, since: new Date(0) }]);
    await this.sign();
  }

  /** Writes blocks, puts them into the log in one stretch, and signs. */
  async append(...plans: readonly BlockPlan[]): Promise<void> {
    const start = this.size;
    const tiles = [];
    for (const plan of plans) {
      const block = await this.write(plan);
      tiles.push(...this.frontier.append(block.hashes));
    }
    const blocks = plans.map(({ task, count }, i) => {
      const later = plans.slice(i + 1).filter((plan) => plan.task === task).length;
      return { task, n: (this.ends.get(task)?.n ?? 0) - later, count };
    });
    const next = [...this.ends].map(([task, { n }]) => ({ task, n: n + 1 }));
    const notary = 'test';
    await this.insert('sequence', [{ _id: start, end: this.size, blocks, next, notary, sequencedAt: new Date() }]);
    tiles.sort((a, b) => a.level - b.level || a.index - b.index);
    await this.insert(
      'tiles',
      tiles.map(({ level, index, hashes, root }) => ({ _id: { level, index }, hashes, root })),
    );
    await this.sign();
  }

  private async write({ task, count, recordedAt = Date.now(), entries: given }: BlockPlan) {
    const end = this.ends.get(task) ?? null;
    const n = (end?.n ?? -1) + 1;
    const entries = given ?? Array.from({ length: count }, (_, index) => entryOf({ task, block: n, index }));
    const from = end?.next['orders'] ?? 0;
    const ranges = count === 0 ? [] : [{ topic: 'orders', partition: task, from, to: from + count, lost: false }];
    const next = { orders: from + count };
    const summary = { verdicts: [], rules: [] };
    const block = makeBlock({ task, ranges, next, entries, writer: 'test', recordedAt, summary }, end);
    await this.writer.append(block, AbortSignal.timeout(60_000));
    this.ends.set(task, block);
    for (const [index, entry] of entries.entries()) {
      this.entries.push(entry);
      this.places.push({ task, block: n, index });
    }
    return block;
  }

  private async sign(): Promise<void> {
    const { origin, size } = this;
    const root = this.frontier.root();
    const note = signNote(formatCheckpoint({ origin, size, root, extensions: [] }), [this.signer]);
    await this.insert('checkpoints', [{ _id: size, root, note, signedAt: new Date(), notary: 'test' }]);
    this.sizes.push(size);
  }

  private async insert(collection: string, documents: readonly object[]): Promise<void> {
    if (documents.length === 0) return;
    await this.connection.db.collection(collection).insertMany(documents, { writeConcern: DURABLE });
  }
}

/** Bytes that only depend on the place; one in a thousand is empty. */
function entryOf({ task, block, index }: Place): Buffer {
  const seed = createHash('sha512').update(`${task}/${block}/${index}`).digest();
  const length = seed.readUInt16BE(0) % 1_000 === 0 ? 0 : 1 + ((seed[2] as number) % 200);
  return Buffer.concat([seed, seed, seed, seed]).subarray(0, length);
}
