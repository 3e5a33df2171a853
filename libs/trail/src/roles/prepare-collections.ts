import { MongoServerError, type Db } from 'mongodb';
import { createCollections } from '../collections.js';
import { COLLECTION_OPTIONS, indexCommands } from './commands.js';
import type { ProductCollection } from './privileges.js';

/** MongoDB's error_codes.yml. */
const UNAUTHORIZED = 13;

/**
 * Creates collections and their indexes where they are missing. Who may not make indexes has a database that an
 * administrator prepared, with them.
 *
 * @throws DatabaseNotPrepared where a collection is missing and the user may not create it
 */
export async function prepareCollections(db: Db, names: readonly ProductCollection[]): Promise<void> {
  await createCollections(db, names, COLLECTION_OPTIONS);
  for (const command of indexCommands(names)) {
    await db.command(command).catch((fault: unknown) => {
      if (!(fault instanceof MongoServerError && fault.code === UNAUTHORIZED)) throw fault;
    });
  }
}
