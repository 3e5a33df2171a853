import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { commonSettings } from '../service-specs.js';
import type { ServiceSpec } from '../services.js';
import { keptSecret } from '../stack/kept-secret.js';
import { StackError } from '../stack/stack-error.js';
import { CONFIG, type OpenIdClient, type OpenIdConfig } from './config.js';
import { keptPasswords, PEOPLE } from './people.js';

/** How people and programs are known to the api. */
export interface LocalAccess {
  /** Settings of the api. */
  readonly api: Readonly<Record<string, string>>;
  /** Settings of commands that are run beside it. */
  readonly commands: Readonly<Record<string, string>>;
  /** Who can log in; null: the user's own provider knows. */
  readonly people: Pick<OpenIdConfig, 'people' | 'peopleFile'> | null;
  /** The local OpenID provider as a program to be run; null: the user's own is used. */
  readonly provider: ServiceSpec | null;
}

export interface Ports {
  readonly api: number;
  readonly provider: number;
}

/** Of access tokens for the api of this machine. */
const AUDIENCE = 'urn:hjemmel:local:api';
/** Of the user's settings, those that commands need. */
const FOR_COMMANDS = ['OIDC_ISSUER', 'OIDC_AUDIENCE', 'HJEMMEL_TOKEN_CLIENT_ID', 'HJEMMEL_TOKEN_CLIENT_SECRET'];

/**
 * The OpenID provider of the user's settings; where there is none, one of this machine.
 *
 * @param dir where its secrets are kept, made once; made if absent
 * @param ports of the api and of the local provider
 * @throws {StackError} where the user's settings are part of what it takes
 */
export function localAccess(dir: string, env: NodeJS.ProcessEnv, ports: Ports): LocalAccess {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const own = settingsOf(
    env,
    Object.keys(env).filter((name) => name.startsWith('OIDC_')),
  );
  const session = {
    HJEMMEL_SESSION_KEY: env['HJEMMEL_SESSION_KEY']?.trim() || secretIn(dir, 'session.key'),
    HJEMMEL_PUBLIC_URL: env['HJEMMEL_PUBLIC_URL']?.trim() || `http://127.0.0.1:${ports.api}`,
  };
  if (own['OIDC_ISSUER'] !== undefined) {
    return { api: { ...session, ...own }, commands: settingsOf(env, FOR_COMMANDS), people: null, provider: null };
  }
  const [alone] = Object.keys(own);
  if (alone !== undefined) {
    throw new StackError(
      `OIDC_ISSUER is not set, but ${alone} is: set both to use your own OpenID provider, or none to use a local one.`,
    );
  }
  const config = localConfig(dir, session.HJEMMEL_PUBLIC_URL);
  const issuer = `http://127.0.0.1:${ports.provider}`;
  const provider = { OIDC_ISSUER: issuer, OIDC_AUDIENCE: config.audience };
  const { page, program } = config;
  return {
    api: { ...session, ...provider, OIDC_CLIENT_ID: page.id, OIDC_CLIENT_SECRET: page.secret },
    commands: { ...provider, HJEMMEL_TOKEN_CLIENT_ID: program.id, HJEMMEL_TOKEN_CLIENT_SECRET: program.secret },
    people: config,
    provider: {
      name: 'openid-provider',
      app: 'openid-provider',
      env: { ...commonSettings(env), [CONFIG]: JSON.stringify(config) },
      port: ports.provider,
    },
  };
}

function localConfig(dir: string, pageUrl: string): OpenIdConfig {
  const peopleFile = join(dir, 'people');
  const passwords = keptPasswords(peopleFile);
  const client = (id: string): OpenIdClient => ({ id, secret: secretIn(dir, `${id}.secret`) });
  return {
    people: PEOPLE.map((person) => ({ ...person, password: passwords[person.login] as string })),
    peopleFile,
    audience: AUDIENCE,
    pageUrl,
    page: client('hjemmel-page'),
    program: client('hjemmel-program'),
    signingKey: JSON.parse(keptSecret(join(dir, 'openid.jwk'), newSigningKey)) as OpenIdConfig['signingKey'],
    cookieKey: secretIn(dir, 'openid-cookies.key'),
  };
}

function secretIn(dir: string, name: string): string {
  return keptSecret(join(dir, name), () => randomBytes(32).toString('base64'));
}

function newSigningKey(): string {
  return JSON.stringify(generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ format: 'jwk' }));
}

/** Those of the settings that are set. */
function settingsOf(env: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const value = env[name]?.trim() ?? '';
      return value === '' ? [] : [[name, value]];
    }),
  );
}
