import { parseVaultKeys, People, VaultError } from '#libs/subjects';
import type { VaultKey } from '#libs/subjects';
import { DatabaseNotPrepared, MongoConnection, MongodbFault, MongoTrailWriter } from '#libs/trail';
import { mongodbUri, setting } from '../settings.js';
import { UsageError } from '../usage-error.js';

/** What commands that look into the vault work with. */
export interface Investigator {
  readonly mongodb: MongoConnection;
  readonly people: People;
  readonly trail: MongoTrailWriter;
  /** Of the settings; the first encrypts. */
  readonly keys: readonly [VaultKey, ...VaultKey[]];
}

const MISUSES = [VaultError, DatabaseNotPrepared, MongodbFault];

/**
 * Does something as the investigator, with the vault open.
 *
 * @throws UsageError where a setting is wrong, MongoDB refuses, or the vault does not open
 */
export async function asInvestigator<T>(action: (investigator: Investigator) => Promise<T>): Promise<T> {
  const text = setting('HJEMMEL_VAULT_KEY');
  if (text === undefined) throw new UsageError('HJEMMEL_VAULT_KEY is not set: give the key that the auditors have.');
  const log = {
    info: () => undefined,
    warn: (_: object, message: string) => void process.stderr.write(`${message}\n`),
  };
  const mongodb = new MongoConnection(mongodbUri('investigator'), 'hjemmel-investigator', log);
  try {
    const keys = parseVaultKeys(text);
    const people = new People(mongodb, keys);
    return await mongodb.attempt(async () => {
      await people.prepare();
      return action({ mongodb, people, keys, trail: new MongoTrailWriter(mongodb) });
    });
  } catch (fault) {
    if (MISUSES.some((kind) => fault instanceof kind)) throw new UsageError((fault as Error).message);
    throw fault;
  } finally {
    await mongodb.close();
  }
}
