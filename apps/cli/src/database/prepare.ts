import { randomBytes } from 'node:crypto';
import { ACTORS, actorUri, databaseOf, MongoConnection, MongodbFault, prepareDatabase, type Actor } from '#libs/trail';
import { setting } from '../settings.js';
import { UsageError } from '../usage-error.js';
import { passwordVariable } from './password-variable.js';

const DATABASE = 'hjemmel';
const QUIET = { info: () => undefined, warn: () => undefined };

/**
 * `hjemmel database prepare`.
 *
 * @throws UsageError where there is no administrator to act as, or MongoDB refuses
 */
export async function prepare(options: { adminUri?: string; database?: string }): Promise<void> {
  const uri = options.adminUri ?? setting('MONGODB_ADMIN_URI') ?? setting('HJEMMEL_LOCAL_URI_ADMIN');
  if (uri === undefined) {
    throw new UsageError(
      "MONGODB_ADMIN_URI is not set: give the connection string of one who may administer the database's users.",
    );
  }
  const database = options.database ?? databaseOf(uri) ?? DATABASE;
  const connection = connect(uri);
  try {
    const generated = new Map<Actor, string>();
    const outcomes = await connection.attempt(() =>
      prepareDatabase(connection.client.db(database), (actor, exists) => {
        const given = process.env[passwordVariable(actor)] || null;
        if (given !== null || exists) return given;
        const password = randomBytes(24).toString('base64url');
        generated.set(actor, password);
        return password;
      }),
    );
    const lines = ACTORS.map((actor) => {
      const password = generated.get(actor);
      if (password !== undefined)
        return `${actor.padEnd(13)} MONGODB_URI='${actorUri(uri, actor, database, password)}'`;
      const kept = `the user was there and keeps its password (${passwordVariable(actor)} sets another)`;
      return `${actor.padEnd(13)} ${outcomes[actor] === 'kept' ? kept : `password set to ${passwordVariable(actor)}`}`;
    });
    process.stdout.write(
      [
        `The database \`${database}\` is prepared: collections, roles and users.`,
        ...(generated.size === 0 ? [] : ['Passwords made now are shown this once; keep them where you keep secrets.']),
        '',
        ...lines,
        '',
      ].join('\n'),
    );
  } catch (fault) {
    if (!(fault instanceof MongodbFault)) throw fault;
    throw new UsageError(fault.message.replace('MONGODB_URI', 'MONGODB_ADMIN_URI'));
  } finally {
    await connection.close();
  }
}

function connect(uri: string): MongoConnection {
  try {
    return new MongoConnection(uri, 'hjemmel-database', QUIET);
  } catch {
    throw new UsageError(
      'MONGODB_ADMIN_URI is no connection string: write it as mongodb://user:password@host/?authSource=admin.',
    );
  }
}
