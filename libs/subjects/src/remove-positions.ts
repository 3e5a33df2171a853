import { DURABLE } from '#libs/trail';
import type { MongoConnection } from '#libs/trail';
import { blocksBetween } from './documents.js';
import type { BlockKey } from './documents.js';

/**
 * Deletes whom the entries of pruned blocks were about, and what they were judged from.
 *
 * @param starts by task, the first block kept
 */
export async function removePositions(
  { db }: Pick<MongoConnection, 'db'>,
  starts: readonly { readonly task: number; readonly n: number }[],
): Promise<void> {
  // Evidence first: without positions nobody can tell whose it is.
  for (const name of ['evidence', 'positions']) {
    const collection = db.collection<{ _id: BlockKey }>(name);
    for (const { task, n } of starts) {
      if (n > 0) await collection.deleteMany({ _id: blocksBetween(task, 0, n - 1) }, { writeConcern: DURABLE });
    }
  }
}
