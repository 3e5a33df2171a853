import type { Collection, Db } from 'mongodb';
import { DamagedTrail } from './damaged-trail.js';
import { SEQUENCE } from './log-documents.js';
import type { SequenceDocument } from './log-documents.js';

/** A block and its place in the log. */
export interface OrderedBlock {
  readonly task: number;
  readonly n: number;
  readonly count: number;
  /** Log index of its first entry. */
  readonly start: number;
}

/** A stretch of the log: one document of `sequence`. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  /** Those that have entries. */
  readonly blocks: readonly OrderedBlock[];
  /** By task, the number of the first block after it. */
  readonly next: ReadonlyMap<number, number>;
}

/** Stretches kept. */
const KEPT = 1_024;

/** Reads which block has which entries of the log. */
export class LogOrder {
  private readonly collection: Collection<SequenceDocument>;
  /** By start, the least recently used first. */
  private readonly kept = new Map<number, Stretch>();

  /** @param keep whether to remember what was read: it never changes */
  constructor(
    db: Db,
    private readonly keep: boolean,
  ) {
    this.collection = db.collection(SEQUENCE, { readConcern: { level: 'majority' } });
  }

  /**
   * The blocks that have entries from `from` to before `to`, in the log's order.
   *
   * @throws DamagedTrail where the sequence does not cover the range, or contradicts itself
   */
  async blocks(from: number, to: number): Promise<OrderedBlock[]> {
    const blocks: OrderedBlock[] = [];
    for (let at = from; at < to;) {
      const known = this.keptAt(at);
      for (const stretch of known === null ? await this.stretches(at, to) : [known]) {
        blocks.push(...stretch.blocks.filter(({ start, count }) => start < to && start + count > from));
        at = stretch.end;
      }
    }
    return blocks;
  }

  /** Log index of a block's first entry; null where it is not in the log (any more, where the log was pruned). */
  async startOf(task: number, n: number): Promise<number | null> {
    const last = await this.collection.findOne({}, { sort: { _id: -1 } });
    if (last === null) return null;
    // The first stretch after which the task goes on behind the block: `next` only grows.
    let found: Stretch | null = null;
    for (let low = 0, high = Number(last._id); low <= high;) {
      const middle = low + Math.floor((high - low) / 2);
      const document = await this.collection.findOne({ _id: { $lte: middle } }, { sort: { _id: -1 } });
      const stretch = document === null ? null : toStretch(document);
      if (stretch !== null && (stretch.next.get(task) ?? 0) > n) {
        found = stretch;
        high = stretch.start - 1;
      } else {
        low = stretch?.end ?? middle + 1;
      }
    }
    return found?.blocks.find((block) => block.task === task && block.n === n)?.start ?? null;
  }

  /**
   * By task, the number of the first block that has entries from a log index on, or comes after such a one.
   *
   * @throws DamagedTrail where the sequence contradicts itself
   */
  async firstBlocks(index: number): Promise<Map<number, number>> {
    const document = await this.collection.findOne({ _id: { $lte: index } }, { sort: { _id: -1 } });
    if (document === null) return new Map();
    const { start, next } = toStretch(document);
    const first = new Map(next);
    let end = start;
    for (const { task, n, count } of document.blocks) {
      end += count;
      if (end > index) first.set(task, Math.min(first.get(task) ?? Infinity, Number(n)));
    }
    return first;
  }

  private keptAt(index: number): Stretch | null {
    for (const stretch of this.kept.values()) {
      if (stretch.start > index || index >= stretch.end) continue;
      this.remember(stretch);
      return stretch;
    }
    return null;
  }

  private remember(stretch: Stretch): void {
    if (!this.keep) return;
    this.kept.delete(stretch.start);
    this.kept.set(stretch.start, stretch);
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value as number);
  }

  /** The stretches from that which holds `at` to that which holds `to - 1`; at least one. */
  private async stretches(at: number, to: number): Promise<Stretch[]> {
    const first = await this.collection.findOne({ _id: { $lte: at } }, { sort: { _id: -1 } });
    const documents = first === null ? [] : [first];
    if (first !== null && Number(first.end) < to) {
      documents.push(
        ...(await this.collection.find({ _id: { $gt: first._id, $lt: to } }, { sort: { _id: 1 } }).toArray()),
      );
    }
    const stretches = documents.map(toStretch);
    let end = at;
    for (const stretch of stretches) {
      if (stretch.start > end || stretch.end <= end) break;
      end = stretch.end;
      this.remember(stretch);
    }
    if (end < to) throw new DamagedTrail(`The sequence of blocks has no block for entry ${end} of the log.`);
    return stretches;
  }
}

function toStretch(document: SequenceDocument): Stretch {
  const start = Number(document._id);
  const blocks: OrderedBlock[] = [];
  let end = start;
  for (const { task, n, count } of document.blocks) {
    if (count > 0) blocks.push({ task, n: Number(n), count, start: end });
    end += count;
  }
  if (end !== Number(document.end)) {
    throw new DamagedTrail(`The sequence document ${start} ends at ${Number(document.end)}, its blocks at ${end}.`);
  }
  return { start, end, blocks, next: new Map(document.next.map(({ task, n }) => [task, Number(n)])) };
}
