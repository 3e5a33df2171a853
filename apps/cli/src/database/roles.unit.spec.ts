import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import {
  ACTORS,
  COLLECTION_OPTIONS,
  COLLECTIONS,
  indexCommands,
  PRIVILEGES,
  roleCommand,
  userCommand,
} from '#libs/trail';
import { rolesJson, rolesScript } from './roles.js';

/** Runs the script as mongosh would, on a database that has the collections, roles and users given. */
function run(
  there: { collections: string[]; roles: string[]; users: string[] },
  env: Record<string, string>,
): unknown[] {
  const done: unknown[] = [];
  const product = {
    getCollectionNames: () => there.collections,
    createCollection: (name: string, options: object) => done.push({ create: name, ...options }),
    getRole: (name: string) => (there.roles.includes(name) ? { role: name } : null),
    getUser: (name: string) => (there.users.includes(name) ? { user: name } : null),
    runCommand: (command: unknown) => done.push(command),
  };
  const db = { getSiblingDB: (name: string) => (expect(name).toBe('audit'), product) };
  const context = { db, process: { env }, passwordPrompt: () => 'as typed', print: () => undefined };
  runInNewContext(rolesScript('audit'), context);
  return JSON.parse(JSON.stringify(done)) as unknown[];
}

describe('the script for mongosh does what hjemmel database prepare does', () => {
  test('on a new database', () => {
    expect(run({ collections: [], roles: [], users: [] }, { HJEMMEL_PASSWORD_API: 'given' })).toEqual([
      ...COLLECTIONS.map((name) => ({ create: name, ...COLLECTION_OPTIONS[name] })),
      ...indexCommands(),
      ...ACTORS.flatMap((actor) => [
        roleCommand(actor, 'audit', 'createRole'),
        userCommand(actor, 'audit', 'createUser', actor === 'api' ? 'given' : 'as typed'),
      ]),
    ]);
  });

  test('on one that was prepared before', () => {
    const there = {
      collections: [...COLLECTIONS],
      roles: ACTORS.map((actor) => roleCommand(actor, 'audit', 'createRole')['createRole'] as string),
      users: ACTORS.map((actor) => userCommand(actor, 'audit', 'createUser', null)['createUser'] as string),
    };
    expect(run(there, { HJEMMEL_PASSWORD_PRUNER: 'given' })).toEqual([
      ...indexCommands(),
      ...ACTORS.flatMap((actor) => [
        roleCommand(actor, 'audit', 'updateRole'),
        userCommand(actor, 'audit', 'updateUser', actor === 'pruner' ? 'given' : null),
      ]),
    ]);
  });
});

test('the JSON is the table', () => {
  const table = JSON.parse(rolesJson()) as Record<string, { role: string; user: string; privileges: unknown }>;
  expect(Object.keys(table)).toEqual([...ACTORS]);
  for (const actor of ACTORS) expect(table[actor]?.privileges).toEqual(PRIVILEGES[actor]);
  expect(table['notary']).toMatchObject({ role: 'hjemmelNotary', user: 'hjemmel-notary' });
});
