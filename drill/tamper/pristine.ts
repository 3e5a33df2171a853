import type { Db, Document } from 'mongodb';

/** Types of numbers stay what they are. */
const EXACT = { promoteValues: false } as const;
const COLLECTIONS = [
  ...(['blocks', 'sequence', 'tiles', 'checkpoints', 'cosignatures', 'logKeys', 'prunes', 'registers'] as const),
];

export type TrailCollection = (typeof COLLECTIONS)[number];

/** The trail as it was before anybody tampered with it. */
export class Pristine {
  private readonly documents = new Map<TrailCollection, Document[]>();

  private constructor(private readonly db: Db) {}

  static async of(db: Db): Promise<Pristine> {
    const pristine = new Pristine(db);
    for (const name of COLLECTIONS) {
      pristine.documents.set(
        name,
        await db
          .collection(name)
          .find({}, { ...EXACT, sort: { _id: 1 } })
          .toArray(),
      );
    }
    return pristine;
  }

  /** Brings collections back to what they were. */
  async restore(names: Iterable<TrailCollection>): Promise<void> {
    for (const name of names) {
      await this.db.collection(name).deleteMany({});
      const documents = this.documents.get(name) ?? [];
      if (documents.length > 0) await this.db.collection(name).insertMany(documents);
    }
  }
}
