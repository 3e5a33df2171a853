import { ACTORS, type Actor } from '#libs/trail';
import type { Keys } from './keys.js';
import type { Options } from './options.js';
import type { ServiceSpec } from './services.js';

/** Settings that are not passed on as they are. */
const OWN = ['HJEMMEL_SIGNING_KEY', 'HJEMMEL_VAULT_KEY', 'MONGODB_URI', 'MONGODB_ADMIN_URI', 'PORT'];

/** The servers that everything runs on. */
export interface Servers {
  readonly kafkaBrokers: string;
  /** Whom each acts as. */
  readonly mongoUris: Readonly<Record<Actor, string>>;
  /** The administrator's; null: nobody here is. */
  readonly mongoUri: string | null;
}

/** Servers of the user's, with one connection string for all. */
export function sameForAll(kafkaBrokers: string, mongoUri: string): Servers {
  const mongoUris = Object.fromEntries(ACTORS.map((actor) => [actor, mongoUri])) as Record<Actor, string>;
  return { kafkaBrokers, mongoUris, mongoUri: null };
}

/**
 * The services, each with the settings of the user's environment, and of secrets and connection strings with none but
 * its own.
 */
export function serviceSpecs(
  { kafkaBrokers, mongoUris }: Servers,
  { vaultKey }: Keys,
  { auditors }: Pick<Options, 'auditors'>,
  env: NodeJS.ProcessEnv,
): ServiceSpec[] {
  const common = { ...env };
  for (const name of OWN) delete common[name];
  const auditor = {
    ...common,
    KAFKA_BROKERS: kafkaBrokers,
    MONGODB_URI: mongoUris.auditor,
    HJEMMEL_VAULT_KEY: vaultKey,
  };
  return Array.from({ length: auditors }, (_, i) => ({ name: `auditor-${i + 1}`, app: 'auditor', env: auditor }));
}

/** What commands that are run beside `npm start` need to know; none of it for signing. */
export function localSettings(
  { kafkaBrokers, mongoUris, mongoUri }: Servers,
  { vaultKey }: Keys,
): Record<string, string> {
  const uris = mongoUri === null ? [] : Object.entries({ admin: mongoUri, ...mongoUris });
  return {
    KAFKA_BROKERS: kafkaBrokers,
    HJEMMEL_VAULT_KEY: vaultKey,
    ...Object.fromEntries(uris.map(([actor, uri]) => [`HJEMMEL_LOCAL_URI_${actor.toUpperCase()}`, uri])),
  };
}
