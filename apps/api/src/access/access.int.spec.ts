import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { defaultRegistersDir, loadRegisterSet, packageFile } from '#libs/register';
import { MongoConnection, MongoRegisterArchive } from '#libs/trail';
import { CONFIG } from '../../../local/src/openid/config.js';
import type { OpenIdConfig } from '../../../local/src/openid/config.js';
import { localAccess } from '../../../local/src/openid/local-access.js';
import { rememberedPorts } from '../../../local/src/stack/ports.js';
import { TestLog } from '../../../../test/support/log.js';
import { testServers } from '../../../../test/support/servers.js';
import { startService } from '../../../../test/support/service-process.js';
import type { ServiceProcess } from '../../../../test/support/service-process.js';
import { Browser } from './browser.fixture.js';
import type { Page } from './browser.fixture.js';
import { bareEnv } from '../../../../test/support/bare-env.js';

/** The api and the OpenID provider of `npm start`, each a process, as people and programs meet them. */
jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'hjemmel-access-'));
const { mongoUri, database } = testServers();
const mongodbUri = new URL(mongoUri);
mongodbUri.pathname = `/${database}`;
const quiet = { info: () => undefined, warn: () => undefined };
const connection = new MongoConnection(mongodbUri.href, 'access-test', quiet);
const log = new TestLog(connection);
const ports = await rememberedPorts(join(folder, 'ports.json'), ['api', 'provider']);
const access = localAccess(join(folder, 'keys'), {}, ports);
const site = `http://127.0.0.1:${ports.api}`;
const issuer = `http://127.0.0.1:${ports.provider}`;
let api: ServiceProcess;
let provider: ChildProcess | null = null;
/** As `npm start` would hand it over, and somebody without a role. */
let config = {} as OpenIdConfig;

beforeAll(async () => {
  const made = JSON.parse(access.provider?.env[CONFIG] ?? '') as OpenIdConfig;
  const nobody = { login: 'nobody', name: 'Nora Nobody', roles: [], controllers: ['janus'], password: 'n-n-n' };
  config = { ...made, people: [...made.people, nobody] };
  await log.prepare();
  await new MongoRegisterArchive(connection).keep((await loadRegisterSet(defaultRegistersDir())).sources);
  api = startService('api', { MONGODB_URI: mongodbUri.href, PORT: String(ports.api), ...access.api });
  await api.said('listening');
  while (!(await fetch(`${site}/health/ready`)).ok) await new Promise(setImmediate);
});

afterAll(async () => {
  await stopProvider();
  api.kill('SIGKILL');
  await api.exited;
  await connection.db.dropDatabase();
  await connection.close();
  rmSync(folder, { recursive: true });
});

async function startProvider(): Promise<void> {
  const program = packageFile('dist', 'apps', 'local', 'src', 'openid', 'main.js');
  const env = { ...bareEnv(), PORT: String(ports.provider), [CONFIG]: JSON.stringify(config) };
  provider = spawn(process.execPath, [program], { env, stdio: 'ignore' });
  await eventually(async () => (await fetch(`${issuer}/health/ready`)).ok);
}

async function stopProvider(): Promise<void> {
  if (provider === null) return;
  const ended = once(provider, 'close');
  provider.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
  provider = null;
}

/** Resolves once it holds; what throws does not hold yet. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 50));
}

const passwordOf = (login: string) => config.people.find((person) => person.login === login)?.password ?? '';

/** Goes through a login from the page's address to where it leads. */
async function logIn(browser: Browser, login: string, from = '/auth/login?returnTo=/findings'): Promise<Page> {
  const form = await browser.go(`${site}${from}`);
  expect({ at: form.url.origin, status: form.status }).toEqual({ at: issuer, status: 200 });
  return browser.submit(form, { login, password: passwordOf(login) });
}

async function loggedIn(login: string): Promise<Browser> {
  const browser = new Browser();
  const { url } = await logIn(browser, login);
  expect(url.href).toBe(`${site}/findings`);
  return browser;
}

interface Me {
  readonly subject: string;
  readonly roles: readonly string[];
  readonly controllers: readonly string[] | null;
  readonly csrfToken: string | null;
}

async function json<T>(response: Response): Promise<T> {
  return (await response.json()) as T;
}

const me = async (browser: Browser) => json<Me>(await browser.fetch(`${site}/api/v1/me`));

async function controllersOf(browser: Browser): Promise<(string | null)[][]> {
  const { items } = await json<{ items: { controller: string; name: string | null }[] }>(
    await browser.fetch(`${site}/api/v1/controllers`),
  );
  return items.map(({ controller, name }) => [controller, name]);
}

/** The command, with the settings that `npm start` leaves for it. */
function token(settings: Readonly<Record<string, string>> = access.commands, ...args: string[]) {
  const program = ['--disable-warning=TimeoutNegativeWarning', packageFile('dist', 'apps', 'cli', 'src', 'main.js')];
  const env = { ...bareEnv(), HJEMMEL_LOCAL_SETTINGS: join(folder, 'none'), ...settings };
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [...program, 'token', ...args], { env, cwd: folder }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

const withToken = (text: string) => fetch(`${site}/api/v1/me`, { headers: { authorization: `Bearer ${text.trim()}` } });

describe('the provider is away when the api starts', () => {
  test('the log is served, and the api is ready', async () => {
    expect((await fetch(`${site}/log/checkpoint`)).status).toBe(200);
    expect((await fetch(`${site}/health/ready`)).status).toBe(200);
  });

  test('who wants to log in is told so: people in a page, programs in a problem', async () => {
    const page = await new Browser().go(`${site}/auth/login`);
    expect(page).toMatchObject({ status: 503, url: new URL(`${site}/auth/login`) });
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('retry-after')).toBe('2');
    expect(page.text).toContain('<p>The OpenID provider, where people and programs log in, does not answer');
    const problem = await fetch(`${site}/auth/login`, { headers: { accept: 'application/json' } });
    expect([problem.status, problem.headers.get('content-type')]).toEqual([503, 'application/problem+json']);
    expect(await problem.json()).toMatchObject({ type: '/problems/provider-away', status: 503 });
  });

  test('a token cannot be judged; nobody is nobody all the same', async () => {
    expect(await json(await withToken('a.b.c'))).toMatchObject({ type: '/problems/provider-away' });
    expect((await fetch(`${site}/api/v1/me`)).status).toBe(401);
  });

  test('it comes, and people log in; the api was told nothing', async () => {
    await startProvider();
    await eventually(async () => (await fetch(`${site}/auth/login`, { redirect: 'manual' })).status === 303);
    expect(await me(await loggedIn('officer'))).toMatchObject({ subject: 'officer' });
    await api.said('the OpenID provider answers again');
  });
});

describe('people', () => {
  test('a wrong password is refused in the page, and the right one taken after it', async () => {
    const browser = new Browser();
    const form = await browser.go(`${site}/auth/login?returnTo=${encodeURIComponent('/problems?rule=a&rule=b#x')}`);
    expect(form.text).toContain('<label for="login">');
    for (const person of config.people) expect(form.text).not.toContain(person.password);
    for (const [login, password] of [
      ['officer', 'hunter2'],
      ['officer', ''],
      ['nobody-known', ''],
      ['viewer', passwordOf('officer')],
      ['"><script>', 'x'],
    ] as const) {
      const again = await browser.submit(form, { login, password });
      expect(again.status).toBe(401);
      expect(again.text).toContain('role="alert"');
      expect(again.text).not.toContain('<script>');
    }
    const { url, through } = await browser.submit(form, { login: 'officer', password: passwordOf('officer') });
    expect(url.href).toBe(`${site}/problems?rule=a&rule=b#x`);
    expect(through.map((each) => each.replace(/[?#].*/, ''))).toContain(`${site}/auth/callback`);
  });

  test.each([
    ['officer', ['officer'], null],
    ['viewer', ['dashboard'], ['jetcards', 'jetpak']],
    ['investigator', ['investigator'], null],
    ['admin', ['admin'], null],
    ['janus', ['officer'], ['janus']],
  ])('%s has the roles %j and the controllers %j', async (login, roles, controllers) => {
    const browser = await loggedIn(login);
    const known = await me(browser);
    expect(known).toMatchObject({ subject: login, roles, controllers });
    expect(known.csrfToken).toMatch(/^[\w-]{22}$/);
    const seen = await controllersOf(browser);
    expect(seen.map(([id]) => id)).toEqual(controllers ?? ['janus', 'jetcards', 'jetkids', 'jetpak', 'kidssafety']);
    for (const [id, name] of seen) if (id === 'janus') expect(name).toBe('Janusfabrikken AS');
  });

  test('who has no role is told which claim is missing, and has no session', async () => {
    const browser = new Browser();
    const page = await logIn(browser, 'nobody');
    expect([page.status, page.url.pathname]).toEqual([403, '/auth/callback']);
    expect(page.text).toContain('the claim `hjemmel_roles` of its token carries none of them');
    expect([...browser.cookies(site).keys()]).not.toContain('hjemmel-session');
  });

  test('the session is a cookie that scripts and other sites do not get', async () => {
    const browser = new Browser();
    const form = await browser.go(`${site}/auth/login`);
    let answer = await browser.fetch(form.url, {
      method: 'POST',
      body: new URLSearchParams({ login: 'viewer', password: passwordOf('viewer') }),
    });
    while (!answer.headers.getSetCookie().some((text) => text.startsWith('hjemmel-session='))) {
      answer = await browser.fetch(new URL(answer.headers.get('location') ?? '', issuer));
    }
    const cookies = answer.headers.getSetCookie();
    expect(cookies).toContainEqual(
      expect.stringMatching(/^hjemmel-session=[\w.-]+; Max-Age=3600; Path=\/; HttpOnly; SameSite=Lax$/),
    );
    expect(cookies).toContainEqual(expect.stringMatching(/^hjemmel-login=; Max-Age=0/));
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('a place too long for a cookie to carry is not come back to, and does not stand in the way', async () => {
    const browser = new Browser();
    const long = `/findings?service=${'x'.repeat(3_500)}`;
    const form = await browser.go(`${site}/auth/login?returnTo=${encodeURIComponent(long)}`);
    const { url } = await browser.submit(form, { login: 'viewer', password: passwordOf('viewer') });
    expect(url.href).toBe(`${site}/`);
    expect(await me(browser)).toMatchObject({ subject: 'viewer' });
  });

  test('somebody who opens the page as localhost is led to the address that the provider knows', async () => {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const path = '/auth/login?returnTo=/findings';
    const headers = { host: `localhost:${ports.api}` };
    request({ host: '127.0.0.1', port: ports.api, path, headers }, (response) =>
      resolve(response.resume().headers.location),
    ).end();
    expect(await promise).toBe(`${site}/auth/login?returnTo=%2Ffindings`);
  });
});

describe('an answer of the provider is taken once, from the browser that asked, and only whole', () => {
  /** The address that the provider sends somebody back to, who has not gone there yet. */
  async function callbackOf(browser: Browser): Promise<URL> {
    browser.stopAt = '/auth/callback';
    const { url } = await logIn(browser, 'viewer');
    browser.stopAt = null;
    expect([...url.searchParams.keys()]).toEqual(['code', 'state', 'iss']);
    return url;
  }

  const hasSession = (browser: Browser) => browser.cookies(site).has('hjemmel-session');

  test('it is taken', async () => {
    const browser = new Browser();
    const { url } = await browser.go(await callbackOf(browser));
    expect([url.href, hasSession(browser)]).toEqual([`${site}/findings`, true]);
  });

  test('not a second time', async () => {
    const browser = new Browser();
    const callback = await callbackOf(browser);
    await browser.go(callback);
    const again = await browser.go(callback);
    expect(again.status).toBe(400);
    expect(again.text).toContain('another one was begun after it');
  });

  test('not a second time, though the browser kept its cookie', async () => {
    const browser = new Browser();
    const callback = await callbackOf(browser);
    const login = browser.cookies(site).get('hjemmel-login') ?? '';
    await browser.go(callback);
    browser.cookies(site).clear();
    browser.cookies(site).set('hjemmel-login', login);
    const again = await browser.go(callback);
    expect([again.status, hasSession(browser)]).toEqual([503, false]);
    expect(again.text).toContain('did not confirm your login');
  });

  test('not in another browser, whether it has begun a login or not', async () => {
    const other = new Browser();
    expect((await other.go(await callbackOf(new Browser()))).status).toBe(400);
    await other.go(`${site}/auth/login`);
    expect((await other.go(await callbackOf(new Browser()))).status).toBe(400);
    expect(hasSession(other)).toBe(false);
  });

  test.each([
    ['another state', { state: 'x' }, 400],
    ['another code', { code: 'x' }, 503],
    ['another issuer', { iss: 'http://elsewhere.example' }, 503],
    ['a refusal', { error: 'access_denied', error_description: '<script>' }, 403],
  ])('not with %s', async (_, changed, status) => {
    const browser = new Browser();
    const callback = await callbackOf(browser);
    for (const [name, value] of Object.entries(changed)) callback.searchParams.set(name, value);
    const page = await browser.go(callback);
    expect([page.status, hasSession(browser)]).toEqual([status, false]);
    expect(page.text).not.toContain('<script>');
  });

  test('what is asked of the provider is bound to this login', async () => {
    const asked = async () => new URL((await new Browser().fetch(`${site}/auth/login`)).headers.get('location') ?? '');
    const [one, other] = [(await asked()).searchParams, (await asked()).searchParams];
    expect(one.get('code_challenge_method')).toBe('S256');
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(one.get(name)).toMatch(/^[\w-]{43}$/);
      expect(one.get(name)).not.toBe(other.get(name));
    }
  });
});

describe('logging out', () => {
  const logOut = (browser: Browser, headers: Record<string, string>) =>
    browser.fetch(`${site}/auth/logout`, { method: 'POST', headers });

  test('is not for other sites', async () => {
    const browser = await loggedIn('officer');
    const { csrfToken } = await me(browser);
    for (const headers of [{}, { 'x-csrf-token': String(csrfToken), origin: 'https://evil.example' }]) {
      const answer = await logOut(browser, headers);
      expect([answer.status, await json(answer)]).toMatchObject([403, { type: '/problems/csrf-token' }]);
    }
    expect(await me(browser)).toMatchObject({ subject: 'officer' });
  });

  test('ends the session here and, where it leads, the one at the provider', async () => {
    const browser = await loggedIn('officer');
    const answer = await logOut(browser, { 'x-csrf-token': String((await me(browser)).csrfToken), origin: site });
    const { location } = await json<{ location: string }>(answer);
    expect((await browser.fetch(`${site}/api/v1/me`)).status).toBe(401);

    // The provider still knows who it is.
    const { url } = await browser.go(`${site}/auth/login?returnTo=/findings`);
    expect(url.href).toBe(`${site}/findings`);
    // Unless it is asked to ask.
    expect((await browser.go(`${site}/auth/login?again`)).text).toContain('<label for="password">');

    const question = await browser.go(location);
    expect(question.text).toContain('<h1>Log out of Hjemmel</h1>');
    const left = await browser.submit(question, { logout: 'yes' });
    expect(left.url.href).toBe(`${site}/`);
    expect((await browser.go(`${site}/auth/login`)).text).toContain('<label for="password">');
  });

  test('is done for who has no session', async () => {
    const answer = await logOut(new Browser(), {});
    expect([answer.status, await json(answer)]).toMatchObject([200, { location: expect.stringContaining(issuer) }]);
  });
});

describe('programs', () => {
  test('`hjemmel token` prints a token, and nothing else, that the api takes', async () => {
    const { code, out, err } = await token();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(await json(await withToken(out))).toEqual({
      subject: 'hjemmel-program',
      name: 'hjemmel-program',
      roles: ['officer'],
      controllers: null,
      csrfToken: null,
    });
  });

  test.each([
    ['a wrong secret', { HJEMMEL_TOKEN_CLIENT_SECRET: 'hunter2' }, /^The OpenID provider refuses .*invalid_client/],
    [
      'no provider there',
      { OIDC_ISSUER: 'http://127.0.0.1:1' },
      /^OIDC_ISSUER: the OpenID provider .* does not answer/,
    ],
    ['no settings', { OIDC_ISSUER: '' }, /^OIDC_ISSUER is not set/],
    ['no client', { HJEMMEL_TOKEN_CLIENT_ID: '' }, /^HJEMMEL_TOKEN_CLIENT_ID is not set/],
  ])('%s is told in a line', async (_, changed, sentence) => {
    const { code, out, err } = await token({ ...access.commands, ...changed });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(sentence);
    expect(err).not.toMatch(/hunter2|\n./);
  });

  test('the provider refuses who is none of its clients, and gives the page’s client no token of its own', async () => {
    const page = { HJEMMEL_TOKEN_CLIENT_ID: config.page.id, HJEMMEL_TOKEN_CLIENT_SECRET: config.page.secret };
    expect(await token({ ...access.commands, ...page })).toMatchObject({ code: 2, out: '' });
  });
});

test('the provider signs with another key: new tokens are taken at once, old ones no more', async () => {
  const before = (await token()).out;
  const session = await loggedIn('viewer');
  const halfway = new Browser();
  const form = await halfway.go(`${site}/auth/login`);
  await stopProvider();
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  config = { ...config, signingKey: privateKey.export({ format: 'jwk' }) };
  await startProvider();
  const after = (await token()).out;
  await eventually(async () => (await withToken(after)).ok);
  expect(await json(await withToken(before))).toMatchObject({
    status: 401,
    detail: 'The token is signed with a key that the OpenID provider does not publish.',
  });
  await loggedIn('officer');
  expect(await me(session)).toMatchObject({ subject: 'viewer' });
  // It does not know any more who was about to log in.
  const ended = await halfway.submit(form, { login: 'viewer', password: passwordOf('viewer') });
  expect([ended.status, ended.text]).toEqual([400, expect.stringContaining(`<a href="${site}">Begin again</a>`)]);
});

test('the provider goes away: who is known stays known, who comes is told; it comes back, and they log in', async () => {
  const [session, program] = [await loggedIn('janus'), (await token()).out];
  const halfway = new Browser();
  const { searchParams } = new URL((await halfway.fetch(`${site}/auth/login`)).headers.get('location') ?? '');
  await stopProvider();

  expect(await me(session)).toMatchObject({ subject: 'janus' });
  expect((await withToken(program)).status).toBe(200);
  await eventually(async () => (await new Browser().go(`${site}/auth/login`)).status === 503);
  const answer = new URLSearchParams({ code: 'c', state: searchParams.get('state') ?? '', iss: issuer });
  const page = await halfway.go(`${site}/auth/callback?${answer.toString()}`);
  expect([page.status, page.text]).toEqual([503, expect.stringContaining('does not answer')]);
  const left = await session.fetch(`${site}/auth/logout`, {
    method: 'POST',
    headers: { 'x-csrf-token': String((await me(session)).csrfToken) },
  });
  expect(left.status).toBe(200);
  expect((await fetch(`${site}/health/ready`)).status).toBe(200);
  expect((await fetch(`${site}/log/checkpoint`)).status).toBe(200);

  await startProvider();
  await eventually(async () => (await fetch(`${site}/auth/login`, { redirect: 'manual' })).status === 303);
  await loggedIn('viewer');
});

test('the log of the api tells of no person and no secret', () => {
  const text = JSON.stringify(api.log);
  expect(text).toContain('a login failed');
  for (const { name, password } of config.people) {
    expect(text).not.toContain(name);
    expect(text).not.toContain(password);
  }
  // Others' logins are names of roles too.
  expect(text).not.toMatch(/viewer|nobody|janus/);
  for (const secret of [config.page.secret, config.program.secret, String(access.api['HJEMMEL_SESSION_KEY'])]) {
    expect(text).not.toContain(secret);
  }
  expect(text).not.toMatch(/eyJ[\w-]{10}/);
});
