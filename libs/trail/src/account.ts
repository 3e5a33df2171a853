import { decodeEntry } from '#libs/events';
import { decodeBundle } from '#libs/log';
import { digestOf, leafHashes } from './block.js';
import type { Block, BlockHead } from './block.js';

/** What became of a topic-partition's offsets. */
export interface PartitionAccount {
  readonly topic: string;
  readonly partition: number;
  /** Every offset below this one is in exactly one block. */
  readonly to: number;
  /** Number of offsets whose records Kafka deleted before they were read. */
  readonly lost: number;
}

/** What a check of the whole trail found. */
export interface Account {
  readonly blocks: number;
  readonly entries: number;
  readonly partitions: readonly PartitionAccount[];
  /** One sentence each; empty: every offset is in exactly one block. */
  readonly faults: readonly string[];
}

interface Chain {
  n: number;
  digest: Buffer | null;
}

/**
 * Checks block by block that no offset is missing or twice: each task's chain has no gap, each block names the one before,
 * and the ranges of each topic-partition begin at offset 0 and continue without gap or overlap.
 *
 * Blocks of one task must be added in order; tasks may be mixed.
 */
export class Accounting {
  private blocks = 0;
  private entries = 0;
  private readonly chains = new Map<number, Chain>();
  private readonly ends = new Map<string, { topic: string; partition: number; to: number; lost: number }>();
  private readonly faults: string[] = [];

  add(head: BlockHead): void {
    const name = `block ${head.n} of task ${head.task}`;
    const chain = this.chains.get(head.task) ?? { n: -1, digest: null };
    if (head.n !== chain.n + 1) this.faults.push(`${name} follows block ${chain.n}`);
    else if (!same(head.previous, chain.digest)) this.faults.push(`${name} does not name the block before it`);
    this.chains.set(head.task, { n: head.n, digest: head.digest });
    this.blocks++;
    this.entries += head.count;
    for (const { topic, partition, from, to, lost } of head.ranges) {
      const key = `${partition} ${topic}`;
      const end = this.ends.get(key) ?? { topic, partition, to: 0, lost: 0 };
      if (partition !== head.task) this.faults.push(`${name} names partition ${partition} of ${topic}`);
      if (from < end.to) this.faults.push(`${name} names offsets ${from} to ${end.to - 1} of ${topic} again`);
      if (from > end.to) this.faults.push(`${name} leaves out offsets ${end.to} to ${from - 1} of ${topic}`);
      if (to <= from) this.faults.push(`${name} has an empty range of ${topic}`);
      this.ends.set(key, { topic, partition, to, lost: end.lost + (lost ? to - from : 0) });
    }
    for (const [topic, next] of Object.entries(head.next)) {
      const end = this.ends.get(`${head.task} ${topic}`)?.to ?? 0;
      if (end !== next) this.faults.push(`${name} ends ${topic} at ${next}, its ranges at ${end}`);
    }
  }

  /** As `add`, and checks that hashes and digest are those of the entries, and that these are of no more records. */
  addWhole(block: Block): void {
    const name = `block ${block.n} of task ${block.task}`;
    if (!holds(() => hashesHold(block))) {
      this.faults.push(`${name}: the hashes are not those of its entries`);
    }
    const records = recordsIn(block);
    const offsets = block.ranges.reduce((sum, { from, to, lost }) => sum + (lost ? 0 : to - from), 0);
    if (records > offsets) this.faults.push(`${name} has ${records} entries of records for ${offsets} offsets`);
    if (!digestOf(block).equals(block.digest)) this.faults.push(`${name}: the digest is not that of its content`);
    this.add(block);
  }

  result(): Account {
    const partitions = [...this.ends.values()].sort(
      (a, b) => a.partition - b.partition || (a.topic < b.topic ? -1 : 1),
    );
    return { blocks: this.blocks, entries: this.entries, partitions, faults: this.faults };
  }
}

function same(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}

/** Also false where bytes are left over behind the last entry, which no hash covers. */
function hashesHold({ entries, count, hashes }: Block): boolean {
  return decodeBundle(entries, count).length === count && leafHashes(entries, count).equals(hashes);
}

/** Number of entries that are the one of a record; what cannot be read is none. */
function recordsIn({ entries, count }: Block): number {
  let records = 0;
  try {
    for (const bytes of decodeBundle(entries, count)) {
      const { kind } = decodeEntry(bytes);
      if (kind === 'finding' || kind === 'unreadable') records++;
    }
  } catch {
    // The hashes tell.
  }
  return records;
}

function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
