import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SignJWT, UnsecuredJWT } from 'jose';
import { SettingsReader } from '#libs/service';
import { accessSettings } from './access-settings.js';
import type { AccessSettings } from './access-settings.js';
import { IdentityProvider } from './identity-provider.js';
import { makeKey, TestIssuer } from './issuer.fixture.js';
import { beginLogin, loginClaims, openLogin } from './login.js';
import type { Login } from './login.js';

/** A provider that answers a login with whatever the test says; the real one is in access.int.spec.ts. */
const CLIENT = 'page';
const SECRET = 'aSecretThatIsLongEnoughForHs256Too';
const NOW = Date.parse('2026-03-01T08:00:00Z');
const issuer = new TestIssuer();
let settings: AccessSettings;
let provider: IdentityProvider;

beforeAll(async () => {
  await issuer.start();
  const from = new SettingsReader({
    OIDC_ISSUER: issuer.url,
    OIDC_AUDIENCE: 'urn:test:api',
    OIDC_CLIENT_ID: CLIENT,
    OIDC_CLIENT_SECRET: SECRET,
    HJEMMEL_SESSION_KEY: Buffer.alloc(32, 1).toString('base64'),
    HJEMMEL_PUBLIC_URL: 'https://hjemmel.example',
  });
  settings = accessSettings(from) as AccessSettings;
  const quiet = { info: () => undefined, warn: () => undefined };
  provider = new IdentityProvider(settings, quiet);
});
afterAll(() => issuer.stop());

test('a login that was begun is opened by who began it, for ten minutes', async () => {
  const { config } = await provider.known();
  const { to, sealed } = await beginLogin(config, settings, '/findings', false, NOW);
  const login = await openLogin(sealed, settings, NOW + 599_000);
  expect(login).toMatchObject({ returnTo: '/findings', state: to.searchParams.get('state') });
  expect(Object.fromEntries(to.searchParams)).toMatchObject({
    client_id: CLIENT,
    redirect_uri: 'https://hjemmel.example/auth/callback',
    response_type: 'code',
    scope: 'openid profile',
    code_challenge_method: 'S256',
    nonce: login.nonce,
  });
  expect(to.href).not.toContain(login.verifier);
  for (const [text, now] of [
    [sealed, NOW + 600_000],
    [undefined, NOW],
    ['x', NOW],
  ] as const) {
    await expect(openLogin(text, settings, now)).rejects.toThrow('This login took too long');
  }
});

describe('the answer to a login', () => {
  let login: Login;
  let tokens: Record<string, unknown>;
  let posted: URLSearchParams;
  let authorization: string | undefined;

  beforeEach(async () => {
    const { config } = await provider.known();
    const { sealed } = await beginLogin(config, settings, '/', false, NOW);
    login = await openLogin(sealed, settings, NOW);
    tokens = {};
    issuer.tokens = (body, header) => {
      [posted, authorization] = [body, header];
      return { access_token: 'opaque', token_type: 'Bearer', ...tokens };
    };
  });

  const answer = async () =>
    loginClaims(new URLSearchParams({ code: 'the-code', state: login.state }), login, await provider.known(), settings);
  const idToken = (claims: object = {}, how: Parameters<TestIssuer['sign']>[2] = {}) =>
    issuer.sign(CLIENT, { nonce: login.nonce, ...claims }, how);

  test('is exchanged for what is known of who logged in', async () => {
    tokens = { id_token: await idToken({ sub: 'kari' }) };
    expect(await answer()).toMatchObject({ sub: 'kari', nonce: login.nonce });
    expect(Object.fromEntries(posted)).toEqual({
      grant_type: 'authorization_code',
      code: 'the-code',
      code_verifier: login.verifier,
      redirect_uri: 'https://hjemmel.example/auth/callback',
    });
    expect(authorization).toBe(`Basic ${Buffer.from(`${CLIENT}:${SECRET}`).toString('base64')}`);
  });

  test('has the secret in the body where the provider wants it there', async () => {
    issuer.metadata = { token_endpoint_auth_methods_supported: ['client_secret_post'] };
    const other = new IdentityProvider(settings, { info: () => undefined, warn: () => undefined });
    const known = await other.known();
    issuer.metadata = {};
    tokens = { id_token: await idToken() };
    await loginClaims(new URLSearchParams({ code: 'c', state: login.state }), login, known, settings);
    expect([posted.get('client_id'), posted.get('client_secret'), authorization]).toEqual([CLIENT, SECRET, undefined]);
  });

  const seconds = () => Math.floor(Date.now() / 1_000);
  test.each<[string, () => Promise<string | undefined>]>([
    ['no ID token', async () => undefined],
    ['one for another login', () => idToken({ nonce: 'another' })],
    ['one without a nonce', () => idToken({ nonce: undefined })],
    ['one for another client', () => idToken({ aud: 'other' })],
    ['one for the api', () => idToken({ aud: 'urn:test:api' })],
    ['one of another issuer', () => idToken({ iss: 'https://elsewhere.example' })],
    ['one that has expired', () => idToken({ exp: seconds() - 60 })],
    ['one about nobody', () => idToken({ sub: undefined })],
    ['one signed by somebody else', async () => idToken({}, { key: await makeKey('first') })],
    [
      'one that is not signed',
      async () =>
        new UnsecuredJWT({ nonce: login.nonce, iss: issuer.url, aud: CLIENT, sub: 's', iat: seconds() })
          .setExpirationTime('5m')
          .encode(),
    ],
    [
      'one signed with the client’s secret (HS256)',
      async () =>
        new SignJWT({ nonce: login.nonce, iss: issuer.url, aud: CLIENT, sub: 's', iat: seconds() })
          .setProtectedHeader({ alg: 'HS256' })
          .setExpirationTime('5m')
          .sign(Buffer.from(SECRET)),
    ],
  ])('is refused with %s', async (_, make) => {
    tokens = { id_token: await make() };
    await expect(answer()).rejects.toThrow();
  });
});
