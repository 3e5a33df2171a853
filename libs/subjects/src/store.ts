import { createCollections } from '#libs/trail';
import type { MongoConnection } from '#libs/trail';
import { TaskSubjects } from './task-subjects.js';
import type {
  JournalDocument,
  SubjectCollections,
  SubjectDocument,
  SubjectOptions,
  Takeover,
  WatermarkDocument,
} from './task-subjects.js';

const NAMES = { journal: 'factsJournal', subjects: 'subjects', watermarks: 'factsWatermarks' } as const;

export interface SubjectStoreOptions {
  /** Subjects kept in memory over all tasks owned; a few hundred bytes each. */
  readonly cacheSubjects: number;
  readonly keepBlocks: number;
  readonly flushSubjects: number;
}

export const SUBJECT_DEFAULTS: SubjectStoreOptions = { cacheSubjects: 500_000, keepBlocks: 64, flushSubjects: 2_000 };

/** What is known of data subjects, and their secrets, in MongoDB. Nothing outside this library reads it. */
export class SubjectStore {
  private readonly collections: SubjectCollections;

  constructor(
    private readonly connection: MongoConnection,
    private readonly options: SubjectStoreOptions = SUBJECT_DEFAULTS,
  ) {
    const { db } = connection;
    this.collections = {
      journal: db.collection<JournalDocument>(NAMES.journal),
      subjects: db.collection<SubjectDocument>(NAMES.subjects),
      watermarks: db.collection<WatermarkDocument>(NAMES.watermarks),
    };
  }

  /** Creates what must exist before the first block. */
  async prepare(): Promise<void> {
    await createCollections(this.connection.db, Object.values(NAMES));
  }

  /**
   * Takes over the subjects of a task.
   *
   * @param tasks number of tasks this process may come to own, between which the cache is shared
   */
  async open(takeover: Takeover, tasks: number): Promise<TaskSubjects> {
    const options: SubjectOptions = { ...this.options, cacheSubjects: this.options.cacheSubjects / tasks };
    return TaskSubjects.open(takeover, this.collections, this.connection.watch, options);
  }
}
