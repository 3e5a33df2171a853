import { MongoServerError, type CreateCollectionOptions, type Db } from 'mongodb';
import { DURABLE } from './durable.js';

const NAMESPACE_EXISTS = 48;
const UNAUTHORIZED = 13;

/** A collection is missing and this user may not make it: the database was not prepared. */
export class DatabaseNotPrepared extends Error {
  override readonly name = 'DatabaseNotPrepared';
  constructor(database: string, collection: string) {
    super(
      `The database \`${database}\` has no collection \`${collection}\`, and this MongoDB user may not make it: ` +
        'run `hjemmel database prepare` once.',
    );
  }
}

/**
 * Creates collections where they are missing, durably. Looks only for those that the user may see, which takes no
 * privilege of its own.
 *
 * @param options of those that are not made as any other, by name
 * @throws DatabaseNotPrepared where one is missing and the user may not create it
 */
export async function createCollections(
  db: Db,
  names: readonly string[],
  options: Readonly<Partial<Record<string, CreateCollectionOptions>>> = {},
): Promise<void> {
  const visible = await db.listCollections({}, { nameOnly: true, authorizedCollections: true }).toArray();
  const existing = new Set(visible.map(({ name }) => name));
  for (const name of names) {
    if (existing.has(name)) continue;
    await db.createCollection(name, { ...options[name], writeConcern: DURABLE }).catch((fault: unknown) => {
      if (!(fault instanceof MongoServerError)) throw fault;
      if (fault.code === UNAUTHORIZED) throw new DatabaseNotPrepared(db.databaseName, name);
      if (fault.code !== NAMESPACE_EXISTS) throw fault;
    });
  }
}
