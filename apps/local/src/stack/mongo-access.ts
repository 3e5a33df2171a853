import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ACTORS, userName, type Actor } from '#libs/trail';
import { keptSecret } from './kept-secret.js';

/** The product's database on a local MongoDB. */
export const DATABASE = 'hjemmel';
export const REPLICA_SET = 'hjemmel';
export const ADMIN = 'hjemmel-admin';

/** Who may do what on a local MongoDB, kept with its data. */
export interface MongoAccess {
  /** What the members of the replica set know each other by. */
  readonly keyFile: string;
  readonly adminPassword: string;
  readonly passwords: Readonly<Record<Actor, string>>;
}

/** Makes the secrets of a local MongoDB, or finds those made before. */
export function mongoAccess(folder: string): MongoAccess {
  const file = (name: string): string => join(folder, 'secrets', name);
  const password = (name: string): string => keptSecret(file(name), () => randomBytes(24).toString('base64url'));
  keptSecret(file('replica-set.key'), () => randomBytes(96).toString('base64'));
  return {
    keyFile: file('replica-set.key'),
    adminPassword: password('admin'),
    passwords: Object.fromEntries(ACTORS.map((actor) => [actor, password(actor)])) as Record<Actor, string>,
  };
}

/**
 * For the administrator; the database in the path may be replaced by another one.
 *
 * @param ports of the replica set's members
 */
export function adminUri(ports: readonly number[], { adminPassword }: MongoAccess): string {
  const login = `${ADMIN}:${adminPassword}`;
  return `mongodb://${login}@${hosts(ports)}/${DATABASE}?replicaSet=${REPLICA_SET}&authSource=admin`;
}

/** For the programs: each with the rights of its role in the product's database alone. */
export function actorUris(ports: readonly number[], { passwords }: MongoAccess): Record<Actor, string> {
  const uri = (actor: Actor): string =>
    `mongodb://${userName(actor)}:${passwords[actor]}@${hosts(ports)}/${DATABASE}?replicaSet=${REPLICA_SET}`;
  return Object.fromEntries(ACTORS.map((actor) => [actor, uri(actor)])) as Record<Actor, string>;
}

function hosts(ports: readonly number[]): string {
  return ports.map((port) => `127.0.0.1:${port}`).join(',');
}
