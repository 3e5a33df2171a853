import type { FindCursor } from 'mongodb';
import type { SubjectVault } from './collections.js';
import { isSubject, NEVER } from './documents.js';
import type { SubjectDocument, SubjectsDocument } from './documents.js';
import type { Subject } from './subject.js';
import { toDue, type SubjectWrite } from './subject-writes.js';

/** When a sweep should look at a subject next, ms, by what is known of it; null: never unless something changes. */
export type DueOf = (subject: Subject) => number | null;

/** What is known of subjects outside of a sweep. */
export interface Known {
  /** The subject of a key, where it is in memory. */
  find(key: string): Subject | undefined;
  /** The subject of a document; the one in memory where there is one. Throws where MongoDB is away. */
  subjectOf(document: SubjectDocument): Promise<Subject>;
  /** Subjects that changed since their documents were written. */
  changed(): Iterable<Subject>;
  /** Whether the subject's document is still to be written for a change by a block that is durable. */
  isBehind(subject: Subject): boolean;
  /** Whether the block under way changes the subject. */
  isChanging(subject: Subject): boolean;
  /** Whether more is about to be known of the subject, so that it is left for a later sweep. */
  isOpen(subject: Subject): boolean;
}

/** A sweep under way. */
interface Run {
  readonly at: number;
  /** Given, and not swept yet, by key. */
  readonly given: Map<string, Subject>;
  /** Keys, as a sweep goes on over many blocks: who is written and forgotten meanwhile is found among the documents. */
  readonly changed: Iterator<string>;
  readonly documents: FindCursor<SubjectsDocument>;
  /** Ids of documents that the cursor read for an earlier block: what they said then may have been replaced since. */
  readonly stale: SubjectsDocument['_id'][];
  /** It looks at every subject of the task, whenever it is due. */
  readonly all: boolean;
}

/** When a subject is due that is as of block `through`. */
interface Noted {
  readonly subject: Subject;
  readonly due: number | null;
  readonly through: number;
}

/** Earlier than any sweep, ms. */
const AT_ONCE = 0;

/** Documents fetched together. */
const BATCH = 500;

const NEWEST = { readConcern: 'majority', readPreference: 'primary' } as const;

/**
 * Which subjects of a task a sweep has to look at, and when they were found to have to be looked at next. Kept in the
 * subjects' documents, in the clear, so that an index finds who is due.
 */
export class DueSubjects {
  private run: Run | null = null;
  /** When subjects are due, where their documents may not say so though they are not behind, by key. */
  private unsaved = new Map<string, Noted>();
  /** The same, while they are being written. */
  private saving: ReadonlyMap<string, Noted> = new Map();
  /** Stands for the set of registers in force. */
  private rules = {};
  private lookedAtAll = false;

  /**
   * @param dueOf by the registers in force
   * @param registers digest of the set of registers in force; null: it is not known yet
   * @param sweptBy digest of the set of registers that all subjects of the task were last looked at by, and that their
   *   documents' dates were found by; null: none
   */
  constructor(
    private readonly task: number,
    private readonly vault: SubjectVault,
    private readonly known: Known,
    private dueOf: DueOf,
    private registers: string | null,
    private sweptBy: string | null,
  ) {}

  /** Tells by which set of registers is swept from now on; where it is another one, all subjects are looked at again. */
  inForce(digest: string, dueOf: DueOf): void {
    this.dueOf = dueOf;
    if (digest === this.registers) return;
    this.registers = digest;
    this.rules = {};
    this.lookedAtAll = false;
    void this.end();
  }

  /** Whether all dates that documents have, or that are known beside them, are found by this set of registers. */
  isBy(digest: string): boolean {
    return digest === this.registers && !this.isNew;
  }

  /** Subjects whose documents may not say yet when they are due, though they are not behind. */
  *noted(): Generator<Subject> {
    for (const notes of [this.unsaved, this.saving]) for (const { subject } of notes.values()) yield subject;
  }

  /** What a subject's document says; not to be relied on where another set of registers is in force now. */
  loaded(subject: Subject, due: Date | undefined): void {
    if (due === undefined || this.isNew) return;
    this.set(subject, due.getTime() === NEVER ? null : due.getTime());
  }

  /** When the subject is due, for its document. */
  dateOf(subject: Subject): Date {
    if (!this.isFound(subject)) this.set(subject, this.dueOf(subject));
    return toDate(subject.due);
  }

  /** See `TaskSubjects.toSweep`. */
  async next(at: number, limit: number): Promise<readonly Subject[] | null> {
    if (this.run?.at !== at) {
      await this.end();
      this.run = this.begin(at);
    }
    const { run } = this;
    for (const subject of [...run.given.values()]) this.give(run, subject);
    let left = limit - run.given.size;
    for (; left > 0; left--) {
      const next = run.changed.next();
      if (next.done === true) break;
      const subject = this.known.find(next.value);
      if (subject === undefined) continue;
      if (this.dateOf(subject).getTime() <= at) this.give(run, subject);
      else if (run.all && !this.known.isBehind(subject)) this.note(subject);
    }
    let ended = false;
    try {
      while (left > 0) {
        const documents = await this.read(run, left);
        if ((ended = documents === null)) break;
        left -= documents.length;
        for (const document of documents.filter(isSubject)) {
          const subject = await this.known.subjectOf(document);
          // What is in memory may have been swept, or have changed, since the document was written.
          if (!this.isFound(subject) || (subject.due ?? NEVER) <= at) this.give(run, subject);
          else if (run.all && !this.known.isBehind(subject)) this.note(subject);
        }
      }
      run.stale.push(...run.documents.readBufferedDocuments().map(({ _id }) => _id));
    } catch (fault) {
      // Who was given and not swept is found again.
      await this.end();
      throw fault;
    }
    if (ended && run.given.size === 0) {
      if (run.all) this.lookedAtAll = true;
      await this.end();
      return null;
    }
    return [...run.given.values()];
  }

  swept(subject: Subject, next: number | null): void {
    this.run?.given.delete(subject.key);
    this.set(subject, next);
    this.unsaved.delete(subject.key);
    if (!this.known.isBehind(subject)) this.note(subject);
  }

  get(key: string): Subject | undefined {
    return (this.unsaved.get(key) ?? this.saving.get(key))?.subject ?? this.run?.given.get(key);
  }

  /**
   * True, once, where documents are about to be written with dates by other registers than what is remembered says: it is to
   * be forgotten before.
   */
  takeReset(): boolean {
    if (this.sweptBy === null || this.registers === null || this.registers === this.sweptBy) return false;
    this.sweptBy = null;
    return true;
  }

  /** What is to be written to the subjects' documents; not again, and forgotten when it is {@link saved}. */
  takeWrites(): SubjectWrite[] {
    const writes = [...this.unsaved.values()].map(({ subject, due, through }) =>
      toDue(subject.blindId, through, toDate(due)),
    );
    this.saving = this.unsaved;
    this.unsaved = new Map();
    return writes;
  }

  /** Notes that what was taken last is written. */
  saved(): void {
    this.saving = new Map();
  }

  /**
   * The digest to be remembered, once what was to be written up to now is: all subjects were looked at by these
   * registers. null: there is nothing new to remember.
   */
  takeDigest(): string | null {
    if (!this.lookedAtAll || this.registers === this.sweptBy) return null;
    return (this.sweptBy = this.registers);
  }

  /** Gives up the sweep under way. */
  async end(): Promise<void> {
    const { run } = this;
    this.run = null;
    await run?.documents.close().catch(() => undefined);
  }

  clear(): void {
    this.unsaved.clear();
    this.saved();
  }

  private get isNew(): boolean {
    return this.registers !== null && this.registers !== this.sweptBy && !this.lookedAtAll;
  }

  /** Gives a subject, or leaves it for the next sweep. */
  private give(run: Run, subject: Subject): void {
    if (!this.known.isOpen(subject)) {
      run.given.set(subject.key, subject);
      return;
    }
    run.given.delete(subject.key);
    this.set(subject, AT_ONCE);
    if (!this.known.isBehind(subject)) this.note(subject);
  }

  /** Has it written when a subject is due. */
  private note(subject: Subject): void {
    if (this.known.isChanging(subject)) return;
    this.unsaved.set(subject.key, { subject, due: subject.due, through: subject.through });
  }

  private begin(at: number): Run {
    const { task } = this;
    const due = {
      $or: [
        { task, due: { $lte: new Date(at) } },
        { task, due: null },
      ],
    };
    const all = this.isNew;
    const documents = this.vault.collections.subjects.find((all ? { task } : due) as never, {
      ...NEWEST,
      batchSize: BATCH,
    });
    const changed = Array.from(this.known.changed(), ({ key }) => key).values();
    return { at, given: new Map(), changed, documents: documents as never, stale: [], all };
  }

  /** Some of the sweep's documents, as they are now, at most `limit`; null: there are no more. */
  private async read({ stale, documents }: Run, limit: number): Promise<SubjectsDocument[] | null> {
    if (stale.length > 0) {
      const ids = stale.splice(0, Math.min(limit, BATCH));
      const query = this.vault.collections.subjects.find({ _id: { $in: ids } }, { ...NEWEST, batchSize: BATCH + 1 });
      return (await query.toArray()) as SubjectsDocument[];
    }
    const first = await documents.next();
    return first === null ? null : [first, ...documents.readBufferedDocuments(limit - 1)];
  }

  private isFound(subject: Subject): boolean {
    return subject.dueBy === this.rules;
  }

  private set(subject: Subject, due: number | null): void {
    subject.due = due;
    subject.dueBy = this.rules;
  }
}

function toDate(due: number | null): Date {
  return new Date(due ?? NEVER);
}
