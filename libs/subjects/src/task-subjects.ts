import type { DutyRecord, Fact, UseFact } from '#libs/judge';
import { DURABLE } from '#libs/trail';
import type { MongoWatch } from '#libs/trail';
import { BlockChanges } from './block-changes.js';
import { about, type EntryRow } from './block-entries.js';
import { insertOnce } from './bury.js';
import { byBlock, removeVoid } from './by-block.js';
import { BODY_VERSION, encodeJournal, encodePositions } from './codec.js';
import type { SubjectVault } from './collections.js';
import { blockKey, evidencePlace, indexedId, journalPlace, positionsPlace } from './documents.js';
import type { EvidenceDocument, JournalDocument, PositionsDocument, SubjectDocument } from './documents.js';
import { DueSubjects } from './due-subjects.js';
import type { DueOf } from './due-subjects.js';
import { encryptPlainSubjects } from './encrypt-plain.js';
import { compress, encodeEvidence } from './evidence.js';
import { goodJournal } from './good-journal.js';
import { History, writersOf } from './history.js';
import type { KnownTokens } from './known-tokens.js';
import { LateEvidence } from './late-evidence.js';
import type { Rejudgement } from './late-evidence.js';
import { keepOpenDuties } from './open-duties.js';
import type { DueSoon } from './open-duties.js';
import { ProblemPeople } from './problem-people.js';
import { RecentBlocks } from './recent-blocks.js';
import type { RecentBlock } from './recent-blocks.js';
import { replay } from './replay.js';
import type { Subject } from './subject.js';
import { SubjectLookup } from './subject-lookup.js';
import { Upcoming } from './upcoming.js';
import { WriteBehind } from './write-behind.js';

export interface SubjectOptions {
  /** Subjects kept in memory, for this task. */
  readonly cacheSubjects: number;
  /** How many blocks a subject's changes stay in the journal alone, so that many changes cost one write. */
  readonly keepBlocks: number;
  /** Bytes of those blocks' journal, at most about; as much is read again where the task changes its owner. */
  readonly keepBytes: number;
  /** Subjects written at a time. */
  readonly flushSubjects: number;
  /** Bytes of the last blocks' evidence kept in memory, for this task. */
  readonly recentBytes: number;
  /** Of all tasks of this process. */
  readonly knownTokens: KnownTokens;
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

/** By what is found out when a sweep should look at subjects. */
export interface SweepRules {
  /** Digest of the set of registers in force; null: none is told before the first sweep. */
  readonly registers: string | null;
  /** By these registers. A time that has passed: at the next sweep. */
  readonly dueOf: DueOf;
}

/** What an event teaches of its subject. */
export interface Learnt {
  readonly fact: Fact | null;
  readonly use: UseFact | null;
  /** When the event took place, ms. */
  readonly occurredAt: number;
}

/**
 * The subjects of one task, for its owner: cached, and kept in MongoDB encrypted and consistent with the trail.
 *
 * What a block adds is written as one journal document before the block; the block's insertion makes it good, so the two
 * come about together without a transaction (which, left open by a process that was killed, would block the task until
 * MongoDB gives it up after a minute). The subjects' own documents follow in the background; until then the journal has
 * it. INVARIANT: for every subject, its document with the good journal documents after the watermark gives exactly the
 * facts of all blocks in the trail; a document is only ever replaced by one of a later block.
 *
 * Beside it go, for each block, whom its entries are about and what they were judged from: so the findings that evidence
 * touches which came late are found again ({@link LateEvidence}). A subject's mark for that, and the duty findings about
 * it, are part of what the journal says; so they too are exactly those of the blocks in the trail.
 *
 * A subject is erased by a block of somebody else's that has an erasure in the journal: the owner loses the task by it,
 * and with the task what it had in memory; who opens the task next leaves out what earlier blocks say of the subject.
 *
 * Use, for each block: `load` the keys of a batch, `get` and `learn` for its events, `toRejudge` and `toSweep` for what is
 * to be done besides, `journal` before the block, `written` after it. After a block that did not come about the object is
 * of no more use.
 */
export class TaskSubjects {
  private readonly lookup: SubjectLookup;
  /** Of the block under way. */
  private readonly changes = new BlockChanges();
  /** What the block that was journaled last is about. */
  private journaled: {
    readonly block: RecentBlock;
    readonly subjects: readonly Subject[];
    readonly bytes: number;
  } | null = null;
  private readonly recent: RecentBlocks;
  private readonly late: LateEvidence;
  private readonly dues: DueSubjects;
  private readonly people: ProblemPeople;
  /** The subjects' documents. */
  private readonly documents: WriteBehind;
  private lastWritten: number;

  private constructor(
    readonly task: number,
    private readonly writer: string,
    private readonly vault: SubjectVault,
    /** Last block of the owners before. */
    private readonly inherited: number,
    private readonly watch: MongoWatch,
    options: SubjectOptions,
    rules: SweepRules,
    writers: Takeover['writers'],
    found: { readonly watermark: number; readonly registers: string | null; readonly latest: number },
  ) {
    this.lookup = new SubjectLookup(task, vault, options.cacheSubjects, {
      elsewhere: (key) => this.documents.get(key) ?? this.changes.get(key) ?? this.late.get(key) ?? this.dues.get(key),
      loaded: (subject, due) => this.dues.loaded(subject, due),
    });
    this.lastWritten = found.watermark;
    this.recent = new RecentBlocks(options.recentBytes, inherited + 1, found.latest);
    const history = new History(task, vault, (blocks) => this.writersOf(blocks, writers));
    this.late = new LateEvidence(this.recent, history, (subject) => this.markChanged(subject));
    const known = {
      subjectOf: (document: SubjectDocument) => this.lookup.subjectOf(document),
      changed: () => this.changed(),
      isOpen: (subject: Subject) => this.late.isOpen(subject),
      find: (key: string) => this.lookup.find(key),
      isBehind: (subject: Subject) => this.documents.isBehind(subject),
      isChanging: (subject: Subject) => this.changes.has(subject.key),
    };
    this.dues = new DueSubjects(task, vault, known, rules.dueOf, rules.registers, found.registers);
    this.people = new ProblemPeople(options.knownTokens);
    const written = { task, writer, inherited, watermark: found.watermark };
    const keep = { ...options, keepSubjects: options.cacheSubjects / 2 };
    this.documents = new WriteBehind(written, vault, watch, keep, {
      dues: this.dues,
      people: this.people,
      lastWritten: () => this.lastWritten,
      underWay: () => this.changes.subjects(),
    });
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
    rules: SweepRules,
  ): Promise<TaskSubjects> {
    await encryptPlainSubjects(task, vault);
    const mark = await vault.collections.watermarks.findOne({ _id: task }, { readConcern: 'majority' });
    const watermark = mark === null ? -1 : Number(mark.n);
    const latest = await latestOf(vault, task);
    const found = { watermark, registers: mark?.registers ?? null, latest };
    const subjects = new TaskSubjects(task, writer, vault, last, watch, options, rules, writers, found);
    const since = { task, from: watermark + 1, to: last };
    const writtenBy = await writers(since.from, since.to);
    const good = await goodJournal(vault, since, writtenBy);
    await replay(good, {
      task,
      vault,
      lookup: subjects.lookup,
      documents: subjects.documents,
      people: subjects.people,
    });
    subjects.lastWritten = Number(good.at(-1)?._id.n ?? watermark);
    await subjects.takeMarks();
    await removeVoid(vault, task, [since.from, since.to], (n) => writtenBy.get(n));
    return subjects;
  }

  /** Number of subjects for whom evidence came late, and whose findings are not all judged again yet. */
  get marked(): number {
    return this.late.size;
  }

  /** Tells which set of registers is in force, by a digest: where it is another one, all subjects are swept anew. */
  inForce(digest: string, dueOf: DueOf): void {
    this.dues.inForce(digest, dueOf);
  }

  /**
   * Brings the subjects of these keys into memory and gives them in the same order; null stands for nobody. They do not
   * count as named by the block under way before {@link get} or {@link learn}. Throws where MongoDB is away.
   */
  load(keys: readonly (string | null)[]): Promise<(Subject | undefined)[]> {
    return this.lookup.load(keys);
  }

  /** A subject that was loaded. It counts as named by the block under way. */
  get(key: string): Subject {
    const subject = this.lookup.find(key);
    if (subject === undefined) throw new Error('a subject was asked for that had not been loaded');
    this.name(subject);
    return subject;
  }

  /**
   * Adds what an event teaches of its subject; what is known already changes nothing. All events of a block are learnt
   * before the first is judged, so that only findings of earlier blocks can have to be judged again.
   */
  learn(subject: Subject, { fact, use, occurredAt }: Learnt): void {
    this.name(subject);
    subject.upcoming = Math.max(subject.upcoming, occurredAt);
    if (use !== null) this.changes.learnUse(subject, use);
    if (fact === null || !subject.facts.add(fact)) return;
    this.changes.addFact(subject, fact);
    if (fact.at <= (subject.latest ?? this.recent.latest)) this.late.mark(subject, fact.at);
  }

  /**
   * Notes that the block under way has a finding on an event. Unlike learning it changes something each time, so it is to
   * be done once for each finding.
   *
   * @returns whether an earlier finding is of the same event; not known of findings made before marks were kept
   */
  recognise(subject: Subject, content: Uint8Array): boolean {
    const mark = subject.markOf(content);
    if (!subject.marks.add(mark)) return true;
    this.changes.addMark(subject, mark);
    return false;
  }

  /**
   * Findings of earlier blocks that are to be judged again because evidence came late: newest block first, about `limit` at
   * most, and the same again until they are given to `rejudged`. Empty: there are no more. Throws where MongoDB is away;
   * may then be called again.
   */
  async toRejudge(limit: number): Promise<readonly Rejudgement[]> {
    this.changes.settle();
    return this.late.next(limit, this.lastWritten);
  }

  /**
   * Notes that these were judged again, and that what came of it is part of the block under way. The uses of data among
   * them are to be learnt again, since the evidence that came late may make them matter for duties.
   */
  rejudged(given: readonly Rejudgement[]): void {
    this.late.done(given);
  }

  /**
   * Subjects that a sweep at `at` (ms) has to look at; the same again until they are given to `swept`. Of whom findings are
   * still to be judged again is left for a later sweep: a use of data that a late erasure makes matter may not be known
   * yet. To be called after `toRejudge`. Throws where MongoDB is away; may then be called again.
   *
   * @param limit of how many it is found out whether they are among them, so that no block waits for all of them
   * @returns null: there are no more; empty: none among those that came now
   */
  async toSweep(at: number, limit: number): Promise<readonly Subject[] | null> {
    this.changes.settle();
    this.lookup.trim();
    const due = await this.dues.next(at, limit);
    this.documents.withoutBlock();
    return due;
  }

  /**
   * Begins to go through the subjects who have a duty that falls due until a time, ms. To be called between two blocks.
   *
   * @param digest of the set of registers in force, as `inForce` was told
   * @returns null where not everybody was swept by these registers yet, so that it is not known whom that concerns
   */
  upcoming(digest: string, until: number): Upcoming | null {
    if (!this.dues.isBy(digest)) return null;
    const known = {
      peek: (document: SubjectDocument) => this.lookup.peek(document),
      unwritten: () => this.unwritten(),
      dateOf: (subject: Subject) => this.dues.dateOf(subject),
    };
    return new Upcoming(this.task, this.vault, this.lastWritten, known, until);
  }

  /** Keeps what was found to fall due soon, unless a later owner has done so. Throws where MongoDB is away. */
  keepOpenDuties(found: DueSoon): Promise<void> {
    return keepOpenDuties(this.vault.collections.openDuties, this.task, found);
  }

  /** To be called now and then while there are no blocks: what waits to be written in the background may be due. */
  idle(): void {
    this.documents.withoutBlock();
  }

  /**
   * Notes when a sweep should look at a subject next (null: never unless something changes) and, where that changed, all
   * duty findings about it in the trail as of the block under way.
   */
  swept(subject: Subject, { next, duties }: { next: number | null; duties?: readonly DutyRecord[] }): void {
    if (duties !== undefined) {
      subject.duties = duties;
      this.changes.addDuties(subject);
    }
    this.dues.swept(subject, next);
  }

  /**
   * Writes the changes since the last block, whom the block's entries are about and what they were judged from, durably,
   * ahead of block `n`. Waits while MongoDB is away.
   *
   * @param entries one for each entry of the block, in order
   * @returns false where the signal came first
   */
  async journal(n: number, entries: readonly EntryRow[], signal: AbortSignal): Promise<boolean> {
    const { collections, ring } = this.vault;
    this.changes.settle();
    const changes = encodeJournal({ changes: this.changes.list(), touched: this.people.list(entries) });
    const { numbers, subjects, numbered, latest } = about(entries);
    const whom = encodePositions({ subjects: [...numbers.keys()], entries: numbered });
    const evidence = encodeEvidence(entries);
    const compressed = compress(evidence);
    const of = subjects.map((subject) => indexedId(subject.blindId));
    this.journaled = { block: { n, latest, numbers, entries: numbered, evidence }, subjects, bytes: changes.length };
    const _id = blockKey(this.task, n, this.writer);
    const v = BODY_VERSION;
    const done = await this.watch.untilDone(async () => {
      await ring.keepFresh();
      const journal: JournalDocument = { _id, v, ...ring.seal(journalPlace(_id), changes) };
      const plain = { task: this.task, latest: new Date(Number.isFinite(latest) ? latest : 0), of };
      const positions: PositionsDocument = { _id, v, ...plain, ...ring.seal(positionsPlace(_id), whom) };
      const judgedFrom: EvidenceDocument = { _id, v, ...ring.seal(evidencePlace(_id), compressed) };
      await Promise.all([
        insertOnce(collections.journal.insertOne(journal, { writeConcern: DURABLE })),
        insertOnce(collections.positions.insertOne(positions, { writeConcern: DURABLE })),
        insertOnce(collections.evidence.insertOne(judgedFrom, { writeConcern: DURABLE })),
      ]);
      return true;
    }, signal);
    return done !== null;
  }

  /** Takes back what was written ahead of block `n`, which is another's by the trail. What stays is void all the same. */
  async discard(n: number): Promise<void> {
    const _id = blockKey(this.task, n, this.writer);
    await Promise.all(byBlock(this.vault).map((collection) => collection.deleteOne({ _id }))).catch(() => undefined);
  }

  /** Notes that block `n` is durable, and goes on writing subjects' documents in the background. */
  written(n: number): void {
    for (const subject of this.changes.subjects()) this.documents.keep(subject, n);
    this.changes.clear();
    this.people.written();
    this.lastWritten = n;
    if (this.journaled?.block.n === n) {
      this.recent.add(this.journaled.block);
      for (const subject of this.journaled.subjects) {
        if (subject.latest !== null) subject.latest = Math.max(subject.latest, subject.upcoming);
        if (subject.since < 0 && subject.latest !== null) subject.since = n;
      }
    }
    this.documents.after(n, this.journaled?.bytes ?? 0);
    this.journaled = null;
  }

  /**
   * Writes what is left, where `orderly` and time allows; what it does not write the journal has. Forgets everything.
   *
   * @param orderly false where changes were added that did not become durable
   */
  async close(orderly: boolean, withinMs: number): Promise<void> {
    await this.documents.close(orderly, withinMs, async () => {
      await this.dues.end();
      await this.vault.ring.keepFresh().catch(() => undefined);
    });
    this.lookup.clear();
    this.recent.clear();
    this.late.clear();
    this.dues.clear();
  }

  /** Notes that the block under way is about a subject, which it is to keep then. */
  private name(subject: Subject): void {
    if (this.lookup.name(subject)) this.changes.add(subject);
  }

  private markChanged(subject: Subject): void {
    if (subject.late !== subject.keptLate) this.changes.add(subject);
  }

  /** Changed subjects whose documents are behind, or may still be. */
  private *changed(): Generator<Subject> {
    yield* this.documents.subjects();
    for (const subject of this.changes.subjects()) if (this.documents.get(subject.key) === undefined) yield subject;
  }

  /** Subjects of whom documents may not say yet what is known, or when they are due; some of them twice. */
  private *unwritten(): Generator<Subject> {
    yield* this.changed();
    yield* this.dues.noted();
  }

  /** Goes on with what the owners before were to judge again. */
  private async takeMarks(): Promise<void> {
    const { task } = this;
    const query = { task, late: { $exists: true } };
    const marked = this.vault.collections.subjects.find(query as never, { readConcern: 'majority' });
    for await (const document of marked as AsyncIterable<SubjectDocument>) {
      const subject = await this.lookup.subjectOf(document);
      if (subject.late !== null) this.late.mark(subject, subject.late);
    }
    for (const subject of this.documents.subjects()) {
      if (subject.late !== null) this.late.mark(subject, subject.late);
    }
  }

  private async writersOf(
    blocks: readonly number[],
    writers: Takeover['writers'],
  ): Promise<ReadonlyMap<number, string>> {
    const before = await writersOf(
      blocks.filter((n) => n <= this.inherited),
      writers,
    );
    const own = blocks.filter((n) => n > this.inherited).map((n) => [n, this.writer] as const);
    return new Map([...before, ...own]);
  }
}

/** Greatest `occurredAt` of a task's entries; -Infinity: none is known. */
async function latestOf({ collections }: SubjectVault, task: number): Promise<number> {
  const [last] = await collections.positions
    .find({ task }, { readConcern: 'majority', readPreference: 'primary' })
    .sort({ latest: -1 })
    .limit(1)
    .project<{ latest: Date }>({ _id: 0, latest: 1 })
    .toArray();
  return last?.latest.getTime() ?? -Infinity;
}
