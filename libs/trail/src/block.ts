import { hash } from 'node:crypto';
import { encodeBundle } from '#libs/log';

/** Half-open range `[from, to)` of offsets of one topic-partition; `lost`: deleted by Kafka before it was read. */
export interface BlockRange {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly lost: boolean;
}

/** Counts kept beside a block, for cheap monitoring; derived from its entries. */
export interface BlockSummary {
  readonly verdicts: readonly { readonly controller: string; readonly verdict: string; readonly count: number }[];
  readonly rules: readonly { readonly rule: string; readonly count: number }[];
}

/** What is known of a block without reading its entries. */
export interface BlockHead {
  /** Partition number, or {@link ACTS_TASK}. */
  readonly task: number;
  /** Number in the task's chain, from 0. */
  readonly n: number;
  /** Digest of block `n - 1`; null in block 0. */
  readonly previous: Buffer | null;
  /** What the next block names as `previous`; see {@link digestOf}. */
  readonly digest: Buffer;
  /** The offsets this block accounts for; per topic-partition they continue those of earlier blocks. */
  readonly ranges: readonly BlockRange[];
  /** Next offset by topic after this block, of all the task's topics. */
  readonly next: Readonly<Record<string, number>>;
  /** Number of entries. */
  readonly count: number;
  /** Id of the owner's session that wrote it. */
  readonly writer: string;
  /** ms since the epoch. */
  readonly recordedAt: number;
  readonly summary: BlockSummary;
  /** As of when duties were looked at last by what the chain says up to here, ms; left out: not yet. */
  readonly sweptAt?: number;
}

export interface Block extends BlockHead {
  /** Each entry as big-endian uint16 length and bytes (C2SP tlog-tiles, "Log Entries"). */
  readonly entries: Buffer;
  /** The entries' RFC 6962 leaf hashes, 32 bytes each. */
  readonly hashes: Buffer;
}

/** Where a task's chain stands. */
export interface ChainEnd {
  readonly n: number;
  readonly digest: Buffer;
  readonly next: Readonly<Record<string, number>>;
  readonly sweptAt?: number;
}

/** Entries one after the other, each behind its length; see `encodeBundle`. */
export interface Bundle {
  readonly bytes: Buffer;
  /** Number of entries. */
  readonly count: number;
}

/** What a block is made of. */
export interface BlockContent {
  readonly task: number;
  readonly ranges: readonly BlockRange[];
  readonly next: Readonly<Record<string, number>>;
  readonly entries: readonly Buffer[] | Bundle;
  readonly writer: string;
  readonly recordedAt: number;
  readonly summary: BlockSummary;
  /** Left out: as of when the block before has it. */
  readonly sweptAt?: number;
}

/** Bytes of entries a block may have: with their hashes it stays well below MongoDB's 16 MB. */
export const MAX_BLOCK_BYTES = 8 * 1024 * 1024;

/** The chain of what people do with what is known of others; it is no partition's, and accounts for no offsets. */
export const ACTS_TASK = -1;

const HASH_BYTES = 32;
/** Of an entry's length in a bundle. */
const LENGTH_BYTES = 2;

/** A leaf in the making, for entries of all lengths, and its beginnings of each length that came. */
const leaf = Buffer.alloc(1 + 0xffff);
const views: Buffer[] = [];

/** Makes the block that follows `end` (null: the chain's first). */
export function makeBlock(content: BlockContent, end: ChainEnd | null): Block {
  const { entries: list, ...head } = content;
  const n = end === null ? 0 : end.n + 1;
  const previous = end?.digest ?? null;
  const { bytes: entries, count } = 'bytes' in list ? list : { bytes: encodeBundle(list), count: list.length };
  const hashes = leafHashes(entries, count);
  const digest = digestOf({ ...head, n, previous, hashes });
  const sweptAt = content.sweptAt ?? end?.sweptAt;
  const swept = sweptAt === undefined ? {} : { sweptAt };
  return { ...head, ...swept, n, previous, digest, count, entries, hashes };
}

/**
 * INVARIANT, asked once more before a block becomes durable: its ranges go on where the chain ends.
 *
 * @param end the chain so far; null: there is no block yet
 * @throws Error where offsets would be in no block, or in two; whoever makes the block has lost its place in the topics
 */
export function requireSequel(
  { task, ranges, next }: Pick<BlockContent, 'task' | 'ranges' | 'next'>,
  end: ChainEnd | null,
): void {
  const reached: Record<string, number> = { ...end?.next };
  for (const { topic, from, to } of ranges) {
    const expected = reached[topic] ?? 0;
    if (from !== expected) {
      const what = `${topic} would be audited from offset ${from}, though the trail holds it up to ${expected}`;
      throw new Error(`block ${end === null ? 0 : end.n + 1} of task ${task} does not follow: ${what}`);
    }
    reached[topic] = to;
  }
  for (const [topic, to] of Object.entries(next)) {
    if (to !== (reached[topic] ?? 0))
      throw new Error(`task ${task} would go on at offset ${to} of ${topic}, not at ${reached[topic] ?? 0}`);
  }
}

/** RFC 6962 leaf hashes, `SHA-256(00 ‖ entry)`, of the `count` entries of a bundle. */
export function leafHashes(bundled: Buffer, count: number): Buffer {
  const hashes = Buffer.allocUnsafeSlow(count * HASH_BYTES);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const length = bundled.readUInt16BE(at);
    const end = at + LENGTH_BYTES + length;
    bundled.copy(leaf, 1, at + LENGTH_BYTES, end);
    // A hash taken as a string of bytes costs a quarter of one taken as a buffer, and a view as much as a hash.
    hashes.write(hash('sha256', (views[length] ??= leaf.subarray(0, length + 1)), 'binary'), i * HASH_BYTES, 'binary');
    at = end;
  }
  return hashes;
}

/**
 * What chains a block to the one before: SHA-256 over the JSON of
 * `[task, n, previous in hex or null, [[topic, partition, from, to, lost], …]]`, a zero byte, and the leaf hashes.
 */
export function digestOf(block: Pick<Block, 'task' | 'n' | 'previous' | 'ranges' | 'hashes'>): Buffer {
  const ranges = block.ranges.map(({ topic, partition, from, to, lost }) => [topic, partition, from, to, lost]);
  const head = JSON.stringify([block.task, block.n, block.previous?.toString('hex') ?? null, ranges]);
  return hash('sha256', Buffer.concat([Buffer.from(`${head}\0`), block.hashes]), 'buffer');
}
