import { userName, type Actor } from './privileges.js';

const FORM = /^(mongodb(?:\+srv)?:\/\/)(?:[^@/]*@)?([^/?@]+)(?:\/([^?]*))?(?:\?(.*))?$/s;
/** Options that say how the one who is in the connection string logs in. */
const LOGIN = ['authSource', 'authMechanism', 'authMechanismProperties'];

/** The database that a connection string names; null: none, or only `admin`, where administrators log in. */
export function databaseOf(uri: string): string | null {
  const [, , , path = ''] = FORM.exec(uri) ?? [];
  const database = decodeURIComponent(path);
  return database === '' || database === 'admin' ? null : database;
}

/**
 * The connection string of an actor's user, to the same servers as another one.
 *
 * @param uri with a form that the driver accepts
 * @param database the product's, which also holds the user
 */
export function actorUri(uri: string, actor: Actor, database: string, password: string): string {
  const [, scheme = '', hosts = '', , query = ''] = FORM.exec(uri) ?? [];
  const kept = query.split('&').filter((option) => option !== '' && !LOGIN.includes(option.split('=')[0] as string));
  // Over mongodb+srv a DNS record may say where to log in, so it is always said.
  const options = [...kept, `authSource=${encodeURIComponent(database)}`].join('&');
  const login = `${userName(actor)}:${encodeURIComponent(password)}`;
  return `${scheme}${login}@${hosts}/${encodeURIComponent(database)}?${options}`;
}
