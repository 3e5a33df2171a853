import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MongoClient, MongoServerError, type Collection, type Db } from 'mongodb';
import { testServers } from '../../../../test/support/servers.js';
import { createCollections, DatabaseNotPrepared } from '../collections.js';
import { prepareDatabase } from './prepare.js';
import { ACTORS, COUNT_COLLECTIONS, TRAIL_COLLECTIONS, userName, VAULT_COLLECTIONS, type Actor } from './privileges.js';

const UNAUTHORIZED = 13;
const AUTHENTICATION_FAILED = 18;

const { mongoUri, database } = testServers();
const admin = new MongoClient(mongoUri);
const db = admin.db(database);
const clients = {} as Record<Actor, MongoClient>;

/** The connection string of a user of this database. */
function uriOf(actor: Actor, password: string): string {
  const url = new URL(mongoUri);
  Object.assign(url, { username: userName(actor), password, pathname: `/${database}` });
  url.searchParams.set('authSource', database);
  return url.href;
}

const as = (actor: Actor): Db => clients[actor].db(database);

beforeAll(async () => {
  await prepareDatabase(db, (actor) => `secret of ${actor}`);
  for (const actor of ACTORS) clients[actor] = new MongoClient(uriOf(actor, `secret of ${actor}`));
  for (const name of [...TRAIL_COLLECTIONS, ...VAULT_COLLECTIONS]) {
    await db.collection<Plain>(name).insertOne({ _id: 'kept', value: 1 });
  }
});
afterAll(async () => {
  await Promise.all(Object.values(clients).map((client) => client.close()));
  await db.command({ dropAllUsersFromDatabase: 1 });
  await db.command({ dropAllRolesFromDatabase: 1 });
  await db.dropDatabase();
  await admin.close();
});

interface Plain {
  _id: string;
  value: number;
}

type Attempt = (collection: Collection<Plain>, as: MongoClient) => Promise<unknown>;

/** Every way to change or take away what lies in a collection. */
const CHANGES: Record<string, Attempt> = {
  updateOne: (c) => c.updateOne({ _id: 'kept' }, { $set: { value: 2 } }),
  updateMany: (c) => c.updateMany({}, { $set: { value: 2 } }),
  'update by pipeline': (c) => c.updateMany({}, [{ $set: { value: 2 } }]),
  upsert: (c) => c.updateOne({ _id: 'new' }, { $set: { value: 2 } }, { upsert: true }),
  replaceOne: (c) => c.replaceOne({ _id: 'kept' }, { value: 2 }),
  findOneAndUpdate: (c) => c.findOneAndUpdate({ _id: 'kept' }, { $set: { value: 2 } }),
  '$merge that replaces': (c) =>
    c.aggregate([{ $set: { value: 2 } }, { $merge: { into: c.collectionName, whenMatched: 'replace' } }]).toArray(),
  $out: (c) => c.aggregate([{ $match: { _id: 'none' } }, { $out: c.collectionName }]).toArray(),
  deleteOne: (c) => c.deleteOne({ _id: 'kept' }),
  deleteMany: (c) => c.deleteMany({}),
  findOneAndDelete: (c) => c.findOneAndDelete({ _id: 'kept' }),
  drop: (c) => c.drop(),
  rename: (c) => c.rename('elsewhere'),
  'rename over it': (c, client) =>
    client.db('admin').command({
      renameCollection: `${database}.other`,
      to: c.namespace,
      dropTarget: true,
    }),
  collMod: (c, client) => client.db(database).command({ collMod: c.collectionName, validator: {} }),
  'a TTL index': (c) => c.createIndex({ value: 1 }, { expireAfterSeconds: 0 }),
  // The driver's own method passes a refusal over.
  dropIndexes: (c, client) => client.db(database).command({ dropIndexes: c.collectionName, index: '*' }),
  convertToCapped: (c, client) =>
    client.db(database).command({ convertToCapped: c.collectionName, size: 4_096, maxTimeMS: 5_000 }),
  applyOps: (c, client) => client.db('admin').command({ applyOps: [{ op: 'd', ns: c.namespace, o: { _id: 'kept' } }] }),
  'a transaction': (c, client) =>
    client.withSession((session) => session.withTransaction(() => c.deleteOne({ _id: 'kept' }, { session }))),
};

/** Ways to get at the whole database, or to more rights. */
const ESCALATIONS: Record<string, (client: MongoClient, actor: Actor) => Promise<unknown>> = {
  dropDatabase: (client) => client.db(database).dropDatabase(),
  'another collection': (client) => client.db(database).createCollection('mine'),
  'another database': (client) => client.db(`${database}-2`).collection('x').findOne(),
  'the operation log': (client) => client.db('local').collection('oplog.rs').findOne(),
  createUser: (client) => client.db(database).command({ createUser: 'x', pwd: 'x', roles: [] }),
  'more roles': (client, actor) =>
    client.db(database).command({ grantRolesToUser: userName(actor), roles: ['dbOwner'] }),
  'more privileges': (client) =>
    client.db(database).command({ updateRole: 'hjemmelApi', roles: ['readWrite'], privileges: [] }),
  shutdown: (client) => client.db('admin').command({ shutdown: 1 }),
};

async function codeOf(attempt: Promise<unknown>): Promise<number | string> {
  try {
    await attempt;
    return 'done';
  } catch (fault) {
    if (!(fault instanceof MongoServerError)) throw fault;
    return Number(fault.code);
  }
}

const refusedAll = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries(names.map((name) => [name, UNAUTHORIZED]));

describe.each(['auditor', 'notary', 'api', 'investigator'] as const)(
  'INVARIANT: to the %s the server refuses',
  (actor) => {
    test.each(TRAIL_COLLECTIONS)('every change of what lies in `%s`', async (name) => {
      const told: Record<string, number | string> = {};
      for (const [change, attempt] of Object.entries(CHANGES)) {
        told[change] = await codeOf(attempt(as(actor).collection<Plain>(name), clients[actor]));
      }
      expect(told).toEqual(refusedAll(Object.keys(CHANGES)));
      expect(await db.collection<Plain>(name).findOne({ _id: 'kept' })).toEqual({ _id: 'kept', value: 1 });
      expect((await db.collection(name).indexes()).map((index) => index.name)).toEqual(
        name === 'blocks' ? ['_id_', 'writer'] : ['_id_'],
      );
    });
  },
);

test.each(ACTORS)('to the %s the server refuses what would give it more', async (actor) => {
  const told: Record<string, number | string> = {};
  for (const [what, attempt] of Object.entries(ESCALATIONS)) told[what] = await codeOf(attempt(clients[actor], actor));
  expect(told).toEqual(refusedAll(Object.keys(ESCALATIONS)));
});

const APPENDS: Record<Actor, readonly string[]> = {
  auditor: ['blocks', 'registers'],
  notary: ['sequence', 'tiles', 'checkpoints', 'cosignatures', 'logKeys'],
  api: [],
  investigator: ['blocks'],
  pruner: ['prunes'],
};

test.each(ACTORS)('the %s appends to what is its own, and to nothing else of the trail', async (actor) => {
  const may: string[] = [];
  for (const name of TRAIL_COLLECTIONS) {
    const code = await codeOf(
      as(actor)
        .collection<Plain>(name)
        .insertOne({ _id: `of the ${actor}`, value: 1 }),
    );
    if (code === 'done') may.push(name);
    else expect({ name, code }).toEqual({ name, code: UNAUTHORIZED });
  }
  expect(may).toEqual(APPENDS[actor]);
});

test('the pruner takes documents away where retention lets them go, and there only; it changes none', async () => {
  const lets: string[] = [];
  for (const name of TRAIL_COLLECTIONS) {
    const own = as('pruner').collection<Plain>(name);
    await db.collection<Plain>(name).insertOne({ _id: 'old', value: 1 });
    const code = await codeOf(own.deleteOne({ _id: 'old' }));
    if (code === 'done') lets.push(name);
    else expect({ name, code }).toEqual({ name, code: UNAUTHORIZED });
    for (const change of ['updateMany', 'replaceOne', 'findOneAndUpdate', 'drop', 'a TTL index', 'collMod']) {
      expect([change, await codeOf((CHANGES[change] as Attempt)(own, clients.pruner))]).toEqual([change, UNAUTHORIZED]);
    }
  }
  expect(lets).toEqual(['blocks', 'sequence', 'tiles']);
});

test.each(['notary', 'api', 'pruner'] as const)('the %s sees nothing of the vault', async (actor) => {
  for (const name of VAULT_COLLECTIONS) {
    expect(await codeOf(as(actor).collection(name).findOne())).toBe(UNAUTHORIZED);
  }
});

/** `f`ind, `i`nsert, `u`pdate, `r`emove. */
const IN_THE_VAULT: Partial<Record<Actor, Record<string, string>>> = {
  auditor: {
    subjects: 'fiur',
    factsJournal: 'fir',
    factsWatermarks: 'fiu',
    positions: 'fir',
    evidence: 'fir',
    vaultKeys: 'fi',
  },
  investigator: {
    subjects: 'fiur',
    factsJournal: 'fiur',
    factsWatermarks: '',
    positions: 'fur',
    evidence: 'fur',
    vaultKeys: 'fiur',
  },
  pruner: { subjects: '', factsJournal: '', factsWatermarks: '', positions: 'r', evidence: 'r', vaultKeys: '' },
};

/** What each may do in these collections, by collection. */
async function rightsIn(collections: readonly string[], actor: string): Promise<Record<string, string>> {
  const may: Record<string, string> = {};
  for (const name of collections) {
    const own = as(actor as Actor).collection<Plain>(name);
    const attempts: Record<string, () => Promise<unknown>> = {
      f: () => own.findOne(),
      i: () => own.insertOne({ _id: `of the ${actor}`, value: 1 }),
      u: () => own.updateMany({ _id: 'none' }, { $set: { value: 2 } }),
      r: () => own.deleteMany({ _id: 'none' }),
    };
    may[name] = '';
    for (const [letter, attempt] of Object.entries(attempts)) {
      if ((await codeOf(attempt())) === 'done') may[name] += letter;
    }
    expect(await codeOf(own.drop())).toBe(UNAUTHORIZED);
  }
  return may;
}

test.each(Object.entries(IN_THE_VAULT))('of the vault the %s has what it needs', async (actor, expected) => {
  expect(await rightsIn(VAULT_COLLECTIONS, actor)).toEqual(expected);
});

test.each<[Actor, string, string]>([
  ['auditor', 'fi', 'fiu'],
  ['notary', '', ''],
  ['api', 'f', 'f'],
  ['investigator', 'i', ''],
  ['pruner', '', ''],
])('of what counts people the %s may do what it needs', async (actor, problemPeople, openDuties) => {
  expect(await rightsIn(COUNT_COLLECTIONS, actor)).toEqual({ problemPeople, openDuties });
});

test('whom problems touch lies in the order of ids, not in that in which it came', async () => {
  const [{ options } = {}] = (await db.listCollections({ name: 'problemPeople' }).toArray()) as { options?: object }[];
  expect(options).toMatchObject({ clusteredIndex: { key: { _id: 1 }, unique: true } });
});

test.each(['notary', 'api', 'investigator', 'pruner'] as const)('the %s reads the whole trail', async (actor) => {
  for (const name of TRAIL_COLLECTIONS) {
    expect(await as(actor).collection<Plain>(name).findOne({ _id: 'kept' })).toMatchObject({ value: 1 });
  }
});

describe('preparing again', () => {
  test('takes back what was added to a role or a user, and keeps passwords that it is not given', async () => {
    const blocks = { db: database, collection: 'blocks' };
    await db.command({ grantPrivilegesToRole: 'hjemmelApi', privileges: [{ resource: blocks, actions: ['remove'] }] });
    await db.command({ grantRolesToUser: userName('api'), roles: ['readWrite'] });
    expect(await codeOf(as('api').collection<Plain>('blocks').deleteOne({ _id: 'none' }))).toBe('done');

    const asked: [Actor, boolean][] = [];
    const outcomes = await prepareDatabase(db, (actor, exists) => {
      asked.push([actor, exists]);
      return null;
    });
    expect(asked).toEqual(ACTORS.map((actor) => [actor, true]));
    expect(outcomes).toEqual(Object.fromEntries(ACTORS.map((actor) => [actor, 'kept'])));
    expect(await codeOf(as('api').collection<Plain>('blocks').deleteOne({ _id: 'none' }))).toBe(UNAUTHORIZED);
    expect(await as('api').collection('blocks').countDocuments()).toBeGreaterThan(0);
  });

  test('sets the passwords that it is given', async () => {
    await prepareDatabase(db, (actor) => (actor === 'pruner' ? 'another one' : null));
    const login = async (password: string): Promise<number | string> => {
      await using client = new MongoClient(uriOf('pruner', password));
      return await codeOf(client.db().collection('blocks').findOne());
    };
    expect([await login('another one'), await login('secret of pruner')]).toEqual(['done', AUTHENTICATION_FAILED]);
  });
});

test('a program whose user may not make a missing collection says what to do', async () => {
  await createCollections(as('api'), ['blocks', 'tiles']);
  await expect(createCollections(as('api'), ['blocks', 'nowhere'])).rejects.toThrow(DatabaseNotPrepared);
  await expect(createCollections(as('api'), ['nowhere'])).rejects.toThrow(
    `The database \`${database}\` has no collection \`nowhere\`, and this MongoDB user may not make it: ` +
      'run `hjemmel database prepare` once.',
  );
});
