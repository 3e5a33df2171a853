import type { FindCursor } from 'mongodb';
import type { SubjectVault } from './collections.js';
import { isSubject } from './documents.js';
import type { SubjectDocument, SubjectsDocument } from './documents.js';
import type { Subject } from './subject.js';

/** What is known of subjects outside of a look. */
export interface UpcomingKnown {
  /** The subject of a document as that says it is, kept nowhere. Throws where MongoDB is away. */
  peek(document: SubjectDocument): Promise<Subject>;
  /** Subjects of whom documents may not say yet what is known, or when they are due; some may come twice. */
  unwritten(): Iterable<Subject>;
  /** When a subject is due. */
  dateOf(subject: Subject): Date;
}

/** Documents fetched together. */
const BATCH = 200;

/**
 * Goes once through the subjects of a task who are due until a time, a few at a time and each once: as of the beginning, or,
 * of those whose documents did not say all that was known by then, as of a later block.
 */
export class Upcoming {
  /** Looked at first, by key; as objects, since any may be written and forgotten meanwhile. */
  private readonly unwritten: ReadonlyMap<string, Subject>;
  private readonly first: Iterator<Subject>;
  /** As of the beginning, so that nobody comes twice, or is missed, whose date changes meanwhile. */
  private readonly documents: FindCursor<SubjectsDocument>;

  /**
   * @param through last block of the task now
   * @param until ms; the documents' dates are found by the registers in force
   */
  constructor(
    task: number,
    { collections }: Pick<SubjectVault, 'collections'>,
    readonly through: number,
    private readonly known: UpcomingKnown,
    private readonly until: number,
  ) {
    this.unwritten = new Map(Array.from(known.unwritten(), (subject) => [subject.key, subject]));
    this.first = this.unwritten.values();
    const due = {
      $or: [
        { task, due: { $lte: new Date(until) } },
        { task, due: null },
      ],
    };
    this.documents = collections.subjects.find(due as never, {
      readConcern: 'snapshot',
      readPreference: 'primary',
      batchSize: BATCH,
    }) as never;
  }

  /**
   * Some more of them; null: these were all. Throws where MongoDB is away, or has forgotten how things were at the
   * beginning; the look is then to be given up.
   *
   * @param limit of how many it is found out whether they are due
   */
  async next(limit: number): Promise<readonly Subject[] | null> {
    const due: Subject[] = [];
    let left = limit;
    for (; left > 0; left--) {
      const next = this.first.next();
      if (next.done === true) break;
      if (this.known.dateOf(next.value).getTime() <= this.until) due.push(next.value);
    }
    if (left === 0) return due;
    const first = await this.documents.next();
    if (first === null) return due.length > 0 ? due : null;
    for (const document of [first, ...this.documents.readBufferedDocuments(left - 1)].filter(isSubject)) {
      const written = await this.known.peek(document);
      if (!this.unwritten.has(written.key)) due.push(written);
    }
    return due;
  }

  async close(): Promise<void> {
    await this.documents.close().catch(() => undefined);
  }
}
