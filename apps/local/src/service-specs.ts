import { ACTORS, type Actor } from '#libs/trail';
import type { Keys } from './keys.js';
import type { Options } from './options.js';
import type { ServiceSpec } from './services.js';
import { StackError } from './stack/stack-error.js';

/** The servers that everything runs on. */
export interface Servers {
  readonly kafkaBrokers: string;
  /** The MongoDB administrator's connection string. */
  readonly mongoUri: string;
  /** Those of the users that the services and commands act as. */
  readonly mongoUris: Readonly<Record<Actor, string>>;
}

/** Servers of the user's, with one connection string for all. */
export function sameForAll(kafkaBrokers: string, mongoUri: string): Servers {
  const mongoUris = Object.fromEntries(ACTORS.map((actor) => [actor, mongoUri])) as Record<Actor, string>;
  return { kafkaBrokers, mongoUri, mongoUris };
}

/** Settings that are secret, or a service's own: none is passed on but to whom it is for. So are all of OIDC_…. */
const OWN = [
  'HJEMMEL_PUBLIC_URL',
  'HJEMMEL_SESSION_KEY',
  'HJEMMEL_SIGNING_KEY',
  'HJEMMEL_TOKEN_CLIENT_ID',
  'HJEMMEL_TOKEN_CLIENT_SECRET',
  'HJEMMEL_VAULT_KEY',
  'KAFKA_BROKERS',
  'KAFKA_SASL_MECHANISM',
  'KAFKA_SASL_USERNAME',
  'KAFKA_SASL_PASSWORD',
  'MONGODB_URI',
  'MONGODB_ADMIN_URI',
  'PORT',
] as const;

/** The settings of the user's environment that all programs get. */
export function commonSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own: readonly string[] = OWN;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !own.includes(name) && !name.startsWith('OIDC_')));
}

/**
 * The services, each with the settings of the user's environment, and of secrets and connection strings with none but
 * its own. The user's PORT is the api's.
 *
 * @param access the api's settings by which it knows people; left out: it knows nobody
 * @throws {StackError} for a PORT that is none
 */
export function serviceSpecs(
  { kafkaBrokers, mongoUris }: Servers,
  { signingKey, vaultKey, origin, verifierKeys }: Keys,
  { auditors }: Pick<Options, 'auditors'>,
  env: NodeJS.ProcessEnv,
  access: Readonly<Record<string, string>> = {},
): ServiceSpec[] {
  const common = commonSettings(env);
  const kafka = Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('KAFKA_SASL_')));
  const forAuditors = { ...kafka, KAFKA_BROKERS: kafkaBrokers, MONGODB_URI: mongoUris.auditor };
  const forNotary = {
    MONGODB_URI: mongoUris.notary,
    HJEMMEL_SIGNING_KEY: signingKey,
    HJEMMEL_LOG_ORIGIN: origin,
    HJEMMEL_LOG_KEY: env['HJEMMEL_LOG_KEY']?.trim() || verifierKeys.join(','),
  };
  return [
    ...Array.from({ length: auditors }, (_, i): ServiceSpec => ({
      name: `auditor-${i + 1}`,
      app: 'auditor',
      env: { ...common, ...forAuditors, HJEMMEL_VAULT_KEY: vaultKey },
    })),
    { name: 'notary', app: 'notary', env: { ...common, ...forNotary } },
    { name: 'api', app: 'api', env: { ...common, ...access, MONGODB_URI: mongoUris.api }, port: portOf(env) },
  ];
}

/** What commands that are run beside `npm start` need to know; the signing key is not among it. */
export function localSettings(
  { kafkaBrokers, mongoUri, mongoUris }: Servers,
  { vaultKey, verifierKeys }: Keys,
  logUrl: string,
  access: Readonly<Record<string, string>>,
): Record<string, string> {
  const uris = Object.entries({ admin: mongoUri, ...mongoUris });
  return {
    KAFKA_BROKERS: kafkaBrokers,
    HJEMMEL_VAULT_KEY: vaultKey,
    HJEMMEL_LOG_URL: logUrl,
    HJEMMEL_LOG_KEY: verifierKeys.join(','),
    ...access,
    ...Object.fromEntries(uris.map(([actor, uri]) => [`HJEMMEL_LOCAL_URI_${actor.toUpperCase()}`, uri])),
  };
}

/** The user's PORT; undefined: they leave it to us. @throws {StackError} for a PORT that is none */
export function portOf(env: NodeJS.ProcessEnv): number | undefined {
  const text = env['PORT']?.trim() ?? '';
  if (text === '' || text === '0') return undefined;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new StackError('PORT must be a whole number from 0 to 65535.');
  }
  return Number(text);
}
