import type { Db } from 'mongodb';

/** Bytes on disk, compressed as MongoDB keeps them. */
export interface DatabaseSize {
  /** Of the collection of findings or blocks, without indexes. */
  readonly findings: number;
  /** Of all collections and indexes of the database. */
  readonly all: number;
}

/** Sizes after a checkpoint, before which the files lag behind. */
export async function databaseSize(db: Db, collection: string): Promise<DatabaseSize> {
  await db.admin().command({ fsync: 1 });
  const { storageSize } = await db.command({ collStats: collection });
  const { totalSize } = await db.command({ dbStats: 1 });
  return { findings: storageSize as number, all: totalSize as number };
}
