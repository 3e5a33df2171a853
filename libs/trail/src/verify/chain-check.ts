import { hash } from 'node:crypto';
import type { OnFault } from '#libs/log';
import type { EntryFacts, StatedAccount, StatedPosition, StatedRange, StatedRegister } from './entry-reader.js';
import { LoadedRegisters } from './loaded-registers.js';
import { SummaryCount, type StatedSummary } from './summary-count.js';

/** A block as the log or the database states it. */
export interface StatedBlock {
  readonly task: number;
  /** Number in the task's chain, from 0. */
  readonly n: number;
  /** Digest of the block before, 32 bytes; null in block 0. */
  readonly previous: Buffer | null;
  /** null where it is not public: it shows in the block that follows. */
  readonly digest: Buffer | null;
  readonly ranges: readonly StatedRange[];
  /** Next offset by topic; null where it is not public. */
  readonly next: ReadonlyMap<string, number> | null;
  /** null where it is not public. */
  readonly summary: StatedSummary | null;
  /** ms since the epoch; null where it is not public. */
  readonly recordedAt: number | null;
}

/** Where a task's chain begins of which the first part was pruned. */
export interface ChainStart {
  readonly task: number;
  readonly n: number;
  readonly previous: Buffer | null;
  readonly next: ReadonlyMap<string, number>;
}

/** What became of a topic-partition's offsets. */
export interface AccountedPartition {
  readonly topic: string;
  readonly partition: number;
  /** Every offset from `from` to before this one is accounted for exactly once. */
  readonly to: number;
  /** 0, but where the log was pruned. */
  readonly from: number;
  /** Offsets among them whose records Kafka had deleted before they were read. */
  readonly lost: number;
  /** Offsets among them that only blocks without an entry account for, which the public log does not show. */
  readonly unseen: number;
}

/** An entry that amends another, which is to be held against it. */
export interface Amendment {
  /** How it is called. */
  readonly where: string;
  /** The amended entry, which stands before it. */
  readonly amends: StatedPosition;
  /** Log index of the amended entry; null where it is not in the log yet. */
  readonly logIndex: number | null;
}

interface Chain {
  n: number;
  digest: Buffer | null;
  /** Entries of each block, from `firstBlock` on. */
  readonly counts: number[];
  /** Log index of the first entry of each block, from `firstBlock` on; kept for the public log alone. */
  readonly starts: number[];
  readonly firstBlock: number;
  stated: boolean;
  /** null: which registers were loaded is not said. */
  registers: LoadedRegisters | null;
}

interface End {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  to: number;
  lost: number;
  unseen: number;
}

interface Current {
  readonly block: StatedBlock;
  readonly chain: Chain;
  /** How the block is called. */
  readonly where: string;
  /** Log index of the first entry; null: it is not in the log yet. */
  readonly start: number | null;
  /** Offsets of the entries of each range, in their order. */
  readonly offsets: number[][];
  readonly summary: SummaryCount;
  count: number;
  /** Entries of records that the block does not account for. */
  misplaced: number;
  /** Whether an entry of another time was found. */
  mistimed: boolean;
  /** Whether its first entry states an account. */
  accounted: boolean;
}

/** More blocks than this do not lie between two that are there, whatever a forged number says. */
const MOST_SKIPPED = 1_000_000;

/** Kinds of entries of which each record of Kafka has exactly one. */
const OF_RECORDS: ReadonlySet<string> = new Set(['finding', 'unreadable']);

/**
 * Holds that every block of every task is there once and names the one before it, that the offsets of each
 * topic-partition continue from block to block, that every entry of a record stands in the block that accounts for its
 * offset, and no offset twice.
 *
 * Blocks come one after the other: `begin`, `entry` for each entry, `end`; those of a task in their order.
 */
export class ChainCheck {
  private readonly chains = new Map<number, Chain>();
  private readonly ends = new Map<string, End>();
  private current: Current | null = null;
  private blockCount = 0;
  private unstated = 0;
  /** The log has entries of blocks that do not say of themselves which they are; for the public log. */
  hasUnplaced = false;
  private readonly registers = new Map<string, StatedRegister & { readonly where: string }>();
  private readonly publicOnly: boolean;
  private readonly pruned: boolean;

  /**
   * @param starts of tasks whose first blocks were pruned
   * @param publicOnly blocks without entries do not show, so that numbers and offsets may be left out
   * @param pruned a task begins wherever its first block is, which nobody else says
   */
  constructor(
    private readonly onFault: OnFault,
    starts: readonly ChainStart[] = [],
    { publicOnly = false, pruned = false } = {},
  ) {
    this.publicOnly = publicOnly;
    this.pruned = pruned;
    for (const { task, n, previous, next } of starts) {
      this.chains.set(task, {
        ...{ n: n - 1, digest: previous, counts: [], starts: [], firstBlock: n },
        ...{ stated: false, registers: null },
      });
      for (const [topic, from] of next) this.endOf(topic, task, from);
    }
  }

  get blocks(): number {
    return this.blockCount;
  }

  /** Entries of blocks that do not state in the log what they account for: those written before schema 1.1.0. */
  get entriesWithoutAccount(): number {
    return this.unstated;
  }

  /** Every register that the trail says was loaded, and where it first says so. */
  get statedRegisters(): readonly (StatedRegister & { readonly where: string })[] {
    return [...this.registers.values()];
  }

  get tasks(): number[] {
    return [...this.chains.keys()].sort((a, b) => a - b);
  }

  get partitions(): AccountedPartition[] {
    return [...this.ends.values()].sort((a, b) => a.partition - b.partition || (a.topic < b.topic ? -1 : 1));
  }

  /** Number of the block that has to come next in a task. */
  nextOf(task: number): number {
    return (this.chains.get(task)?.n ?? -1) + 1;
  }

  /** @param start log index of the block's first entry; null: it is not in the log yet */
  begin(block: StatedBlock, start: number | null): void {
    const where = blockName(block.task, block.n);
    const chain = this.chainOf(block);
    this.current = {
      block,
      chain,
      where,
      start,
      offsets: block.ranges.map(() => []),
      summary: new SummaryCount(),
      count: 0,
      misplaced: 0,
      mistimed: false,
      accounted: false,
    };
    this.blockCount++;
    const skipped = block.n - chain.n - 1;
    if (skipped < 0 || (skipped > 0 && !this.publicOnly)) {
      const expected = chain.n + 1;
      this.fault('block', where, `block ${expected} of the task should stand here: a block is missing, or comes twice`);
    } else if (skipped === 0 && !sameBytes(block.previous, chain.digest)) {
      this.fault('block', where, 'it does not name the digest of the block before it');
    }
    // What is missing has no entry that could be named.
    if (skipped < MOST_SKIPPED) {
      for (let i = 0; i < skipped; i++) {
        chain.counts.push(0);
        if (this.publicOnly) chain.starts.push(0);
      }
    }
    if (this.publicOnly) chain.starts.push(start ?? 0);
    chain.n = block.n;
    for (const range of block.ranges) this.addRange(range, skipped > 0);
    if (block.next !== null) this.checkNext(block.next);
  }

  /**
   * The next entry of the block.
   *
   * @returns where it amends another one: both of them, to be compared; null otherwise, and where it cannot be right
   */
  entry(facts: EntryFacts): Amendment | null {
    const current = this.current as Current;
    const index = current.count++;
    const { kind, source, act } = facts;
    const ofRecord = OF_RECORDS.has(kind);
    if (source === null) {
      if (ofRecord) this.entryFault(index, `it is a ${kind} and names no record`);
    } else if (ofRecord) {
      this.addOffset(current, source, index);
    } else if (kind !== 'amendment') {
      this.entryFault(index, `it is of kind ${kind} and names a record, which only its finding does`);
    }
    if (kind === 'other') this.entryFault(index, 'it is of a kind that is never written');
    if (act?.position) this.checkPosition(act.position, index, 'is about');
    this.checkAccount(facts, index);
    this.checkTime(current, facts, index);
    current.summary.add(facts);
    if (kind === 'amendment' || facts.amends !== null) return this.checkAmendment(facts, index);
    const fault = current.chain.registers?.fault(facts) ?? null;
    if (fault !== null) this.entryFault(index, fault);
    return null;
  }

  /** Passes an entry that cannot be read. */
  skipEntry(): void {
    (this.current as Current).count++;
  }

  /** @param hashes the leaf hashes of the block's entries */
  end(hashes: Buffer): void {
    const { block, chain, where, offsets, summary, count, accounted, misplaced } = this.current as Current;
    const digest = digestOf(block, hashes);
    chain.digest = block.digest ?? digest;
    if (block.digest !== null && !block.digest.equals(digest)) {
      this.fault('block', where, 'its digest is not that of its content');
    }
    chain.counts.push(count);
    if (!accounted) this.unstated += count;
    if (misplaced > 1) this.fault('block', where, `it has ${misplaced} entries of records it does not account for`);
    for (const [i, list] of offsets.entries()) this.checkOnce(block.ranges[i] as StatedRange, list);
    const fault = block.summary === null ? null : summary.difference(block.summary);
    if (fault !== null) this.fault('block', where, fault);
    this.current = null;
  }

  private chainOf({ task, n, previous }: StatedBlock): Chain {
    let chain = this.chains.get(task);
    if (chain === undefined) {
      const begins = this.pruned
        ? { n: n - 1, digest: previous, firstBlock: n }
        : { n: -1, digest: null, firstBlock: 0 };
      this.chains.set(task, (chain = { ...begins, counts: [], starts: [], stated: false, registers: null }));
    }
    return chain;
  }

  private addRange({ topic, partition, from, to, lost }: StatedRange, afterGap: boolean): void {
    const { block, where } = this.current as Current;
    const end = this.endOf(topic, partition, this.pruned ? from : 0);
    const fault = (message: string) => this.fault('offset', `${topic}, partition ${partition}`, `${where} ${message}`);
    if (partition !== block.task) fault('accounts for offsets of another task');
    if (!(to > from)) fault('has an empty range of offsets');
    if (from < end.to) fault(`accounts for offsets ${from} to ${Math.min(end.to, to) - 1} again`);
    else if (from > end.to && afterGap) end.unseen += from - end.to;
    else if (from > end.to) fault(`begins at offset ${from}: ${end.to} to ${from - 1} are not accounted for`);
    end.to = Math.max(end.to, to);
    if (lost) end.lost += to - from;
  }

  private checkNext(next: ReadonlyMap<string, number>): void {
    const { block, where } = this.current as Current;
    for (const [topic, offset] of next) {
      const end = this.ends.get(endKey(topic, block.task))?.to ?? 0;
      if (end !== offset) {
        const message = `${where} says to go on at offset ${offset}, its ranges end at ${end}`;
        this.fault('offset', `${topic}, partition ${block.task}`, message);
      }
    }
    for (const { topic } of block.ranges) {
      if (!next.has(topic))
        this.fault('offset', `${topic}, partition ${block.task}`, `${where} does not say where to go on`);
    }
  }

  private addOffset(current: Current, source: NonNullable<EntryFacts['source']>, index: number): void {
    const { block, offsets } = current;
    const { topic, partition, offset } = source;
    for (let i = 0; i < block.ranges.length; i++) {
      const range = block.ranges[i] as StatedRange;
      if (offset < range.from || offset >= range.to || range.partition !== partition || range.topic !== topic) continue;
      if (range.lost) this.entryFault(index, `its record, offset ${offset} of ${topic}, is said to be lost`);
      (offsets[i] as number[]).push(offset);
      return;
    }
    // In a block that is not in its place it would be said of every entry.
    if (current.misplaced++ > 0) return;
    this.entryFault(index, `its block does not account for its record, offset ${offset} of ${topic}/${partition}`);
  }

  private checkOnce({ topic, partition }: StatedRange, offsets: readonly number[]): void {
    let ascending = true;
    for (let i = 1; i < offsets.length && ascending; i++)
      ascending = (offsets[i] as number) > (offsets[i - 1] as number);
    if (ascending) return;
    const seen = new Set<number>();
    for (const offset of offsets) {
      if (seen.has(offset)) {
        const { where } = this.current as Current;
        this.fault('offset', `${topic}, partition ${partition}`, `${where} has two entries for offset ${offset}`);
      }
      seen.add(offset);
    }
  }

  private checkAmendment({ kind, amends }: EntryFacts, index: number): Amendment | null {
    const { block, start } = this.current as Current;
    const place = start === null ? null : start + index;
    if (amends === null) {
      this.entryFault(index, 'it amends and does not say what');
      return null;
    }
    if (kind !== 'amendment') {
      this.entryFault(index, `it is of kind ${kind}, and says that it amends another entry`);
      return null;
    }
    if (amends.task !== block.task) {
      const { task, block: n, index: i } = amends;
      this.entryFault(index, `the entry it amends, ${task}/${n}/${i}, is of another task`);
      return null;
    }
    if (!this.checkPosition(amends, index, 'amends')) return null;
    const chain = (this.current as Current).chain;
    const own = amends.block === block.n;
    const first = own ? start : (chain.starts[amends.block - chain.firstBlock] ?? null);
    const where = entryName(block.task, block.n, index, place);
    return { where, amends, logIndex: first === null ? null : first + amends.index };
  }

  /**
   * An entry speaks only of entries that stand before it.
   *
   * @returns true where it is one that was read
   */
  private checkPosition({ task, block, index }: StatedPosition, own: number, verb: string): boolean {
    const { block: current } = this.current as Current;
    const fault = (): false => {
      this.entryFault(own, `the entry it ${verb}, ${task}/${block}/${index}, does not stand before it`);
      return false;
    };
    if (task === current.task && block === current.n) return (index >= 0 && index < own) || fault();
    const chain = this.chains.get(task);
    if (chain !== undefined && block >= 0 && block < chain.firstBlock) return false;
    const count = chain?.counts[block - chain.firstBlock];
    // A block that does not show may be one that does not say which it is.
    if (count === 0 && this.hasUnplaced) return false;
    return (count !== undefined && index >= 0 && index < count) || fault();
  }

  /** When a block was recorded, by which its retention counts, is proved by its entries since there are accounts. */
  private checkTime(current: Current, { recordedAt }: EntryFacts, index: number): void {
    const stated = current.block.recordedAt;
    if (stated === null || stated === recordedAt || !current.accounted || current.mistimed) return;
    current.mistimed = true;
    this.entryFault(index, 'it was recorded at another time than its block says');
  }

  private checkAccount({ account, canAccount, canNameRegisters }: EntryFacts, index: number): void {
    const { block, chain } = this.current as Current;
    if (index > 0) {
      if (account !== null) this.entryFault(index, 'it states an account, and is not the first of its block');
      return;
    }
    // A program that cannot say which registers it loaded may have loaded others.
    if (!canNameRegisters) chain.registers = null;
    if (account !== null) {
      if (account.registers !== null) chain.registers = this.load(account.registers, index);
      (this.current as Current).accounted = true;
      chain.stated = true;
      const difference = accountDifference(account, block);
      if (difference !== null) this.entryFault(index, `it states ${difference} than its block`);
    } else if (canAccount || chain.stated) {
      this.entryFault(index, 'it begins a block and does not state what the block accounts for');
    }
  }

  private load(registers: readonly StatedRegister[], index: number): LoadedRegisters {
    const days = new Set(registers.map(({ controller, inForceFrom }) => `${inForceFrom} ${controller}`));
    if (days.size < registers.length) this.entryFault(index, 'it states two registers of one controller for one day');
    for (const register of registers) {
      const known = this.registers.get(register.sha256);
      if (known === undefined) {
        const { block } = this.current as Current;
        this.registers.set(register.sha256, { ...register, where: blockName(block.task, block.n) });
      } else if (!sameRegister(known, register)) {
        const message = `it states the register ${register.sha256.slice(0, 12)} otherwise than ${known.where}`;
        this.entryFault(index, message);
      }
    }
    return new LoadedRegisters(registers);
  }

  private endOf(topic: string, partition: number, from: number): End {
    const key = endKey(topic, partition);
    let end = this.ends.get(key);
    if (end === undefined) this.ends.set(key, (end = { topic, partition, from, to: from, lost: 0, unseen: 0 }));
    return end;
  }

  private entryFault(index: number, message: string): void {
    const { block, start } = this.current as Current;
    this.fault('entry', entryName(block.task, block.n, index, start === null ? null : start + index), message);
  }

  private fault(kind: 'block' | 'offset' | 'entry', where: string, message: string): void {
    this.onFault({ kind, where, message });
  }
}

export function blockName(task: number, n: number): string {
  return `block ${n} of task ${task}`;
}

/** Such as `entry 785 (3/17/4)`: log index, and task, block and index; without log index `entry 3/17/4`. */
export function entryName(task: number, block: number, index: number, logIndex: number | null): string {
  const position = `${task}/${block}/${index}`;
  return logIndex === null ? `entry ${position}` : `entry ${logIndex} (${position})`;
}

/**
 * The digest that chains a block to the next one: SHA-256 over the JSON of `[task, n, previous in hex or null, [[topic,
 * partition, from, to, lost], …]]`, a zero byte, and the leaf hashes (docs/trail.md).
 */
function digestOf({ task, n, previous, ranges }: StatedBlock, hashes: Buffer): Buffer {
  const list = ranges.map((range) => [range.topic, range.partition, range.from, range.to, range.lost]);
  const head = JSON.stringify([task, n, previous === null ? null : previous.toString('hex'), list]);
  return hash('sha256', Buffer.concat([Buffer.from(head), Buffer.from([0]), hashes]), 'buffer');
}

/** What differs between what a block's first entry says and what the block says; null: nothing. */
function accountDifference(account: StatedAccount, block: StatedBlock): string | null {
  if (account.task !== block.task) return `another task (${account.task})`;
  if (account.block !== block.n) return `another number (${account.block})`;
  if (!sameBytes(account.previous, block.previous)) return 'another block before it';
  const text = (ranges: readonly StatedRange[]) =>
    JSON.stringify(ranges.map(({ topic, partition, from, to, lost }) => [topic, partition, from, to, lost]));
  if (account.ranges !== block.ranges && text(account.ranges) !== text(block.ranges)) return 'other offsets';
  return null;
}

function sameRegister(a: StatedRegister, b: StatedRegister): boolean {
  return a.controller === b.controller && a.version === b.version && a.inForceFrom === b.inForceFrom;
}

function endKey(topic: string, partition: number): string {
  return `${partition} ${topic}`;
}

function sameBytes(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}
