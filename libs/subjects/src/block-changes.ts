import type { Fact, UseFact } from '#libs/judge';
import type { SubjectChange } from './codec.js';
import type { Subject } from './subject.js';

/** What the block under way changes of a subject. */
interface Change {
  readonly subject: Subject;
  readonly facts: Fact[];
  readonly uses: UseFact[];
  readonly marks: number[];
  duties: boolean;
}

/** What the block under way changes of a task's subjects. */
export class BlockChanges {
  private changes = new Map<string, Change>();
  /** Uses learnt: which of them are kept depends on all of the block's facts. */
  private uses: { readonly subject: Subject; readonly use: UseFact }[] = [];

  has(key: string): boolean {
    return this.changes.has(key);
  }

  get(key: string): Subject | undefined {
    return this.changes.get(key)?.subject;
  }

  subjects(): Subject[] {
    return Array.from(this.changes.values(), ({ subject }) => subject);
  }

  /** Notes that the block is to keep the subject, whatever else changes of it. */
  add(subject: Subject): void {
    this.of(subject);
  }

  addFact(subject: Subject, fact: Fact): void {
    this.of(subject).facts.push(fact);
  }

  addMark(subject: Subject, mark: number): void {
    this.of(subject).marks.push(mark);
  }

  /** A use that was learnt; see {@link settle}. */
  learnUse(subject: Subject, use: UseFact): void {
    this.uses.push({ subject, use });
  }

  /** Notes that the subject's duty findings are others now. */
  addDuties(subject: Subject): void {
    this.of(subject).duties = true;
  }

  /** Adds the uses learnt, now that the facts are known. */
  settle(): void {
    for (const { subject, use } of this.uses) {
      if (subject.uses.add(use, subject.facts)) this.of(subject).uses.push(use);
    }
    if (this.uses.length > 0) this.uses = [];
  }

  /** As they are journaled. */
  list(): SubjectChange[] {
    return Array.from(this.changes.values(), toChange);
  }

  /** Begins the next block. */
  clear(): void {
    this.changes = new Map();
  }

  private of(subject: Subject): Change {
    let change = this.changes.get(subject.key);
    if (change === undefined) {
      this.changes.set(subject.key, (change = { subject, facts: [], uses: [], marks: [], duties: false }));
    }
    subject.dueBy = null;
    return change;
  }
}

function toChange({ subject, facts, uses, marks, duties }: Change): SubjectChange {
  return {
    key: subject.key,
    secret: subject.through < 0 ? subject.contents().secret : null,
    facts,
    uses,
    duties: duties ? subject.duties : null,
    late: subject.late === subject.keptLate ? null : { set: subject.late },
    marks,
  };
}
