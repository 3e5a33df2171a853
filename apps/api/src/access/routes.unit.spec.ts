import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SignJWT, UnsecuredJWT } from 'jose';
import type { JWTPayload } from 'jose';
import { makeKey, TestIssuer } from './issuer.fixture.js';
import type { IssuerKey } from './issuer.fixture.js';
import { ROLES } from './person.js';
import type { Person, Role } from './person.js';
import { runApi } from './running-api.fixture.js';
import type { RunningApi } from './running-api.fixture.js';
import { seal } from './sealed.js';
import { newSession, sealSession } from './session.js';

/** Every route under /api/v1, whoever wrote it, for everybody who might ask. No database answers, and none is needed. */
const AUDIENCE = 'urn:test:api';
const CLIENT = 'page';
const KEY = new Uint8Array(32).fill(7);
const HOUR = 3_600_000;
const issuer = new TestIssuer();
let api: RunningApi;
/** Somebody else's, under the name of the issuer's. */
let stranger: IssuerKey;
/** The issuer's own, of another kind. */
let unloved: IssuerKey;

beforeAll(async () => {
  unloved = await makeKey('unloved', 'PS256');
  issuer.keys = [await makeKey('first'), unloved];
  await issuer.start();
  stranger = await makeKey('first');
  api = await runApi({
    // Nobody listens there.
    MONGODB_URI: 'mongodb://127.0.0.1:1/none',
    OIDC_ISSUER: issuer.url,
    OIDC_AUDIENCE: AUDIENCE,
    OIDC_CLIENT_ID: CLIENT,
    HJEMMEL_SESSION_KEY: Buffer.from(KEY).toString('base64'),
    HJEMMEL_PUBLIC_URL: 'http://127.0.0.1:8080',
  });
});

afterAll(async () => {
  await api.close();
  await issuer.stop();
});

/** Asks for each route; gives the statuses by route. */
async function ask(headers: Record<string, string>): Promise<Map<string, { status: number; body: string }>> {
  const answers = api.routes.map(async (route) => {
    const [method = '', path = ''] = route.split(' ');
    const response = await fetch(`${api.url}${path.replaceAll(/[:*]\w+/g, 'x')}`, { method, headers });
    // Some answers have no end.
    const body = response.ok ? '' : await response.text();
    if (response.ok) await response.body?.cancel();
    return [route, { status: response.status, body }] as const;
  });
  return new Map(await Promise.all(answers));
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const role = (...roles: string[]): JWTPayload => ({ hjemmel_roles: roles, hjemmel_controllers: ['janus'] });
const now = () => Math.floor(Date.now() / 1_000);

/** Routes that let somebody through, as far as this guard goes. */
async function open(headers: Record<string, string>): Promise<string[]> {
  const answers = await ask(headers);
  for (const [route, { status, body }] of answers) {
    if (status === 500) throw new Error(`${route} fails: ${body}`);
  }
  return [...answers].filter(([, { status }]) => status !== 401 && status !== 403).map(([route]) => route);
}

/** What the design says, apart from what the routes say of themselves. */
function allowed(to: Role): string[] {
  return api.routes.filter((route) => /^(GET|HEAD) /.test(route) || to === 'officer' || to === 'admin');
}

test('there are routes', () => {
  expect(api.routes).toContain('GET /api/v1/me');
  expect(api.routes).toContain('GET /api/v1/controllers');
});

describe('401, and no word of what is there, for', () => {
  const forged: Record<string, () => Promise<Record<string, string>>> = {
    nobody: async () => ({}),
    'an expired token': async () => bearer(await issuer.sign(AUDIENCE, { ...role('admin'), exp: now() - 31 })),
    'a token for later': async () => bearer(await issuer.sign(AUDIENCE, { ...role('admin'), nbf: now() + 40 })),
    'a token without an end': async () => bearer(await issuer.sign(AUDIENCE, { ...role('admin'), exp: undefined })),
    'a token about nobody': async () => bearer(await issuer.sign(AUDIENCE, { ...role('admin'), sub: undefined })),
    'another audience': async () => bearer(await issuer.sign('urn:test:other', role('admin'))),
    'no audience': async () => bearer(await issuer.sign(AUDIENCE, { ...role('admin'), aud: undefined })),
    'an ID token': async () => bearer(await issuer.sign(CLIENT, role('admin'))),
    'another issuer': async () =>
      bearer(await issuer.sign(AUDIENCE, { ...role('admin'), iss: 'https://elsewhere.example' })),
    'an issuer that is nearly ours': async () =>
      bearer(await issuer.sign(AUDIENCE, { ...role('admin'), iss: `${issuer.url}/` })),
    'no signature (alg none)': async () => bearer(new UnsecuredJWT(claimsOf('admin')).encode()),
    'no signature, but the header of one': async () =>
      bearer((await issuer.sign(AUDIENCE, role('admin'))).replace(/[^.]*$/, '')),
    ...Object.fromEntries(
      ['pem', 'jwk'].map((format) => [
        `a signature made with the public key as a secret (HS256, ${format})`,
        async () => {
          const { jwk } = issuer.keys[0] as IssuerKey;
          const pem = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
          const secret = Buffer.from(format === 'pem' ? pem : JSON.stringify(jwk));
          return bearer(
            await new SignJWT(claimsOf('admin')).setProtectedHeader({ alg: 'HS256', kid: 'first' }).sign(secret),
          );
        },
      ]),
    ),
    'an algorithm that is not taken (PS256)': async () =>
      bearer(await issuer.sign(AUDIENCE, role('admin'), { key: unloved })),
    'a key of somebody else’s under the name of ours': async () =>
      bearer(await issuer.sign(AUDIENCE, role('admin'), { key: stranger })),
    'a key that comes with the token': async () =>
      bearer(await issuer.sign(AUDIENCE, role('admin'), { key: stranger, header: { kid: 'mine', jwk: stranger.jwk } })),
    'a key that is not published': async () =>
      bearer(await issuer.sign(AUDIENCE, role('admin'), { header: { kid: 'unknown' } })),
    'claims that were changed': async () => {
      const [header, , signature] = (await issuer.sign(AUDIENCE, role('dashboard'))).split('.');
      const [, claims] = (await issuer.sign(AUDIENCE, role('admin'))).split('.');
      return bearer([header, claims, signature].join('.'));
    },
    'what is no token': async () => bearer('hunter2'),
    'another scheme': async () => ({ authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` }),
    'a session of somebody else’s making': async () => cookie(await session(person('admin'), new Uint8Array(32))),
    'a session that has ended': async () => cookie(await session(person('admin'), KEY, 2 * HOUR)),
    'a session for ever': async () => {
      const claims = { sub: 's', name: 'n', roles: ['admin'], controllers: null, csrf: 'c' };
      return cookie(await seal(claims, 'hjemmel-session', [KEY]));
    },
    'a login under way in place of a session': async () => {
      const claims = { sub: 's', name: 'n', roles: ['admin'], controllers: null, csrf: 'c', exp: now() + 60 };
      return cookie(await seal(claims, 'hjemmel-login', [KEY]));
    },
    'a good session beside a bad token': async () => ({
      ...cookie(await session(person('admin'), KEY)),
      ...bearer('hunter2'),
    }),
  };

  test.each(Object.keys(forged))('%s', async (name) => {
    const answers = await ask(await (forged[name] as () => Promise<Record<string, string>>)());
    const bodies = new Set([...answers.values()].map(({ body }) => body).filter((body) => body !== ''));
    expect([...answers].filter(([, { status }]) => status !== 401)).toEqual([]);
    expect(bodies.size).toBe(1);
    expect(JSON.parse([...bodies].join())).toMatchObject({ type: '/problems/unauthenticated', status: 401 });
  });
});

test('programs are told how to ask, and what was wrong', async () => {
  const challenge = async (headers: Record<string, string>) =>
    (await fetch(`${api.url}/api/v1/me`, { headers })).headers.get('www-authenticate');
  expect(await challenge({})).toBe('Bearer');
  expect(await challenge(bearer(await issuer.sign('urn:test:other', role('admin'))))).toBe(
    'Bearer error="invalid_token", error_description="The token is not valid here: look at its claim aud."',
  );
});

describe('403 everywhere, with the claim that is missing, for', () => {
  test.each([
    ['no role', {}, 'the claim `hjemmel_roles` of its token is missing'],
    ['unknown roles', role('root', 'Admin'), 'the claim `hjemmel_roles` of its token carries none of them'],
  ])('%s', async (_, claims, sentence) => {
    for (const { status, body } of (await ask(bearer(await issuer.sign(AUDIENCE, claims)))).values()) {
      expect(status).toBe(403);
      if (body !== '') expect((JSON.parse(body) as { detail: string }).detail).toContain(sentence);
    }
  });
});

describe.each(ROLES)('%s', (name) => {
  test('may ask for what the design says, with a token', async () => {
    expect(await open(bearer(await issuer.sign(AUDIENCE, role(name))))).toEqual(allowed(name));
  });

  test('and the same with a session', async () => {
    const { sealed, csrfToken } = await begun(person(name));
    expect(await open({ ...cookie(sealed), 'x-csrf-token': csrfToken })).toEqual(allowed(name));
  });
});

test.each(['ES256', 'EdDSA'])('tokens signed with %s are taken', async (alg) => {
  const key = await makeKey(`of-${alg}`, alg);
  const other = new TestIssuer();
  other.keys = [key];
  await other.start();
  const its = await runApi({
    MONGODB_URI: 'mongodb://127.0.0.1:1/none',
    OIDC_ISSUER: other.url,
    OIDC_AUDIENCE: AUDIENCE,
    OIDC_CLIENT_ID: CLIENT,
    HJEMMEL_SESSION_KEY: Buffer.from(KEY).toString('base64'),
    HJEMMEL_PUBLIC_URL: 'http://127.0.0.1:8080',
  });
  const headers = bearer(await other.sign(AUDIENCE, role('dashboard')));
  const { status } = await fetch(`${its.url}/api/v1/me`, { headers });
  await its.close();
  await other.stop();
  expect(status).toBe(200);
});

describe('what a session changes needs more than its cookie:', () => {
  const changes = () => api.routes.filter((route) => !/^(GET|HEAD) /.test(route));

  test.each<[string, Record<string, string>]>([
    ['no CSRF token', {}],
    ['another one', { 'x-csrf-token': 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['from another site', { origin: 'https://evil.example' }],
    ['from a page that the browser calls another site', { 'sec-fetch-site': 'cross-site' }],
  ])('%s is refused', async (_, headers) => {
    const { sealed, csrfToken } = await begun(person('admin'));
    const token = 'origin' in headers || 'sec-fetch-site' in headers ? { 'x-csrf-token': csrfToken } : {};
    const answers = await ask({ ...cookie(sealed), ...token, ...headers });
    const refused = [...answers].filter(([, { status }]) => status === 403).map(([route]) => route);
    expect(refused).toEqual(changes());
  });
});

test('without a provider nobody is known: all of it is closed, and says why; what is public stays so', async () => {
  const closed = await runApi({ MONGODB_URI: 'mongodb://127.0.0.1:1/none' });
  for (const route of [...closed.routes, 'GET /auth/login', 'GET /auth/callback', 'POST /auth/logout']) {
    const [method = '', path = ''] = route.split(' ');
    const headers = { accept: 'application/json', ...bearer(await issuer.sign(AUDIENCE, role('admin'))) };
    const response = await fetch(`${closed.url}${path.replaceAll(/[:*]\w+/g, 'x')}`, { method, headers });
    expect([route, response.status]).toEqual([route, 503]);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({
      type: '/problems/access-not-configured',
      title: 'Access is not configured',
    });
  }
  expect(closed.routes).toEqual(api.routes);
  for (const path of ['/health/live', '/metrics', '/api/openapi.json']) {
    expect((await fetch(`${closed.url}${path}`)).status).toBe(200);
  }
  // MongoDB is away, which is the log's own affair.
  expect(await (await fetch(`${closed.url}/log/checkpoint`)).text()).toMatch(/^The database does not answer/);
  await closed.close();
});

describe('the path can be written in other ways, and leads nowhere else:', () => {
  test.each(['/API/V1/me', '/api/v1/me/', '/Api/V1/Me', '/api/v1//me', '//api/v1/me', '/api/%761/me', '/api/v1/./me'])(
    '%s',
    async (path) => {
      // fetch would tidy it up.
      const { request } = await import('node:http');
      const { hostname, port } = new URL(api.url);
      const status = await new Promise((resolve, reject) => {
        request({ hostname, port, path }, (response) => resolve(response.resume().statusCode))
          .on('error', reject)
          .end();
      });
      expect([401, 404]).toContain(status);
    },
  );
});

function person(name: Role): Person {
  return { subject: 's', name: 'n', roles: new Set([name]), controllers: new Set(['janus']) };
}

async function begun(of: Person): Promise<{ sealed: string; csrfToken: string }> {
  const session = newSession(of, Date.now());
  return { sealed: await sealSession(session, [KEY]), csrfToken: session.csrfToken };
}

/** @param age ms since it was used */
function session(of: Person, key: Uint8Array, age = 0): Promise<string> {
  return sealSession(newSession(of, Date.now() - age), [key]);
}

function cookie(sealed: string): { cookie: string } {
  return { cookie: `hjemmel-session=${sealed}` };
}

/** As the issuer would write them. */
function claimsOf(name: Role): JWTPayload {
  return { iss: issuer.url, aud: AUDIENCE, sub: 's', exp: now() + 300, ...role(name) };
}
