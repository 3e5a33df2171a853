import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { CONFIG, type OpenIdConfig } from './config.js';
import { localAccess } from './local-access.js';

const top = mkdtempSync(join(tmpdir(), 'hjemmel-local-access-'));
afterAll(() => rmSync(top, { recursive: true }));
const folder = (): string => mkdtempSync(join(top, '-'));

const PORTS = { api: 8080, provider: 8081 };

describe('without a provider of the user’s', () => {
  test('one of this machine is run, which api and commands know', () => {
    const { api, commands, provider } = localAccess(folder(), { PATH: '/bin', MONGODB_URI: 'x' }, PORTS);
    expect(api).toMatchObject({
      OIDC_ISSUER: 'http://127.0.0.1:8081',
      OIDC_AUDIENCE: 'urn:hjemmel:local:api',
      HJEMMEL_PUBLIC_URL: 'http://127.0.0.1:8080',
    });
    expect(commands).toMatchObject({ OIDC_ISSUER: 'http://127.0.0.1:8081', OIDC_AUDIENCE: 'urn:hjemmel:local:api' });
    expect(provider).toMatchObject({ name: 'openid-provider', app: 'openid-provider', port: 8081 });
    expect(Object.keys(provider?.env ?? {}).sort()).toEqual([CONFIG, 'PATH']);
    const config = JSON.parse(provider?.env[CONFIG] ?? '') as OpenIdConfig;
    expect(config.page).toEqual({ id: api['OIDC_CLIENT_ID'], secret: api['OIDC_CLIENT_SECRET'] });
    expect(config.program).toEqual({
      id: commands['HJEMMEL_TOKEN_CLIENT_ID'],
      secret: commands['HJEMMEL_TOKEN_CLIENT_SECRET'],
    });
    expect(config.pageUrl).toBe('http://127.0.0.1:8080');
  });

  test('its secrets are made once, each another, and only their owner may read them', () => {
    const dir = folder();
    const first = localAccess(dir, {}, PORTS);
    expect(localAccess(dir, {}, PORTS)).toEqual(first);
    const files = readdirSync(dir);
    expect(new Set(files.map((name) => readFileSync(join(dir, name), 'utf8'))).size).toBe(files.length);
    for (const name of files) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
    const other = localAccess(folder(), {}, PORTS);
    for (const name of ['OIDC_CLIENT_SECRET', 'HJEMMEL_SESSION_KEY']) expect(other.api[name]).not.toBe(first.api[name]);
    expect(other.people?.people.map(({ password }) => password)).not.toContain(first.people?.people[0]?.password);
  });

  test('people have passwords that can be typed, and read in a file', () => {
    const { people } = localAccess(folder(), {}, PORTS);
    const lines = readFileSync(people?.peopleFile ?? '', 'utf8')
      .trim()
      .split('\n');
    expect(lines).toEqual(people?.people.map(({ login, password }) => `${login} ${password}`));
    for (const line of lines) expect(line).toMatch(/^(officer|viewer|investigator|admin|janus) \w{4}-\w{4}-\w{4}$/);
    expect(new Set(lines.map((line) => line.split(' ')[1])).size).toBe(5);
  });

  test('the user’s own address of the page and key of sessions are used, and the key is written nowhere', () => {
    const dir = folder();
    const own = { HJEMMEL_PUBLIC_URL: 'https://hjemmel.example', HJEMMEL_SESSION_KEY: 'K' };
    const { api, provider } = localAccess(dir, own, PORTS);
    expect(api).toMatchObject(own);
    expect(JSON.parse(provider?.env[CONFIG] ?? '')).toMatchObject({ pageUrl: 'https://hjemmel.example' });
    expect(readdirSync(dir)).not.toContain('session.key');
  });
});

describe('with a provider of the user’s', () => {
  test('none is run here', () => {
    const dir = folder();
    const own = {
      OIDC_ISSUER: 'https://login.example',
      OIDC_AUDIENCE: 'a',
      OIDC_CLIENT_ID: 'c',
      OIDC_ROLES_CLAIM: 'groups',
    };
    const access = localAccess(dir, { ...own, OIDC_SCOPE: '', HJEMMEL_TOKEN_CLIENT_ID: 't', PATH: '/bin' }, PORTS);
    expect(access).toEqual({
      api: {
        ...own,
        HJEMMEL_PUBLIC_URL: 'http://127.0.0.1:8080',
        HJEMMEL_SESSION_KEY: readFileSync(join(dir, 'session.key'), 'utf8').trim(),
      },
      commands: { OIDC_ISSUER: 'https://login.example', OIDC_AUDIENCE: 'a', HJEMMEL_TOKEN_CLIENT_ID: 't' },
      people: null,
      provider: null,
    });
    expect(readdirSync(dir)).toEqual(['session.key']);
  });

  test('settings of one without its issuer are a fault', () => {
    expect(() => localAccess(folder(), { OIDC_CLIENT_ID: 'c' }, PORTS)).toThrow(
      'OIDC_ISSUER is not set, but OIDC_CLIENT_ID is: set both to use your own OpenID provider, or none to use a local one.',
    );
  });
});
