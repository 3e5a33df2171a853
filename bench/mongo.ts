import { MongoConnection } from '#libs/trail';

const quiet = { info: () => undefined, warn: () => undefined };

/** A connection that says nothing. */
export function quietConnection(uri: string): MongoConnection {
  return new MongoConnection(uri, 'bench', quiet);
}

/** The connection string with another database. */
export function inDatabase(uri: string, database: string): string {
  const url = new URL(uri);
  url.pathname = `/${database}`;
  return url.href;
}
