import { describe, expect, test } from '@jest/globals';
import { ACTORS } from '#libs/trail';
import type { Keys } from './keys.js';
import { localSettings, sameForAll, serviceSpecs, type Servers } from './service-specs.js';

const servers: Servers = {
  kafkaBrokers: 'k:1',
  mongoUri: 'mongodb://admin',
  mongoUris: Object.fromEntries(ACTORS.map((actor) => [actor, `mongodb://${actor}`])) as Servers['mongoUris'],
};
const keys: Keys = { signingKey: 'S', vaultKey: 'V', origin: 'o', verifierKeys: ['p', 'q'] };

const specs = (env: NodeJS.ProcessEnv, auditors = 1) => serviceSpecs(servers, keys, { auditors }, env);

describe('each service', () => {
  test('gets what is its own, and nothing that is another one’s', () => {
    const env = {
      PATH: '/bin',
      LOG_LEVEL: 'warn',
      MONGODB_URI: 'x',
      HJEMMEL_SIGNING_KEY: 'x',
      KAFKA_SASL_PASSWORD: 's',
      OIDC_CLIENT_SECRET: 'x',
      HJEMMEL_SESSION_KEY: 'x',
      HJEMMEL_TOKEN_CLIENT_SECRET: 'x',
    };
    const common = { PATH: '/bin', LOG_LEVEL: 'warn' };
    const access = { OIDC_ISSUER: 'http://o', HJEMMEL_SESSION_KEY: 'K' };
    expect(serviceSpecs(servers, keys, { auditors: 1 }, env, access)).toEqual([
      {
        name: 'auditor-1',
        app: 'auditor',
        env: {
          ...common,
          KAFKA_BROKERS: 'k:1',
          KAFKA_SASL_PASSWORD: 's',
          MONGODB_URI: 'mongodb://auditor',
          HJEMMEL_VAULT_KEY: 'V',
        },
      },
      {
        name: 'notary',
        app: 'notary',
        env: {
          ...common,
          MONGODB_URI: 'mongodb://notary',
          HJEMMEL_SIGNING_KEY: 'S',
          HJEMMEL_LOG_ORIGIN: 'o',
          HJEMMEL_LOG_KEY: 'p,q',
        },
      },
      { name: 'api', app: 'api', env: { ...common, ...access, MONGODB_URI: 'mongodb://api' }, port: undefined },
    ]);
  });

  test('of many auditors has a name of its own', () => {
    expect(specs({}, 3).map(({ name }) => name)).toEqual(['auditor-1', 'auditor-2', 'auditor-3', 'notary', 'api']);
  });
});

test.each([
  [undefined, undefined],
  ['0', undefined],
  ['8080', 8080],
])('PORT=%s is the api’s', (PORT, port) => {
  expect(specs({ PORT }).map((spec) => spec.port)).toEqual([undefined, undefined, port]);
});

test.each(['many', '-1', '70000', '8080.5'])('PORT=%s is refused', (PORT) => {
  expect(() => specs({ PORT })).toThrow('PORT must be a whole number from 0 to 65535.');
});

test('commands beside it may act as anybody, but not sign', () => {
  const settings = localSettings(servers, keys, 'http://l/log', { OIDC_ISSUER: 'http://o' });
  expect(settings).toEqual({
    KAFKA_BROKERS: 'k:1',
    HJEMMEL_VAULT_KEY: 'V',
    HJEMMEL_LOG_URL: 'http://l/log',
    HJEMMEL_LOG_KEY: 'p,q',
    OIDC_ISSUER: 'http://o',
    HJEMMEL_LOCAL_URI_ADMIN: 'mongodb://admin',
    HJEMMEL_LOCAL_URI_AUDITOR: 'mongodb://auditor',
    HJEMMEL_LOCAL_URI_NOTARY: 'mongodb://notary',
    HJEMMEL_LOCAL_URI_API: 'mongodb://api',
    HJEMMEL_LOCAL_URI_INVESTIGATOR: 'mongodb://investigator',
    HJEMMEL_LOCAL_URI_PRUNER: 'mongodb://pruner',
  });
});

test('on the user’s servers all act with the one connection string', () => {
  const own = sameForAll('k:1', 'mongodb://mine');
  expect([own.mongoUri, ...Object.values(own.mongoUris)]).toEqual(Array(6).fill('mongodb://mine'));
});
