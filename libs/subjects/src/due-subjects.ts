import type { AnyBulkWriteOperation, FindCursor } from 'mongodb';
import { Binary, Long } from 'mongodb';
import type { SubjectVault } from './collections.js';
import { NEVER } from './documents.js';
import type { SubjectDocument, SubjectsDocument } from './documents.js';
import type { Subject } from './subject.js';

/** What is known of subjects outside of a sweep. */
export interface Known {
  /** The subject of a document; the one in memory where there is one. Throws where MongoDB is away. */
  subjectOf(document: SubjectDocument): Promise<Subject>;
  /** Subjects that changed since their documents were written. */
  changed(): Iterable<Subject>;
  /** Whether the subject's document is still to be written for a change. */
  isBehind(subject: Subject): boolean;
  blindId(subject: Subject): Buffer;
}

/** A sweep under way. */
interface Run {
  readonly at: number;
  /** Given, and not swept yet. */
  readonly given: Set<Subject>;
  readonly changed: Iterator<Subject>;
  readonly documents: FindCursor<SubjectsDocument>;
  /** It looks at every subject of the task, whenever it is due. */
  readonly all: boolean;
}

/** Documents fetched together. */
const BATCH = 500;

/**
 * Which subjects of a task a sweep has to look at, and when they were found to have to be looked at next. Kept in the
 * subjects' documents, in the clear, so that an index finds who is due.
 */
export class DueSubjects {
  private run: Run | null = null;
  /** When subjects are due whose documents need no other change, by key. */
  private unsaved = new Map<string, { readonly subject: Subject; readonly due: number | null; readonly through: number }>(); // prettier-ignore
  /** Stands for the set of registers in force. */
  private rules = {};
  private registers: string | null = null;
  private lookedAtAll = false;

  /**
   * @param dueOf when a sweep should look at a subject next, by what is known of it and the registers in force
   * @param sweptBy digest of the set of registers that all subjects of the task were last looked at by; null: none
   */
  constructor(
    private readonly task: number,
    private readonly vault: SubjectVault,
    private readonly known: Known,
    private readonly dueOf: (subject: Subject) => number | null,
    private sweptBy: string | null,
  ) {}

  /** Tells by which set of registers is swept from now on; where it is another one, all subjects are looked at again. */
  inForce(digest: string): void {
    if (digest === this.registers) return;
    this.registers = digest;
    this.rules = {};
    this.lookedAtAll = false;
    void this.end();
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
  async next(at: number, limit: number): Promise<readonly Subject[]> {
    if (this.run?.at !== at) {
      await this.end();
      this.run = this.begin(at);
    }
    const { run } = this;
    while (run.given.size < limit) {
      const next = run.changed.next();
      if (next.done === true) break;
      if (this.dateOf(next.value).getTime() <= at) run.given.add(next.value);
    }
    try {
      while (run.given.size < limit) {
        const document = await run.documents.next();
        if (document === null) break;
        if ('erasedAt' in document || !('g' in document)) continue;
        const subject = await this.known.subjectOf(document);
        // What is in memory may have been swept, or have changed, since the document was written.
        if (!this.isFound(subject) || (subject.due ?? NEVER) <= at) run.given.add(subject);
      }
    } catch (fault) {
      // Who was given and not swept is found again.
      await this.end();
      throw fault;
    }
    if (run.given.size === 0) {
      if (run.all) this.lookedAtAll = true;
      await this.end();
    }
    return [...run.given];
  }

  swept(subject: Subject, next: number | null): void {
    this.run?.given.delete(subject);
    this.set(subject, next);
    this.unsaved.delete(subject.key);
    if (!this.known.isBehind(subject)) {
      this.unsaved.set(subject.key, { subject, due: next, through: subject.through });
    }
  }

  get(key: string): Subject | undefined {
    return this.unsaved.get(key)?.subject;
  }

  /** What is to be written to the subjects' documents, and forgets it. */
  takeWrites(): AnyBulkWriteOperation<SubjectsDocument>[] {
    const writes = [...this.unsaved.values()].map(({ subject, due, through }) => ({
      updateOne: {
        filter: {
          _id: new Binary(this.known.blindId(subject)),
          through: { $lte: Long.fromNumber(through) },
          g: { $exists: true },
        },
        update: { $set: { due: toDate(due) } },
      },
    }));
    this.unsaved = new Map();
    return writes;
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
  }

  private get isNew(): boolean {
    return this.registers !== null && this.registers !== this.sweptBy && !this.lookedAtAll;
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
      readConcern: 'majority',
      readPreference: 'primary',
      batchSize: BATCH,
    });
    return { at, given: new Set(), changed: [...this.known.changed()].values(), documents: documents as never, all };
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
