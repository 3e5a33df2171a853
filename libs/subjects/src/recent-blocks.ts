import type { Positions } from './codec.js';

/** Whom a block's entries are about and what they were judged from, in memory. */
export interface RecentBlock {
  readonly n: number;
  /** Greatest `occurredAt` of its entries, ms. */
  readonly latest: number;
  /** Numbers of the subjects in `entries`, from 1, by key. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly entries: Positions['entries'];
  /** See `encodeEvidence`. */
  readonly evidence: Buffer;
}

/** What a block takes beside its content, and a subject's key and an entry's number beside the evidence, about. */
const BLOCK_BYTES = 1_024;
const SUBJECT_BYTES = 96;
const ENTRY_BYTES = 8;

/**
 * The last blocks of a task that its owner wrote, as many as fit a number of bytes: evidence that comes seconds late, as
 * most does, is then held against them without asking MongoDB.
 */
export class RecentBlocks {
  private readonly blocks = new Map<number, RecentBlock>();
  private bytes = 0;
  private greatest: number;

  /**
   * @param next number of the first block to come
   * @param latestBefore greatest `occurredAt` of the entries of all blocks that are not here, ms; -Infinity: there are none
   */
  constructor(
    private readonly capacity: number,
    private next: number,
    public latestBefore: number,
  ) {
    this.greatest = latestBefore;
  }

  /** Greatest `occurredAt` of the task's entries, ms. */
  get latest(): number {
    return this.greatest;
  }

  /** Number of the first block that is here; all later ones are here too. */
  get first(): number {
    const [first] = this.blocks.keys();
    return first ?? this.next;
  }

  get(n: number): RecentBlock | undefined {
    return this.blocks.get(n);
  }

  values(): Iterable<RecentBlock> {
    return this.blocks.values();
  }

  add(block: RecentBlock): void {
    this.blocks.set(block.n, block);
    this.next = block.n + 1;
    this.bytes += weight(block);
    this.greatest = Math.max(this.greatest, block.latest);
    for (const [n, oldest] of this.blocks) {
      if (this.bytes <= this.capacity) break;
      this.blocks.delete(n);
      this.bytes -= weight(oldest);
      this.latestBefore = Math.max(this.latestBefore, oldest.latest);
    }
  }

  clear(): void {
    this.blocks.clear();
    this.bytes = 0;
  }
}

function weight({ numbers, entries, evidence }: RecentBlock): number {
  return BLOCK_BYTES + evidence.length + SUBJECT_BYTES * numbers.size + ENTRY_BYTES * entries.length;
}
