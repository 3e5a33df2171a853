import { Binary, Long, MongoBulkWriteError } from 'mongodb';
import type { Collection } from 'mongodb';
import { SubjectFacts } from '#libs/judge';
import type { Fact } from '#libs/judge';
import { DURABLE, isDuplicateKey } from '#libs/trail';
import type { MongoWatch } from '#libs/trail';
import { SubjectCache } from './cache.js';
import { BODY_VERSION, decodeChanges, decodeFacts, encodeChanges, encodeFacts } from './codec.js';
import { Subject } from './subject.js';

/**
 * What one block adds to the task's subjects. Written before the block, and good only if the block then comes about: if
 * block n in the trail is by that writer.
 */
export interface JournalDocument {
  _id: { task: number; n: Long | number; writer: string };
  v: number;
  body: Binary;
}

/** A subject with everything up to block `through` of its task. */
export interface SubjectDocument {
  _id: string;
  task: number;
  through: Long | number;
  secret: Binary;
  v: number;
  facts: Binary;
}

/** `n`: everything the journal says up to block n is in the subjects' documents too. */
export interface WatermarkDocument {
  _id: number;
  n: Long | number;
}

export interface SubjectCollections {
  readonly journal: Collection<JournalDocument>;
  readonly subjects: Collection<SubjectDocument>;
  readonly watermarks: Collection<WatermarkDocument>;
}

export interface SubjectOptions {
  /** Subjects kept in memory, for this task. */
  readonly cacheSubjects: number;
  /** How many blocks a subject's changes stay in the journal alone, so that many changes cost one write. */
  readonly keepBlocks: number;
  /** Subjects written at a time. */
  readonly flushSubjects: number;
}

/** Where a task is taken over. */
export interface Takeover {
  readonly task: number;
  /** Last block of the task; -1: none. */
  readonly last: number;
  /** Names the new owner; the blocks to come are written by it. */
  readonly writer: string;
  /** Who wrote a block of the task, by the trail. */
  readonly writerOf: (n: number) => Promise<string | null>;
}

/** Watermark and journal are tidied once this many blocks can go. */
const TIDY_BLOCKS = 32;
const LOAD_CHUNK = 5_000;
const DUPLICATE_KEY = 11000;

/**
 * The subjects of one task, for its owner: cached, and kept in MongoDB consistent with the trail.
 *
 * What a block adds is written as one journal document before the block; the block's insertion makes it good, so the two
 * come about together without a transaction (which, left open by a process that was killed, would block the task until
 * MongoDB gives it up after a minute). The subjects' own documents follow in the background; until then the journal has
 * it. INVARIANT: for every subject, its document with the good journal documents after the watermark gives exactly the
 * facts of all blocks in the trail; a document is only ever replaced by one of a later block.
 *
 * Use: `load` the keys of a batch, `get` and `add` for its events, `journal` before the block, `written` after it, and
 * again. After a block that did not come about the object is of no more use.
 */
export class TaskSubjects {
  private readonly cache: SubjectCache;
  /** Changed subjects whose documents are behind, to the block of their first change since; in order of that block. */
  private readonly behind = new Map<string, { readonly subject: Subject; readonly since: number }>();
  /** Subjects whose documents are being written. */
  private writing = new Map<string, Subject>();
  private changes = new Map<Subject, Fact[]>();
  /** Subjects that no block has named yet. */
  private readonly fresh = new Map<string, Subject>();
  private flushing: Promise<void> | null = null;
  private readonly closing = new AbortController();
  private tidied: number;
  private lastWritten: number;
  /** Set where a background write failed for good: from then on the journal alone keeps what is new. */
  private broken = false;

  private constructor(
    readonly task: number,
    private readonly writer: string,
    private readonly collections: SubjectCollections,
    private readonly watch: MongoWatch,
    private readonly options: SubjectOptions,
    watermark: number,
  ) {
    this.cache = new SubjectCache(options.cacheSubjects);
    this.tidied = this.lastWritten = watermark;
  }

  /** Takes the subjects of a task over from whoever owned it before. Throws where MongoDB is away. */
  static async open(
    { task, last, writer, writerOf }: Takeover,
    collections: SubjectCollections,
    watch: MongoWatch,
    options: SubjectOptions,
  ): Promise<TaskSubjects> {
    const mark = await collections.watermarks.findOne({ _id: task }, { readConcern: 'majority' });
    const watermark = mark === null ? -1 : Number(mark.n);
    const subjects = new TaskSubjects(task, writer, collections, watch, options, watermark);
    const journal = await collections.journal
      .find({ _id: idsBetween(task, watermark + 1, last) }, { sort: { _id: 1 }, readConcern: 'majority' })
      .toArray();
    for (const [i, document] of journal.entries()) {
      const n = Number(document._id.n);
      // Every block has a journal document, so one that is alone is its block's; of several the trail knows which is.
      const alone = [journal[i - 1], journal[i + 1]].every((other) => Number(other?._id.n) !== n);
      if (alone || document._id.writer === (await writerOf(n))) await subjects.replay(document);
    }
    return subjects;
  }

  /** Brings the subjects of these keys into memory. Throws where MongoDB is away. */
  async load(keys: Iterable<string>): Promise<void> {
    this.cache.trim();
    const missing = new Set<string>();
    for (const key of keys) if (this.find(key) === undefined) missing.add(key);
    const list = [...missing];
    for (let i = 0; i < list.length; i += LOAD_CHUNK) await this.fetch(list.slice(i, i + LOAD_CHUNK));
    for (const key of missing) {
      if (this.cache.get(key) !== undefined) continue;
      const subject = Subject.first(key);
      this.fresh.set(key, subject);
      this.cache.set(subject);
    }
  }

  /** A subject that was loaded. It counts as named by the block under way. */
  get(key: string): Subject {
    const subject = this.find(key);
    if (subject === undefined) throw new Error('a subject was asked for that had not been loaded');
    if (subject.through < 0 && this.fresh.delete(key)) this.changes.set(subject, []);
    return subject;
  }

  /** Adds a fact to a subject; a fact that is known already changes nothing. */
  add(subject: Subject, fact: Fact): void {
    if (!subject.facts.add(fact)) return;
    const facts = this.changes.get(subject);
    if (facts === undefined) this.changes.set(subject, [fact]);
    else facts.push(fact);
  }

  /**
   * Writes the changes since the last block, durably, ahead of block `n`. Waits while MongoDB is away.
   *
   * @returns false where the signal came first
   */
  async journal(n: number, signal: AbortSignal): Promise<boolean> {
    const changes = [...this.changes].map(([subject, facts]) => ({
      key: subject.key,
      secret: subject.through < 0 ? subject.contents().secret : null,
      facts,
    }));
    const _id = { ...blockId(this.task, n), writer: this.writer };
    const document: JournalDocument = { _id, v: BODY_VERSION, body: new Binary(encodeChanges(changes)) };
    const done = await this.watch.untilDone(async () => {
      await this.collections.journal.insertOne(document, { writeConcern: DURABLE }).catch((fault: unknown) => {
        // By an earlier try, whose acknowledgement was lost.
        if (!isDuplicateKey(fault)) throw fault;
      });
      return true;
    }, signal);
    return done !== null;
  }

  /** Notes that block `n` is durable, and goes on writing subjects' documents in the background. */
  written(n: number): void {
    for (const subject of this.changes.keys()) this.changed(subject, n);
    this.changes = new Map();
    this.lastWritten = n;
    if (this.flushing === null) this.flush(n - this.options.keepBlocks);
  }

  /**
   * Writes what is left, where `orderly` and time allows; what it does not write the journal has.
   *
   * @param orderly false where changes were added that did not become durable
   */
  async close(orderly: boolean, withinMs: number): Promise<void> {
    const timer = setTimeout(() => this.closing.abort(), withinMs);
    if (!orderly) this.closing.abort();
    await this.flushing;
    // At least once, since the journal may be tidied even where no document is behind.
    for (let again = true; again && !this.closing.signal.aborted && !this.broken; again = this.behind.size > 0) {
      this.flush(Infinity);
      await this.flushing;
    }
    clearTimeout(timer);
  }

  private find(key: string): Subject | undefined {
    const cached = this.cache.get(key);
    if (cached !== undefined) return cached;
    const kept = this.behind.get(key)?.subject ?? this.writing.get(key) ?? this.fresh.get(key);
    if (kept !== undefined) this.cache.set(kept);
    return kept;
  }

  private async fetch(keys: string[]): Promise<void> {
    const found = this.collections.subjects.find(
      { _id: { $in: keys } },
      { readConcern: 'majority', readPreference: 'primary', batchSize: keys.length },
    );
    for await (const { _id, secret, facts, through } of found) {
      this.cache.set(new Subject(_id, bytes(secret), SubjectFacts.from(decodeFacts(bytes(facts))), Number(through)));
    }
  }

  /** Applies a journal document to the subjects that do not have it yet. */
  private async replay({ _id, body }: JournalDocument): Promise<void> {
    const n = Number(_id.n);
    const changes = decodeChanges(bytes(body));
    const missing = changes.map(({ key }) => key).filter((key) => this.find(key) === undefined);
    for (let i = 0; i < missing.length; i += LOAD_CHUNK) await this.fetch(missing.slice(i, i + LOAD_CHUNK));
    for (const { key, secret, facts } of changes) {
      let subject = this.find(key);
      if (subject === undefined) {
        if (secret === null)
          throw new Error(`the journal of task ${this.task} lacks a subject that block ${n} changes`);
        subject = new Subject(key, secret, new SubjectFacts(), -1);
        this.cache.set(subject);
      }
      if (subject.through >= n) continue;
      for (const fact of facts) subject.facts.add(fact);
      this.changed(subject, n);
    }
    this.lastWritten = n;
    this.cache.trim();
  }

  private changed(subject: Subject, n: number): void {
    subject.through = n;
    if (!this.behind.has(subject.key)) this.behind.set(subject.key, { subject, since: n });
  }

  /**
   * Writes documents of subjects that have been behind since block `until` or before. They are encoded here and now,
   * between two blocks, so that no document holds what is not durable.
   */
  private flush(until: number): void {
    if (this.broken) return;
    const most = Math.max(this.options.flushSubjects, this.behind.size / 8);
    const writes: ReturnType<typeof toWrite>[] = [];
    for (const [key, { subject, since }] of this.behind) {
      if (since > until || writes.length >= most) break;
      this.behind.delete(key);
      this.writing.set(key, subject);
      writes.push(toWrite(this.task, subject));
    }
    const [oldest] = this.behind.values();
    const watermark = oldest === undefined ? this.lastWritten : oldest.since - 1;
    const tidy = watermark >= this.tidied + (until === Infinity ? 1 : TIDY_BLOCKS);
    if (writes.length === 0 && !tidy) return;
    this.flushing = this.watch
      .untilDone(async () => {
        if (writes.length > 0) await this.write(writes);
        if (tidy) await this.tidy(watermark);
        return true;
      }, this.closing.signal)
      .catch(() => null)
      .then((done) => {
        // A fault that waiting does not mend meets the next block too, and is told there.
        if (done === null) this.broken = true;
        else this.writing = new Map();
        this.flushing = null;
      });
  }

  private async write(writes: ReturnType<typeof toWrite>[]): Promise<void> {
    try {
      await this.collections.subjects.bulkWrite(writes, { ordered: false, writeConcern: DURABLE });
    } catch (fault) {
      // The document is of the same block or a later one already: by an earlier try, or by a later owner.
      if (!(fault instanceof MongoBulkWriteError) || !onlyDuplicates(fault)) throw fault;
    }
  }

  private async tidy(watermark: number): Promise<void> {
    const { watermarks, journal } = this.collections;
    await watermarks.updateOne(
      { _id: this.task },
      { $max: { n: Long.fromNumber(watermark) } },
      { upsert: true, writeConcern: DURABLE },
    );
    await journal.deleteMany({ _id: idsBetween(this.task, 0, watermark) });
    this.tidied = watermark;
  }
}

function toWrite(task: number, subject: Subject) {
  const { secret, facts } = subject.contents();
  const through = Long.fromNumber(subject.through);
  const set = { task, through, secret: new Binary(secret), v: BODY_VERSION, facts: new Binary(encodeFacts(facts)) };
  return {
    updateOne: { filter: { _id: subject.key, through: { $lt: through } }, update: { $set: set }, upsert: true },
  };
}

function onlyDuplicates(fault: MongoBulkWriteError): boolean {
  const faults = Array.isArray(fault.writeErrors) ? fault.writeErrors : [fault.writeErrors];
  return (
    faults.length > 0 &&
    faults.every(({ code }) => code === DUPLICATE_KEY) &&
    fault.result.getWriteConcernError() === undefined
  );
}

function blockId(task: number, n: number): { task: number; n: Long } {
  return { task, n: Long.fromNumber(n) };
}

/** Filter on the ids of the journal documents of blocks `from` to `to`, both inclusive, whoever wrote them. */
function idsBetween(
  task: number,
  from: number,
  to: number,
): { $gte: JournalDocument['_id']; $lt: JournalDocument['_id'] } {
  return { $gte: { ...blockId(task, from), writer: '' }, $lt: { ...blockId(task, to + 1), writer: '' } };
}

function bytes(binary: Binary): Buffer {
  return Buffer.from(binary.buffer.buffer, binary.buffer.byteOffset, binary.length());
}
