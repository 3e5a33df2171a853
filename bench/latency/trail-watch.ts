import type { ChangeStream, Db, Document } from 'mongodb';
import { BenchError } from '../bench-error.js';

/** What the change stream tells of an insert: nothing of what entries hold, so that watching costs little. */
interface Inserted extends Document {
  readonly ns: { readonly coll: string };
  readonly documentKey: { readonly _id: unknown };
  /** A block's. */
  readonly fullDocument?: { readonly ranges?: readonly { readonly from: number; readonly to: number }[] };
}

const PIPELINE = [
  { $match: { operationType: 'insert', 'ns.coll': { $in: ['blocks', 'checkpoints'] } } },
  { $project: { 'ns.coll': 1, documentKey: 1, 'fullDocument.ranges': 1 } },
];

/**
 * When each block and each checkpoint was first seen to be durable. A change stream tells of a write when a majority has
 * it in its journal, so what is seen here is not taken back.
 */
export class TrailWatch {
  /** Offsets that the blocks seen so far account for. */
  covered = 0;
  private readonly blocks = new Map<string, number>();
  /** In the order in which they came, which is that of their sizes. */
  private readonly checkpoints: { readonly size: number; readonly at: number }[] = [];
  private change = Promise.withResolvers<void>();
  private readonly ended: Promise<never>;

  private constructor(private readonly stream: ChangeStream<Document, Inserted>) {
    this.ended = this.follow();
    this.ended.catch(() => undefined); // told to those who wait
  }

  /** Sees all that is inserted from now on. */
  static async open(db: Db): Promise<TrailWatch> {
    const stream = db.watch<Document, Inserted>(PIPELINE);
    await stream.tryNext(); // opens it
    return new TrailWatch(stream);
  }

  /** Waits for blocks that account for so many offsets. */
  async untilCovered(offsets: number): Promise<void> {
    while (this.covered < offsets) await Promise.race([this.change.promise, this.ended]);
  }

  /** Waits for a checkpoint over so many entries. */
  async untilSigned(entries: number): Promise<void> {
    while ((this.checkpoints.at(-1)?.size ?? 0) < entries) await Promise.race([this.change.promise, this.ended]);
  }

  /** When the block was durable, by `performance.now()`. @throws BenchError where it was not seen */
  durableAt(task: number, n: number): number {
    const at = this.blocks.get(`${task}/${n}`);
    if (at === undefined) throw new BenchError(`Block ${task}/${n} was not seen as it came.`);
    return at;
  }

  /** When so many entries were first under a checkpoint, by `performance.now()`. @throws BenchError where they are not */
  signedAt(entries: number): number {
    let low = 0;
    for (let high = this.checkpoints.length; low < high;) {
      const middle = (low + high) >>> 1;
      if (this.checkpoints[middle]!.size >= entries) high = middle;
      else low = middle + 1;
    }
    const first = this.checkpoints[low];
    if (first === undefined) throw new BenchError(`There is no checkpoint over ${entries} entries.`);
    return first.at;
  }

  async close(): Promise<void> {
    await this.stream.close();
  }

  /** Follows the stream until it is closed. */
  private async follow(): Promise<never> {
    for (;;) {
      const inserted = await this.stream.next();
      const at = performance.now();
      const { ns, documentKey, fullDocument } = inserted;
      if (ns.coll === 'blocks') {
        const { task, n } = documentKey._id as { task: number; n: number };
        this.blocks.set(`${task}/${n}`, at);
        for (const { from, to } of fullDocument?.ranges ?? []) this.covered += to - from;
      } else {
        this.checkpoints.push({ size: documentKey._id as number, at });
      }
      this.change.resolve();
      this.change = Promise.withResolvers<void>();
    }
  }
}
