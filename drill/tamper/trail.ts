import { Binary, Long } from 'mongodb';
import type { Db } from 'mongodb';
import { decodeEntry } from '#libs/events';
import type { Finding } from '#libs/judge';
import { encodeBundle } from '#libs/log';
import { decodeBundle } from '#libs/log';
import { makeBlock } from '#libs/trail';
import type { Block, BlockRange } from '#libs/trail';
import { Tally } from '../../apps/auditor/src/tally.js';
import type { TrailCollection } from './pristine.js';

/** A document's fields, whatever they are. */
export type Fields = Record<string, unknown>;

/** A block of the log as whoever tampers sees it. */
export interface Target {
  readonly task: number;
  readonly n: number;
  readonly count: number;
  /** Log index of its first entry. */
  readonly start: number;
}

/** A block's content, to be changed. */
export interface Content {
  readonly task: number;
  readonly n: number;
  ranges: BlockRange[];
  next: Record<string, number>;
  entries: Buffer[];
  previous: Buffer | null;
  readonly document: Fields;
}

/** The trail in the hands of its database's administrator. */
export class Trail {
  private constructor(
    readonly db: Db,
    /** The blocks in the log, in its order. */
    readonly targets: readonly Target[],
  ) {}

  static async of(db: Db): Promise<Trail> {
    const targets: Target[] = [];
    for (const { _id, blocks } of await db
      .collection('sequence')
      .find({}, { sort: { _id: 1 } })
      .toArray()) {
      let start = Number(_id);
      for (const { task, n, count } of blocks as { task: number; n: number; count: number }[]) {
        targets.push({ task, n, count, start });
        start += count;
      }
    }
    return new Trail(db, targets);
  }

  /** The block of some entries that has this log index in it or comes behind; of one task where given. */
  target(logIndex: number, task?: number): Target {
    const wanted = this.targets.filter(
      (one) => one.count > 3 && one.n > 0 && (task === undefined ? one.task >= 0 : one.task === task),
    );
    return wanted.find(({ start, count }) => start + count > logIndex) ?? (wanted.at(-1) as Target);
  }

  async get(collection: TrailCollection, id: unknown): Promise<Fields> {
    const document = await this.db.collection(collection).findOne({ _id: id as never });
    if (document === null) throw new Error(`${collection} has no ${JSON.stringify(id)}`);
    return document;
  }

  async set(collection: TrailCollection, id: unknown, fields: Fields): Promise<void> {
    const { matchedCount } = await this.db.collection(collection).updateOne({ _id: id as never }, { $set: fields });
    if (matchedCount !== 1) throw new Error(`${collection} has no ${JSON.stringify(id)}`);
  }

  async drop(collection: TrailCollection, id: unknown): Promise<void> {
    const { deletedCount } = await this.db.collection(collection).deleteOne({ _id: id as never });
    if (deletedCount !== 1) throw new Error(`${collection} has no ${JSON.stringify(id)}`);
  }

  async add(collection: TrailCollection, document: Fields): Promise<void> {
    await this.db.collection(collection).insertOne(document);
  }

  block({ task, n }: Pick<Target, 'task' | 'n'>): Promise<Fields> {
    return this.get('blocks', blockId(task, n));
  }

  setBlock({ task, n }: Pick<Target, 'task' | 'n'>, fields: Fields): Promise<void> {
    return this.set('blocks', blockId(task, n), fields);
  }

  async content({ task, n }: Pick<Target, 'task' | 'n'>): Promise<Content> {
    const document = await this.block({ task, n });
    const { entries, count, ranges, next, previous } = document;
    return {
      task,
      n,
      ranges: (ranges as BlockRange[]).map((range) => ({
        ...range,
        lost: (range as { lost?: boolean }).lost === true,
      })),
      next: Object.fromEntries(
        (next as { topic: string; offset: number }[]).map(({ topic, offset }) => [topic, offset]),
      ),
      entries: decodeBundle(bytes(entries), count as number).map((entry) => Buffer.from(entry)),
      previous: previous === null ? null : bytes(previous),
      document,
    };
  }

  /** Writes a block's content with hashes and digest that are right, and what is derived of it. */
  async rewrite(content: Content): Promise<Block> {
    const block = blockOf(content);
    await this.setBlock(content, {
      entries: new Binary(block.entries),
      hashes: new Binary(block.hashes),
      count: block.count,
      digest: new Binary(block.digest),
      previous: block.previous === null ? null : new Binary(block.previous),
      ranges: rangeDocuments(block.ranges),
      next: nextDocuments(block.next),
      ...summaryOf(content),
    });
    return block;
  }

  /** Sizes of the checkpoints, ascending. */
  async sizes(): Promise<number[]> {
    const all = await this.db
      .collection('checkpoints')
      .find({}, { projection: { _id: 1 }, sort: { _id: 1 } })
      .toArray();
    return all.map(({ _id }) => Number(_id));
  }
}

/** The counts that stand beside a block, of its entries as they are now. */
function summaryOf({ entries }: Content): Fields {
  const tally = new Tally();
  for (const bytes of entries) {
    const { kind, controller, verdict, reasons, register } = decodeEntry(bytes);
    if (kind === 'reveal' || kind === 'erased') continue;
    const known = controller !== null && !reasons.some(({ rule }) => rule === 'controller-unknown');
    const finding = { verdict, reasons, assumptions: [], register: register?.toString('hex') ?? null };
    tally.add(known ? controller : null, finding as Finding);
  }
  const { verdicts, rules } = tally.summary();
  return { verdicts: [...verdicts], rules: [...rules] };
}

/** The block that this content makes. */
export function blockOf(content: Content): Block {
  const { document, previous, n, ...rest } = content;
  const end = n === 0 ? null : { n: n - 1, digest: previous ?? Buffer.alloc(32), next: {} };
  const { writer, recordedAt, verdicts, rules } = document;
  const summary = { verdicts, rules } as Block['summary'];
  return makeBlock({ ...rest, writer: writer as string, recordedAt: (recordedAt as Date).getTime(), summary }, end);
}

export function blockId(task: number, n: number): { task: number; n: Long } {
  return { task, n: Long.fromNumber(n) };
}

export function tileId(level: number, index: number): { level: number; index: Long } {
  return { level, index: Long.fromNumber(index) };
}

export function rangeDocuments(ranges: readonly BlockRange[]): Fields[] {
  return ranges.map(({ topic, partition, from, to, lost }) => ({
    ...{ topic, partition, from: Long.fromNumber(from), to: Long.fromNumber(to) },
    ...(lost ? { lost: true } : {}),
  }));
}

export function nextDocuments(next: Readonly<Record<string, number>>): Fields[] {
  return Object.entries(next).map(([topic, offset]) => ({ topic, offset: Long.fromNumber(offset) }));
}

/** What a binary field holds; a copy. */
export function bytes(binary: unknown): Buffer {
  return Buffer.from((binary as Binary).value());
}

/** The same bytes with one bit changed. */
export function flipped(binary: unknown, at: number): Binary {
  const changed = bytes(binary);
  changed[at] = (changed[at] as number) ^ 1;
  return new Binary(changed);
}

export function bundled(entries: readonly Buffer[]): Binary {
  return new Binary(encodeBundle(entries));
}
