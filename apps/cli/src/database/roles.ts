import {
  ACTORS,
  COLLECTION_OPTIONS,
  COLLECTIONS,
  indexCommands,
  PRIVILEGES,
  roleCommand,
  roleName,
  userCommand,
  userName,
} from '#libs/trail';
import { passwordVariable } from './password-variable.js';

/** The table of privileges as JSON: for each actor its role, its user and what it may do in which collection. */
export function rolesJson(): string {
  const table = ACTORS.map((actor) => [
    actor,
    { role: roleName(actor), user: userName(actor), privileges: PRIVILEGES[actor] },
  ]);
  return `${JSON.stringify(Object.fromEntries(table), null, 2)}\n`;
}

/** A script for mongosh that does what `hjemmel database prepare` does. */
export function rolesScript(database: string): string {
  const actors = ACTORS.map((actor) => ({
    role: roleName(actor),
    createRole: roleCommand(actor, database, 'createRole'),
    updateRole: roleCommand(actor, database, 'updateRole'),
    user: userName(actor),
    createUser: userCommand(actor, database, 'createUser', null),
    updateUser: userCommand(actor, database, 'updateUser', null),
    password: passwordVariable(actor),
  }));
  return `// Collections, roles and users of Hjemmel. May be run again at any time; what is there is brought in line.
// Passwords come from the environment (${ACTORS.map(passwordVariable).join(', ')});
// where one is not set, a new user's is asked for and an existing user keeps its own.
const product = db.getSiblingDB(${JSON.stringify(database)});
const collections = ${JSON.stringify(COLLECTIONS)};
const options = ${JSON.stringify(COLLECTION_OPTIONS)};
const indexes = ${JSON.stringify(indexCommands(), null, 2)};
const actors = ${JSON.stringify(actors, null, 2)};

const there = product.getCollectionNames();
for (const name of collections) if (!there.includes(name)) product.createCollection(name, options[name]);
for (const index of indexes) product.runCommand(index);
for (const actor of actors) {
  product.runCommand(product.getRole(actor.role) === null ? actor.createRole : actor.updateRole);
  const given = process.env[actor.password];
  if (product.getUser(actor.user) === null) product.runCommand({ ...actor.createUser, pwd: given || passwordPrompt() });
  else product.runCommand(given ? { ...actor.updateUser, pwd: given } : actor.updateUser);
  print(actor.user + ' is ready');
}
`;
}
