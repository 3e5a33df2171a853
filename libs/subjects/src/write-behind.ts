import { Long } from 'mongodb';
import { DURABLE } from '#libs/trail';
import type { MongoWatch } from '#libs/trail';
import { removeVoid } from './by-block.js';
import type { SubjectVault } from './collections.js';
import { blocksBetween } from './documents.js';
import type { DueSubjects } from './due-subjects.js';
import { writeTouched } from './problem-people.js';
import type { ProblemPeople } from './problem-people.js';
import type { Subject } from './subject.js';
import { toDue, toMark, toWrite, writeDocuments, type SubjectWrite } from './subject-writes.js';

/** The task whose subjects are written. */
export interface WrittenTask {
  readonly task: number;
  readonly writer: string;
  /** Last block of the owners before. */
  readonly inherited: number;
  /** Last block that all documents had when the task was taken over. */
  readonly watermark: number;
}

/** One in so many of the blocks that documents may be behind is caught up with at a time. */
const BLOCKS_SHARE = 64;

/** How the documents follow; see SubjectOptions. */
export interface WriteBehindOptions {
  readonly keepBlocks: number;
  readonly keepBytes: number;
  /** Subjects in memory whose documents are behind, at most about. */
  readonly keepSubjects: number;
  readonly flushSubjects: number;
}

/** What the subjects' documents need of their owner. */
export interface WriteBehindSource {
  readonly dues: DueSubjects;
  readonly people: ProblemPeople;
  /** Last block that is durable. */
  readonly lastWritten: () => number;
  /** Subjects that the block under way changes. */
  readonly underWay: () => readonly Subject[];
}

/** Watermark and journal are tidied once this many blocks can go. */
const TIDY_BLOCKS = 32;

/**
 * Writes the subjects' documents in the background, some blocks behind, and afterwards tidies the journal that had what
 * they lacked. What it does not come to write, the journal has.
 */
export class WriteBehind {
  /** Changed subjects whose documents are behind, to the block of their first change since; in order of that block. */
  private readonly behind = new Map<string, { readonly subject: Subject; readonly since: number }>();
  /** Subjects whose documents are being written. */
  private writing = new Map<string, Subject>();
  private flushing: Promise<void> | null = null;
  private readonly closing = new AbortController();
  private tidied: number;
  /** Journals of the last blocks of ours, as far as documents may be behind them. */
  private readonly journals: { readonly n: number; readonly bytes: number }[] = [];
  private journalBytes = 0;
  /** Documents that lack this block, or an earlier one, are to be written. */
  private overdue: number;
  /** Set where a write failed for good: from then on the journal alone keeps what is new. */
  private broken = false;

  constructor(
    private readonly of: WrittenTask,
    private readonly vault: SubjectVault,
    private readonly watch: MongoWatch,
    private readonly options: WriteBehindOptions,
    private readonly source: WriteBehindSource,
  ) {
    this.tidied = of.watermark;
    this.overdue = of.inherited;
  }

  /** A subject whose document is behind, or may still be. */
  get(key: string): Subject | undefined {
    return this.behind.get(key)?.subject ?? this.writing.get(key);
  }

  isBehind({ key }: Subject): boolean {
    return this.behind.has(key);
  }

  /** Subjects whose documents are behind, or may still be. */
  *subjects(): Generator<Subject> {
    for (const { subject } of this.behind.values()) yield subject;
    for (const [key, subject] of this.writing) if (!this.behind.has(key)) yield subject;
  }

  /** Notes that what is in memory of a subject is that of block `n`, and its document behind. */
  keep(subject: Subject, n: number): void {
    subject.through = n;
    subject.keptLate = subject.late;
    if (!this.behind.has(subject.key)) this.behind.set(subject.key, { subject, since: n });
  }

  /** Goes on writing after block `n`, with so many bytes of journal, unless it is writing still. */
  after(n: number, bytes: number): void {
    const { keepBlocks, keepBytes, keepSubjects } = this.options;
    const { journals } = this;
    journals.push({ n, bytes });
    this.journalBytes += bytes;
    // Many documents together cost less than a command for a few of them after each block.
    const isOver = (journals[0]?.n ?? n) <= n - keepBlocks - Math.floor(keepBlocks / BLOCKS_SHARE);
    const tooOld = isOver ? n - keepBlocks : -Infinity;
    for (const oldest of journals) {
      if (this.journalBytes <= keepBytes && oldest.n > tooOld) break;
      this.overdue = oldest.n;
      this.journalBytes -= oldest.bytes;
    }
    while ((journals[0]?.n ?? Infinity) <= this.overdue) journals.shift();
    if (this.flushing === null) this.flush(this.overdue, keepSubjects);
  }

  /** Writes what sweeping found, and whom problems touch, also where no block comes of it. */
  withoutBlock(): void {
    if (this.flushing === null) this.flush(-1, Infinity);
  }

  /**
   * Writes what is left, where `orderly` and time allows.
   *
   * @param ready done between what is under way and what is left
   */
  async close(orderly: boolean, withinMs: number, ready: () => Promise<void>): Promise<void> {
    const timer = setTimeout(() => this.closing.abort(), withinMs);
    if (!orderly) this.closing.abort();
    await this.flushing;
    await ready();
    // At least once, since the journal may be tidied even where no document is behind.
    for (let again = true; again && !this.closing.signal.aborted && !this.broken; again = this.behind.size > 0) {
      this.flush(Infinity, 0);
      await this.flushing;
    }
    clearTimeout(timer);
  }

  /**
   * Writes documents of subjects that have been behind since block `until` or before, and of others where more than `keep`
   * are, when subjects are due, and whom problems touch. They are encoded here and now, between two blocks, so that no
   * document holds what is not durable.
   */
  private flush(until: number, keep: number): void {
    const { dues, people, underWay, lastWritten } = this.source;
    if (this.broken) {
      people.take();
      return;
    }
    const writes = this.documentsBehind(until, keep);
    writes.push(...dues.takeWrites());
    if (until === Infinity) writes.push(...this.marksLeft());
    const reset = writes.length > 0 && dues.takeReset();
    const digest = underWay().length === 0 ? dues.takeDigest() : null;
    const [oldest] = this.behind.values();
    const watermark = oldest === undefined ? lastWritten() : oldest.since - 1;
    const tidy = watermark >= this.tidied + (until === Infinity ? 1 : TIDY_BLOCKS);
    // What the journal is to lose must be written by then.
    const touched = tidy || until === Infinity || people.isDue ? people.take() : [];
    if (writes.length === 0 && touched.length === 0 && !tidy && digest === null) return;
    this.flushing = this.watch
      .untilDone(async () => {
        if (reset) await this.forget();
        if (writes.length > 0) await writeDocuments(this.vault, writes);
        await writeTouched(this.vault, touched);
        if (tidy) await this.tidy(watermark);
        if (digest !== null) await this.remember(digest);
        return true;
      }, this.closing.signal)
      .catch(() => null)
      .then((done) => {
        // A fault that waiting does not mend meets the next block too, and is told there.
        if (done === null) this.broken = true;
        else {
          for (const subject of this.writing.values()) subject.hasDocument = true;
          this.writing = new Map();
          dues.saved();
        }
        this.flushing = null;
      });
  }

  private documentsBehind(until: number, keep: number): SubjectWrite[] {
    const { dues } = this.source;
    const most = Math.max(this.options.flushSubjects, this.behind.size / 8);
    const writes: SubjectWrite[] = [];
    for (const [key, { subject, since }] of this.behind) {
      if ((since > until && this.behind.size <= keep) || writes.length >= most) break;
      this.behind.delete(key);
      this.writing.set(key, subject);
      const due = dues.dateOf(subject);
      writes.push(toWrite(this.vault, this.of.task, subject, due));
      // The owner before may write the same late, with a date by the registers of its time; ours then is not taken.
      if (subject.through <= this.of.inherited) writes.push(toDue(subject.blindId, subject.through, due));
    }
    return writes;
  }

  /** Marks that went without a block to say so: nothing had to be amended. For closing in order. */
  private marksLeft(): SubjectWrite[] {
    const left = this.source.underWay().filter((subject) => subject.late !== subject.keptLate);
    return left.map((subject) => toMark(subject));
  }

  /** Notes that all subjects were looked at by a set of registers. */
  private async remember(digest: string): Promise<void> {
    await this.vault.collections.watermarks.updateOne(
      { _id: this.of.task },
      { $set: { registers: digest }, $setOnInsert: { n: Long.fromNumber(-1) } },
      { upsert: true, writeConcern: DURABLE },
    );
  }

  /** Notes that the documents' dates are not all by the same registers. */
  private async forget(): Promise<void> {
    const { watermarks } = this.vault.collections;
    await watermarks.updateOne({ _id: this.of.task }, { $unset: { registers: 1 } }, { writeConcern: DURABLE });
  }

  private async tidy(watermark: number): Promise<void> {
    const { watermarks, journal } = this.vault.collections;
    const { task, writer, inherited } = this.of;
    await watermarks.updateOne(
      { _id: task },
      { $max: { n: Long.fromNumber(watermark) } },
      { upsert: true, writeConcern: DURABLE },
    );
    await journal.deleteMany({ _id: blocksBetween(task, 0, watermark) });
    const own = [Math.max(this.tidied, inherited) + 1, watermark] as const;
    await removeVoid(this.vault, task, own, () => writer);
    this.tidied = watermark;
  }
}
