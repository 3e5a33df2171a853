import { prepareCollections, VIEW_COLLECTIONS } from '#libs/trail';
import type { MongoConnection } from '#libs/trail';

/**
 * Creates what must exist before the read models can be kept.
 *
 * @throws DatabaseNotPrepared where a collection is missing and the user may not create it
 */
export async function prepareViews({ db }: Pick<MongoConnection, 'db'>): Promise<void> {
  await prepareCollections(db, VIEW_COLLECTIONS);
}
