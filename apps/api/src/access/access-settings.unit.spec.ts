import { describe, expect, test } from '@jest/globals';
import { SettingsError, SettingsReader } from '#libs/service';
import { accessSettings } from './access-settings.js';

const key = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const whole = {
  OIDC_ISSUER: 'https://login.example/realms/a',
  OIDC_AUDIENCE: 'https://hjemmel.example/api',
  OIDC_CLIENT_ID: 'page',
  HJEMMEL_SESSION_KEY: key(1),
  HJEMMEL_PUBLIC_URL: 'https://hjemmel.example',
};

function read(env: Record<string, string>): unknown {
  const from = new SettingsReader(env);
  return from.finish(accessSettings(from));
}

function faults(env: Record<string, string>): readonly string[] {
  try {
    read(env);
  } catch (fault) {
    if (fault instanceof SettingsError) return fault.faults;
    throw fault;
  }
  return [];
}

test('without a provider there is no access', () => {
  expect(read({})).toBeNull();
  expect(read({ HJEMMEL_SESSION_KEY: key(1), HJEMMEL_PUBLIC_URL: 'https://hjemmel.example' })).toBeNull();
});

test('what is given, and standards for the rest', () => {
  expect(read(whole)).toEqual({
    issuer: new URL('https://login.example/realms/a'),
    audience: 'https://hjemmel.example/api',
    clientId: 'page',
    clientSecret: null,
    scope: 'openid profile',
    sessionKeys: [new Uint8Array(32).fill(1)],
    publicUrl: new URL('https://hjemmel.example'),
    rolesClaim: 'hjemmel_roles',
    controllersClaim: 'hjemmel_controllers',
  });
  const given = read({
    ...whole,
    OIDC_CLIENT_SECRET: 's',
    OIDC_SCOPE: 'openid groups',
    OIDC_ROLES_CLAIM: 'groups',
    OIDC_CONTROLLERS_CLAIM: 'companies',
    HJEMMEL_SESSION_KEY: `${key(2)},${key(1)}`,
    HJEMMEL_PUBLIC_URL: 'http://127.0.0.1:8080/',
  });
  expect(given).toMatchObject({
    clientSecret: 's',
    scope: 'openid groups',
    sessionKeys: [new Uint8Array(32).fill(2), new Uint8Array(32).fill(1)],
    publicUrl: new URL('http://127.0.0.1:8080'),
    rolesClaim: 'groups',
    controllersClaim: 'companies',
  });
});

describe('faults', () => {
  test('of a provider alone are told at once, a line each', () => {
    expect(faults({ OIDC_ISSUER: 'https://login.example' })).toEqual([
      "OIDC_CLIENT_ID is not set: give the page's client id at the OpenID provider.",
      'OIDC_AUDIENCE is not set: give the audience (`aud`) that access tokens for the api carry.',
      'HJEMMEL_SESSION_KEY is not set: give 32 bytes in base64 (`hjemmel key session` makes them), or NEW,OLD.',
      'HJEMMEL_PUBLIC_URL is not set: give the URL at which people reach the page, such as https://hjemmel.example.com.',
    ]);
  });

  test.each([
    ['OIDC_ISSUER', 'login.example', /^OIDC_ISSUER is no http:\/\/ or https:\/\/ URL\.$/],
    ['OIDC_ISSUER', 'http://login.example', /^OIDC_ISSUER must begin with https:\/\//],
    ['OIDC_ISSUER', 'http://127.0.0.1.login.example', /^OIDC_ISSUER must begin with https:\/\//],
    ['OIDC_AUDIENCE', 'page', /^OIDC_AUDIENCE is the same as OIDC_CLIENT_ID/],
    ['OIDC_SCOPE', 'profile', /^OIDC_SCOPE must contain openid\.$/],
    ['HJEMMEL_SESSION_KEY', 'hunter2', /^HJEMMEL_SESSION_KEY: is not 32 bytes in base64 \(`hjemmel key session`/],
    ['HJEMMEL_SESSION_KEY', `${key(1)},hunter2`, /^HJEMMEL_SESSION_KEY: is not 32 bytes in base64/],
    ['HJEMMEL_SESSION_KEY', ',', /^HJEMMEL_SESSION_KEY: is not 32 bytes in base64/],
    ['HJEMMEL_PUBLIC_URL', 'hjemmel.example', /^HJEMMEL_PUBLIC_URL is no http:\/\/ or https:\/\/ URL\.$/],
    ['HJEMMEL_PUBLIC_URL', 'http://hjemmel.example', /^HJEMMEL_PUBLIC_URL must begin with https:\/\//],
    ['HJEMMEL_PUBLIC_URL', 'https://hjemmel.example/page', /^HJEMMEL_PUBLIC_URL must be a URL without user, path/],
    ['HJEMMEL_PUBLIC_URL', 'https://hjemmel.example/?a', /^HJEMMEL_PUBLIC_URL must be a URL without user, path/],
    ['HJEMMEL_PUBLIC_URL', 'https://me@hjemmel.example', /^HJEMMEL_PUBLIC_URL must be a URL without user, path/],
  ])('%s=%s', (name, value, sentence) => {
    const told = faults({ ...whole, [name]: value });
    expect(told).toEqual([expect.stringMatching(sentence)]);
    expect(told.join()).not.toContain('hunter2');
  });

  test.each(['OIDC_AUDIENCE', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'])('%s without a provider', (name) => {
    const told = faults({ [name]: 'hunter2' });
    expect(told).toEqual([`OIDC_ISSUER is not set, but ${name} is: give the OpenID provider's issuer.`]);
  });

  test.each(['http://localhost:3000', 'http://127.0.0.1', 'http://[::1]:8443'])('%s is this machine', (url) => {
    expect(faults({ ...whole, OIDC_ISSUER: url, HJEMMEL_PUBLIC_URL: url })).toEqual([]);
  });
});
