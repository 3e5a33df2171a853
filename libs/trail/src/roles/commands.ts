import type { CreateCollectionOptions } from 'mongodb';
import { DURABLE } from '../durable.js';
import { BLOCKS } from '../writer.js';
import {
  COUNT_COLLECTIONS,
  DESK_COLLECTIONS,
  PRIVILEGES,
  roleName,
  TRAIL_COLLECTIONS,
  userName,
  VAULT_COLLECTIONS,
  VIEW_COLLECTIONS,
  type Actor,
  type ProductCollection,
} from './privileges.js';

/** Every collection that Hjemmel uses. */
export const COLLECTIONS: readonly ProductCollection[] = [
  ...TRAIL_COLLECTIONS,
  ...VAULT_COLLECTIONS,
  ...COUNT_COLLECTIONS,
  ...VIEW_COLLECTIONS,
  ...DESK_COLLECTIONS,
];

/**
 * How collections are made that are not made as any other. Elsewhere documents lie in the order in which they came, by which
 * those of one person, and the entries they are of, could be told; where they are clustered, in that of their ids.
 */
export const COLLECTION_OPTIONS: Partial<Record<string, CreateCollectionOptions>> = {
  problemPeople: { clusteredIndex: { key: { _id: 1 }, unique: true } },
} satisfies Partial<Record<ProductCollection, CreateCollectionOptions>>;

/** A command of MongoDB's own protocol, as `db.runCommand` takes it in the product's database. */
export type DatabaseCommand = Readonly<Record<string, unknown>>;

const DAY_SECONDS = 86_400;

/** Documents that have the field. */
const having = (field: string) => ({ [field]: { $exists: true } });

/**
 * Findings are listed by time, of one controller or of some shapes, and told in the order of the log. The other time is
 * there so that what is not asked for is passed over without being read.
 */
const FINDING_INDEXES = [
  { key: { shape: 1, occurredAt: 1, _id: 1, recordedAt: 1 }, name: 'byShapeOccurred' },
  { key: { shape: 1, recordedAt: 1, _id: 1, occurredAt: 1 }, name: 'byShapeRecorded' },
  { key: { controller: 1, occurredAt: 1, _id: 1, shape: 1, recordedAt: 1 }, name: 'byControllerOccurred' },
  { key: { controller: 1, recordedAt: 1, _id: 1, shape: 1, occurredAt: 1 }, name: 'byControllerRecorded' },
  { key: { logIndex: 1 }, name: 'logIndex' },
];
const THROUGH_INDEXES = [{ key: { through: 1 }, name: 'through' }];
const SHAPE_INDEXES = [...THROUGH_INDEXES, { key: { 'reasons.problem': 1 }, name: 'problem' }];

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
  viewFindingsA: FINDING_INDEXES,
  viewFindingsB: FINDING_INDEXES,
  viewCountsA: THROUGH_INDEXES,
  viewCountsB: THROUGH_INDEXES,
  viewShapesA: SHAPE_INDEXES,
  viewShapesB: SHAPE_INDEXES,
  triage: [{ key: { at: 1 }, name: 'at' }],
  verifications: [{ key: { at: 1 }, name: 'at' }],
};

/** Commands that make the indexes of these collections where they are missing. */
export function indexCommands(of: readonly ProductCollection[] = COLLECTIONS): DatabaseCommand[] {
  return of.flatMap((createIndexes) => {
    const indexes = INDEXES[createIndexes];
    return indexes === undefined ? [] : [{ createIndexes, indexes, writeConcern: DURABLE }];
  });
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
