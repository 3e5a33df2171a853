import { MongoServerError, type Db } from 'mongodb';
import { createCollections } from '../collections.js';
import { COLLECTION_OPTIONS, COLLECTIONS, indexCommands, roleCommand, userCommand } from './commands.js';
import { ACTORS, userName, type Actor } from './privileges.js';

const ROLE_EXISTS = 51002;

/** What became of an actor's user. */
export type UserOutcome = 'made' | 'password set' | 'kept';

/**
 * Makes a database ready for Hjemmel: collections, indexes, and for each actor a role with exactly the privileges of
 * the table and a user with exactly that role, all in this database. What is there already is brought in line, so it
 * may be run again at any time, also beside running programs.
 *
 * @param db the product's database, as somebody who may administer its users
 * @param password of an actor: called once for each, and told whether the user exists; null keeps the password that an
 *   existing user has
 * @throws MongoServerError where the server refuses
 */
export async function prepareDatabase(
  db: Db,
  password: (actor: Actor, exists: boolean) => string | null,
): Promise<Record<Actor, UserOutcome>> {
  await createCollections(db, COLLECTIONS, COLLECTION_OPTIONS);
  for (const command of indexCommands()) await db.command(command);
  const users = await existingUsers(db);
  const outcomes = {} as Record<Actor, UserOutcome>;
  for (const actor of ACTORS) {
    await prepareRole(db, actor);
    const exists = users.has(actor);
    const pwd = password(actor, exists);
    if (exists) await db.command(userCommand(actor, db.databaseName, 'updateUser', pwd));
    else await db.command(userCommand(actor, db.databaseName, 'createUser', pwd));
    outcomes[actor] = !exists ? 'made' : pwd === null ? 'kept' : 'password set';
  }
  return outcomes;
}

async function prepareRole(db: Db, actor: Actor): Promise<void> {
  try {
    await db.command(roleCommand(actor, db.databaseName, 'createRole'));
  } catch (fault) {
    if (!(fault instanceof MongoServerError && fault.code === ROLE_EXISTS)) throw fault;
    await db.command(roleCommand(actor, db.databaseName, 'updateRole'));
  }
}

async function existingUsers(db: Db): Promise<Set<Actor>> {
  const { users } = await db.command({
    usersInfo: ACTORS.map((actor) => ({ user: userName(actor), db: db.databaseName })),
  });
  const names = new Set((users as readonly { user: string }[]).map(({ user }) => user));
  return new Set(ACTORS.filter((actor) => names.has(userName(actor))));
}
