import { RULES } from '#libs/judge';
import {
  entriesOf,
  type Block,
  type BlockHead,
  type BlockSummary,
  type PlacedEntry,
  type TrailReader,
} from '#libs/trail';
import { between, type Offsets } from './offsets.js';

export const VERDICTS = ['compliant', 'violation', 'gap', 'unreadable'] as const;

/** Counts of findings. */
export class Counts {
  total = 0;
  /** By controller, then verdict. */
  readonly byController = new Map<string, Map<string, number>>();
  readonly byRule = new Map<string, number>();

  add({ verdicts, rules }: BlockSummary): void {
    for (const { controller, verdict, count } of verdicts) {
      const row = this.byController.get(controller) ?? new Map<string, number>();
      row.set(verdict, (row.get(verdict) ?? 0) + count);
      this.byController.set(controller, row);
      this.total += count;
    }
    for (const { rule, count } of rules) this.byRule.set(rule, (this.byRule.get(rule) ?? 0) + count);
  }

  verdict(verdict: string): number {
    let sum = 0;
    for (const row of this.byController.values()) sum += row.get(verdict) ?? 0;
    return sum;
  }

  /** Rules that fired, in the order of the rule table. */
  rules(): [string, number][] {
    return RULES.flatMap((rule) => {
      const count = this.byRule.get(rule);
      return count === undefined ? [] : [[rule, count] as [string, number]];
    });
  }
}

/** Which block, and how many entries it has. */
type PlacedBlock = Pick<BlockHead, 'task' | 'n' | 'count'>;

const LATEST = 50;

/**
 * Follows the trail as it grows: counts of all of it and of what came since the start, the latest violations, and
 * which of the offsets published meanwhile have how many entries.
 */
export class TrailWatch {
  /** Everything in the trail. */
  readonly all = new Counts();
  /** What came since `begin`. */
  readonly since = new Counts();
  blocks = 0;
  /** Findings made since `begin` on no record of their own: earlier ones amended, duties found overdue. */
  readonly later = { amendments: 0, duties: 0 };
  /** The latest violations, newest first. */
  latest: PlacedEntry[] = [];

  private readonly next = new Map<number, number>();
  private readonly lasts = new Map<number, PlacedBlock>();
  /** By task, then topic: every offset below is in a block. */
  private readonly positions = new Map<number, Readonly<Record<string, number>>>();
  private readonly seen = new Map<string, Map<number, number>>();

  constructor(
    private readonly reader: TrailReader,
    /** Offsets below these were there before; their entries are not counted one by one. */
    private readonly from: Offsets,
  ) {}

  /** Takes in what is there already. */
  async begin(): Promise<void> {
    for await (const head of this.reader.heads()) {
      this.passed(head);
    }
  }

  /** Takes in the blocks that have come. */
  async poll(): Promise<void> {
    for (const task of await this.reader.tasks()) {
      for await (const block of this.reader.blocks({ task, from: this.next.get(task) ?? 0 })) this.take(block);
    }
  }

  /** Whether every offset below `to` is in a block, also those that were there before the start. */
  hasReached(to: Offsets): boolean {
    return [...to].every(([topic, ends]) =>
      ends.every((end, partition) => (this.positions.get(partition)?.[topic] ?? 0) >= end),
    );
  }

  /** Of the offsets between the start and `to`: how many have one entry, none, or more than one. */
  coverage(to: Offsets): { once: number; missing: number; repeated: number } {
    let once = 0;
    let repeated = 0;
    for (const [key, counts] of this.seen) {
      const [partition, topic] = split(key);
      const end = to.get(topic)?.[partition] ?? 0;
      for (const [offset, count] of counts) {
        if (offset >= end) continue;
        if (count === 1) once++;
        else repeated++;
      }
    }
    return { once, repeated, missing: between(this.from, to) - once - repeated };
  }

  /** Of each task, the last block seen that has entries. */
  lastBlocks(): PlacedBlock[] {
    return [...this.lasts.values()];
  }

  private passed({ task, n, count, next, summary }: BlockHead): void {
    this.all.add(summary);
    this.blocks++;
    this.next.set(task, n + 1);
    this.positions.set(task, next);
    if (count > 0) this.lasts.set(task, { task, n, count });
  }

  private take(block: Block): void {
    this.passed(block);
    this.since.add(block.summary);
    const found: PlacedEntry[] = [];
    for (const placed of entriesOf(block)) {
      const { kind, source, verdict } = placed.entry;
      if (verdict === 'violation') found.push(placed);
      if (kind === 'amendment') this.later.amendments++;
      if (kind === 'duty') this.later.duties++;
      if (kind !== 'finding' && kind !== 'unreadable') continue;
      if (source === null || source.offset < (this.from.get(source.topic)?.[source.partition] ?? 0)) continue;
      const key = `${source.partition} ${source.topic}`;
      const counts = this.seen.get(key) ?? new Map<number, number>();
      counts.set(source.offset, (counts.get(source.offset) ?? 0) + 1);
      this.seen.set(key, counts);
    }
    if (found.length > 0) this.latest = [...found.reverse(), ...this.latest].slice(0, LATEST);
  }
}

function split(key: string): [number, string] {
  const space = key.indexOf(' ');
  return [Number(key.slice(0, space)), key.slice(space + 1)];
}
