import { DURABLE } from '../durable.js';
import { BLOCKS } from '../writer.js';
import {
  PRIVILEGES,
  roleName,
  TRAIL_COLLECTIONS,
  userName,
  VAULT_COLLECTIONS,
  type Actor,
  type ProductCollection,
} from './privileges.js';

/** Every collection that Hjemmel uses. */
export const COLLECTIONS: readonly ProductCollection[] = [...TRAIL_COLLECTIONS, ...VAULT_COLLECTIONS];

/** A command of MongoDB's own protocol, as `db.runCommand` takes it in the product's database. */
export type DatabaseCommand = Readonly<Record<string, unknown>>;

const DAY_SECONDS = 86_400;

/** Documents that have the field. */
const having = (field: string) => ({ [field]: { $exists: true } });

/**
 * The indexes besides `_id`. What is left of an erased subject goes after seven days, when no program can any more be
 * about to write what it knew before.
 */
const INDEXES: Partial<Record<ProductCollection, readonly DatabaseCommand[]>> = {
  // Who wrote a block is asked often, and for many blocks at a time: without reading these, which have megabytes.
  [BLOCKS]: [{ key: { _id: 1, writer: 1 }, name: 'writer' }],
  subjects: [
    { key: { erasedAt: 1 }, name: 'erasedAt', expireAfterSeconds: 7 * DAY_SECONDS },
    { key: { task: 1, due: 1 }, name: 'due' },
    { key: { task: 1, late: 1 }, name: 'late', partialFilterExpression: having('late') },
  ],
  positions: [
    { key: { of: 1, latest: 1, '_id.n': 1 }, name: 'of' },
    { key: { task: 1, latest: -1 }, name: 'latest' },
  ],
};

/** Commands that make the indexes where they are missing. */
export function indexCommands(): DatabaseCommand[] {
  return Object.entries(INDEXES).map(([createIndexes, indexes]) => ({
    createIndexes,
    indexes,
    writeConcern: DURABLE,
  }));
}

/**
 * Makes a role, or gives one that exists exactly these privileges.
 *
 * @param database the product's
 */
export function roleCommand(actor: Actor, database: string, does: 'createRole' | 'updateRole'): DatabaseCommand {
  const privileges = Object.entries(PRIVILEGES[actor]).map(([collection, actions]) => ({
    resource: { db: database, collection },
    actions: [...actions],
  }));
  return { [does]: roleName(actor), privileges, roles: [], writeConcern: DURABLE };
}

/** Makes a user, or gives one that exists exactly its role, and the password where there is one. */
export function userCommand(
  actor: Actor,
  database: string,
  does: 'createUser' | 'updateUser',
  password: string | null,
): DatabaseCommand {
  return {
    [does]: userName(actor),
    ...(password === null ? {} : { pwd: password }),
    roles: [{ role: roleName(actor), db: database }],
    writeConcern: DURABLE,
  };
}
