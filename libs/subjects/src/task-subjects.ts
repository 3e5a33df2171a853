import { Binary, Long, MongoBulkWriteError } from 'mongodb';
import { SubjectFacts } from '#libs/judge';
import type { Fact } from '#libs/judge';
import { DURABLE, isDuplicateKey } from '#libs/trail';
import type { MongoWatch } from '#libs/trail';
import { SubjectCache } from './cache.js';
import { BODY_VERSION, decodeChanges, decodeSubject, encodeChanges, encodePositions, encodeSubject } from './codec.js';
import { blockKey, blocksBetween, journalPlace, positionsPlace, subjectPlace, tombstone } from './documents.js';
import type {
  ErasureDocument,
  JournalDocument,
  PositionsDocument,
  SubjectDocument,
  SubjectsDocument,
} from './documents.js';
import { encryptPlainSubjects } from './encrypt-plain.js';
import type { SubjectVault } from './collections.js';
import { Subject } from './subject.js';
import { bytesOf } from './vault/key-ring.js';
import type { KeyRing } from './vault/key-ring.js';

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
  /** Who wrote the task's blocks `from` to `to`, both inclusive, by the trail; those that are not there are left out. */
  readonly writers: (from: number, to: number) => Promise<ReadonlyMap<number, string>>;
}

/** Watermark and journal are tidied once this many blocks can go. */
const TIDY_BLOCKS = 32;
const LOAD_CHUNK = 5_000;
const DUPLICATE_KEY = 11000;

/**
 * The subjects of one task, for its owner: cached, and kept in MongoDB encrypted and consistent with the trail.
 *
 * What a block adds is written as one journal document before the block; the block's insertion makes it good, so the two
 * come about together without a transaction (which, left open by a process that was killed, would block the task until
 * MongoDB gives it up after a minute). The subjects' own documents follow in the background; until then the journal has
 * it. INVARIANT: for every subject, its document with the good journal documents after the watermark gives exactly the
 * facts of all blocks in the trail; a document is only ever replaced by one of a later block.
 *
 * Beside it goes, for each block, whom its entries are about.
 *
 * A subject is erased by a block of somebody else's that has an erasure in the journal: the owner loses the task by it,
 * and with the task what it had in memory; who opens the task next leaves out what earlier blocks say of the subject.
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
    private readonly vault: SubjectVault,
    /** Last block of the owners before. */
    private readonly inherited: number,
    private readonly watch: MongoWatch,
    private readonly options: SubjectOptions,
    watermark: number,
  ) {
    this.cache = new SubjectCache(options.cacheSubjects);
    this.tidied = this.lastWritten = watermark;
  }

  /**
   * Takes the subjects of a task over from whoever owned it before. Throws where MongoDB is away.
   *
   * @throws VaultError where the vault cannot be opened
   */
  static async open(
    { task, last, writer, writers }: Takeover,
    vault: SubjectVault,
    watch: MongoWatch,
    options: SubjectOptions,
  ): Promise<TaskSubjects> {
    const { collections, ring } = vault;
    await encryptPlainSubjects(task, vault);
    const mark = await collections.watermarks.findOne({ _id: task }, { readConcern: 'majority' });
    const watermark = mark === null ? -1 : Number(mark.n);
    const subjects = new TaskSubjects(task, writer, vault, last, watch, options, watermark);
    const since = { _id: blocksBetween(task, watermark + 1, last) };
    const journal = await collections.journal.find(since, { sort: { _id: 1 }, readConcern: 'majority' }).toArray();
    await ring.require(journal.flatMap((document) => ('g' in document ? [document.g] : [])));
    const writtenBy = await writers(watermark + 1, last);
    const good = journal.filter(({ _id }, i) => {
      const by = writtenBy.get(Number(_id.n));
      // Of a block that was pruned since: every block has a journal document, so one that is alone is its block's.
      if (by === undefined)
        return [journal[i - 1], journal[i + 1]].every((next) => Number(next?._id.n) !== Number(_id.n));
      return by === _id.writer;
    });
    const erased = await subjects.erase(good);
    for (const document of good) await subjects.replay(document, erased);
    await subjects.removeVoid(watermark + 1, last, (n) => writtenBy.get(n));
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
   * Writes the changes since the last block, and whom the block's entries are about, durably, ahead of block `n`. Waits
   * while MongoDB is away.
   *
   * @param about for each entry its subject; undefined: about nobody who is known
   * @returns false where the signal came first
   */
  async journal(n: number, about: readonly (Subject | undefined)[], signal: AbortSignal): Promise<boolean> {
    const { collections, ring } = this.vault;
    const changes = encodeChanges(
      [...this.changes].map(([subject, facts]) => ({
        key: subject.key,
        secret: subject.through < 0 ? subject.contents().secret : null,
        facts,
      })),
    );
    const entries = encodePositions(positionsOf(about));
    const _id = blockKey(this.task, n, this.writer);
    const done = await this.watch.untilDone(async () => {
      await ring.keepFresh();
      const journal: JournalDocument = { _id, v: BODY_VERSION, ...ring.seal(journalPlace(_id), changes) };
      const positions: PositionsDocument = { _id, v: BODY_VERSION, ...ring.seal(positionsPlace(_id), entries) };
      await Promise.all([
        insertOnce(collections.journal.insertOne(journal, { writeConcern: DURABLE })),
        insertOnce(collections.positions.insertOne(positions, { writeConcern: DURABLE })),
      ]);
      return true;
    }, signal);
    return done !== null;
  }

  /** Takes back what was written ahead of block `n`, which is another's by the trail. What stays is void all the same. */
  async discard(n: number): Promise<void> {
    const { journal, positions } = this.vault.collections;
    const _id = blockKey(this.task, n, this.writer);
    await Promise.all([journal.deleteOne({ _id }), positions.deleteOne({ _id })]).catch(() => undefined);
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
    await this.vault.ring.keepFresh().catch(() => undefined);
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
    const { collections, ring } = this.vault;
    const ids = keys.map((key) => new Binary(ring.blindId(this.task, key)));
    const found = collections.subjects.find(
      { _id: { $in: ids } },
      { readConcern: 'majority', readPreference: 'primary', batchSize: keys.length },
    );
    const alive = ((await found.toArray()) as SubjectsDocument[]).filter(isSubject);
    await ring.require(new Set(alive.map(({ g }) => g)));
    for (const document of alive) {
      const { key, secret, facts } = decodeSubject(ring.unseal(subjectPlace(bytesOf(document._id)), document));
      this.cache.set(new Subject(key, secret, SubjectFacts.from(facts), Number(document.through)));
    }
  }

  /** Destroys the documents of subjects that the journal says were erased; gives the block by blind id in hex. */
  private async erase(journal: readonly JournalDocument[]): Promise<ReadonlyMap<string, number>> {
    const erased = new Map<string, number>();
    for (const document of journal) {
      if (!isErasure(document)) continue;
      const id = bytesOf(document.erased);
      const n = Number(document._id.n);
      erased.set(id.toString('hex'), n);
      await bury(this.vault, this.task, id, n);
    }
    return erased;
  }

  /** Applies a journal document to the subjects that do not have it yet. */
  private async replay(document: JournalDocument, erased: ReadonlyMap<string, number>): Promise<void> {
    const n = Number(document._id.n);
    this.lastWritten = n;
    if (isErasure(document)) return;
    const { ring } = this.vault;
    const body = 'g' in document ? ring.unseal(journalPlace(document._id), document) : bytesOf(document.body);
    let changes = decodeChanges(body);
    if (erased.size > 0) {
      const lives = (key: string) => n > (erased.get(ring.blindId(this.task, key).toString('hex')) ?? -1);
      changes = changes.filter(({ key }) => lives(key));
    }
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
    const writes: SubjectWrite[] = [];
    for (const [key, { subject, since }] of this.behind) {
      if (since > until || writes.length >= most) break;
      this.behind.delete(key);
      this.writing.set(key, subject);
      writes.push(toWrite(this.task, subject, this.vault.ring));
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

  private async write(writes: SubjectWrite[]): Promise<void> {
    try {
      await this.vault.collections.subjects.bulkWrite(writes, { ordered: false, writeConcern: DURABLE });
    } catch (fault) {
      // The document is of the same block or a later one already: by an earlier try, or by a later owner.
      if (!(fault instanceof MongoBulkWriteError) || !onlyDuplicates(fault)) throw fault;
    }
  }

  private async tidy(watermark: number): Promise<void> {
    const { watermarks, journal } = this.vault.collections;
    await watermarks.updateOne(
      { _id: this.task },
      { $max: { n: Long.fromNumber(watermark) } },
      { upsert: true, writeConcern: DURABLE },
    );
    await journal.deleteMany({ _id: blocksBetween(this.task, 0, watermark) });
    await this.removeVoid(Math.max(this.tidied, this.inherited) + 1, watermark, () => this.writer);
    this.tidied = watermark;
  }

  /**
   * Removes what was written ahead of blocks that then were another's. Not of blocks to come, which may be somebody's yet.
   *
   * @param writerOf who wrote block n by the trail; undefined: not known any more
   */
  private async removeVoid(from: number, to: number, writerOf: (n: number) => string | undefined): Promise<void> {
    const { journal, positions } = this.vault.collections;
    for (const collection of [journal, positions]) {
      const ids = await collection
        .find({ _id: blocksBetween(this.task, from, to) })
        .project<Pick<PositionsDocument, '_id'>>({ _id: 1 })
        .toArray();
      const left = ids.filter(({ _id }) => (writerOf(Number(_id.n)) ?? _id.writer) !== _id.writer);
      for (const { _id } of left) await collection.deleteOne({ _id: blockKey(_id.task, Number(_id.n), _id.writer) });
    }
  }
}

/** Puts a tombstone of block `n` in the place of a subject, unless what is there is of a later block: another's by now. */
export async function bury({ collections }: SubjectVault, task: number, blindId: Buffer, n: number): Promise<void> {
  const grave = tombstone(blindId, task, n);
  const earlier = { _id: grave._id, through: { $lt: Long.fromNumber(n) } };
  await insertOnce(collections.subjects.replaceOne(earlier, grave, { upsert: true, writeConcern: DURABLE }));
}

export function isErasure(document: JournalDocument): document is ErasureDocument {
  return 'erased' in document;
}

export function isSubject(document: SubjectsDocument): document is SubjectDocument {
  return 'g' in document;
}

/** An earlier try, whose acknowledgement was lost, has done it already. */
async function insertOnce(write: Promise<unknown>): Promise<void> {
  await write.catch((fault: unknown) => {
    if (!isDuplicateKey(fault)) throw fault;
  });
}

function positionsOf(about: readonly (Subject | undefined)[]): { subjects: string[]; entries: number[] } {
  const numbers = new Map<Subject, number>();
  const subjects: string[] = [];
  const entries = about.map((subject) => {
    if (subject === undefined) return 0;
    let number = numbers.get(subject);
    if (number === undefined) {
      numbers.set(subject, (number = subjects.push(subject.key)));
    }
    return number;
  });
  return { subjects, entries };
}

type SubjectWrite = ReturnType<typeof toWrite>;

function toWrite(task: number, subject: Subject, ring: KeyRing) {
  const id = ring.blindId(task, subject.key);
  const _id = new Binary(id);
  const through = Long.fromNumber(subject.through);
  const sealed = ring.seal(subjectPlace(id), encodeSubject({ key: subject.key, ...subject.contents() }));
  const replacement: Omit<SubjectDocument, '_id'> = { task, through, v: BODY_VERSION, ...sealed };
  return { replaceOne: { filter: { _id, through: { $lt: through } }, replacement, upsert: true } };
}

function onlyDuplicates(fault: MongoBulkWriteError): boolean {
  const faults = Array.isArray(fault.writeErrors) ? fault.writeErrors : [fault.writeErrors];
  return (
    faults.length > 0 &&
    faults.every(({ code }) => code === DUPLICATE_KEY) &&
    fault.result.getWriteConcernError() === undefined
  );
}
