import type { Collection } from 'mongodb';
import { DURABLE } from '#libs/trail';
import type { MongoConnection } from '#libs/trail';
import { blocksBetween } from './documents.js';
import type { PositionsDocument } from './documents.js';

/**
 * Deletes whom the entries of pruned blocks were about.
 *
 * @param starts by task, the first block kept
 */
export async function removePositions(
  { db }: Pick<MongoConnection, 'db'>,
  starts: readonly { readonly task: number; readonly n: number }[],
): Promise<void> {
  const positions: Collection<PositionsDocument> = db.collection('positions');
  for (const { task, n } of starts) {
    if (n > 0) await positions.deleteMany({ _id: blocksBetween(task, 0, n - 1) }, { writeConcern: DURABLE });
  }
}
