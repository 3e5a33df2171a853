import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Access } from '../access/access.js';
import { Cookie } from '../access/cookies.js';
import { runFrame } from './running-frame.fixture.js';
import type { RunningFrame } from './running-frame.fixture.js';

const INDEX = '<!doctype html><title>Page</title>';
const SCRIPT = 'console.log("hello");\n'.repeat(50);

let directory: string;
let api: RunningFrame;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'page-'));
  mkdirSync(join(directory, 'dashboard', 'assets'), { recursive: true });
  const write = (name: string, content: string | Buffer) => writeFileSync(join(directory, 'dashboard', name), content);
  write('index.html', INDEX);
  write('favicon.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
  write('.secret', 'secret');
  write('assets/index-Abc123.js', SCRIPT);
  write('assets/index-Abc123.js.gz', gzipSync(SCRIPT));
  write('assets/index-Abc123.js.br', brotliCompressSync(SCRIPT));
  writeFileSync(join(directory, 'outside.txt'), 'outside');
  api = await runFrame([], { dashboard: join(directory, 'dashboard') });
});
afterAll(async () => {
  await api.close();
  rmSync(directory, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** To the letter: `fetch` would mend paths and decompress. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET', of = api): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { hostname, port } = new URL(of.url);
  request({ hostname, port, path, headers, method }, (response) => {
    const parts: Buffer[] = [];
    response.on('data', (part: Buffer) => parts.push(part)).on('error', reject);
    response.on('end', () =>
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: Buffer.concat(parts).toString('latin1'),
      }),
    );
  })
    .on('error', reject)
    .end();
  return promise;
}

const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

test('the page itself is asked for anew each time', async () => {
  const { status, headers, body } = await get('/', html);
  expect([status, headers['content-type'], headers['cache-control'], body]).toEqual([
    200,
    'text/html; charset=utf-8',
    'no-cache',
    INDEX,
  ]);
  const again = await get('/', { 'if-none-match': String(headers.etag) });
  expect([again.status, again.body]).toEqual([304, '']);
  expect((await get('/favicon.svg')).headers).toMatchObject({
    'content-type': 'image/svg+xml',
    'cache-control': 'no-cache',
  });
});

test.each(['/findings', '/findings/0-1-2?tab=proof', '/problems/p1-0f3c5a9be1d27468', '/log', '/logs', '/apis'])(
  '%s is the page’s to know, for who reads pages',
  async (path) => {
    const { status, headers, body } = await get(path, html);
    expect([status, headers['cache-control'], body]).toEqual([200, 'no-cache', INDEX]);
    const program = await get(path, { accept: 'application/json' });
    expect([program.status, program.headers['content-type']]).toEqual([404, 'text/plain; charset=utf-8']);
    expect((await get(path)).status).toBe(404);
    expect((await get(path, html, 'HEAD')).status).toBe(200);
  },
);

describe('who has no session, where people log in,', () => {
  const access = { sessions: new Cookie('hjemmel-session', false) } as Access;
  let guarded: RunningFrame;
  beforeAll(async () => {
    guarded = await runFrame([], { dashboard: join(directory, 'dashboard'), access });
  });
  afterAll(() => guarded.close());

  test.each([
    ['/', '/auth/login?returnTo=%2F'],
    ['/findings/0-1-2?tab=proof&x=%26', '/auth/login?returnTo=%2Ffindings%2F0-1-2%3Ftab%3Dproof%26x%3D%2526'],
    ['//elsewhere.example/x', '/auth/login?returnTo=%2F%2Felsewhere.example%2Fx'],
  ])('is led from %s to the login, which knows the way back', async (path, location) => {
    const { status, headers } = await get(path, html, 'GET', guarded);
    expect([status, headers.location]).toEqual([303, location]);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', vary: expect.stringMatching(/cookie/i) });
  });

  test('gets what is no page of its own all the same', async () => {
    expect((await get('/favicon.svg', html, 'GET', guarded)).status).toBe(200);
    expect((await get('/assets/index-Abc123.js', {}, 'GET', guarded)).status).toBe(200);
    expect((await get('/assets/index-Old.js', html, 'GET', guarded)).status).toBe(404);
  });

  test.each([{ cookie: 'hjemmel-session=x' }, { authorization: 'Bearer x' }])(
    'gets the page with %j, whatever it is worth',
    async (known) => {
      expect((await get('/', { ...html, ...known }, 'GET', guarded)).body).toBe(INDEX);
      expect((await get('/findings', { ...html, ...known }, 'GET', guarded)).body).toBe(INDEX);
    },
  );
});

describe('what is built under a name of its own', () => {
  const asset = '/assets/index-Abc123.js';

  test('is kept for ever', async () => {
    const { status, headers, body } = await get(asset);
    expect([status, body, headers['content-type']]).toEqual([200, SCRIPT, 'text/javascript; charset=utf-8']);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(headers['content-encoding']).toBeUndefined();
  });

  test.each([
    ['gzip, deflate, br', 'br', brotliCompressSync(SCRIPT)],
    ['gzip', 'gzip', gzipSync(SCRIPT)],
    ['br;q=0, gzip', 'gzip', gzipSync(SCRIPT)],
  ])('comes compressed to who takes %s', async (accepted, encoding, bytes) => {
    const { headers, body } = await get(asset, { 'accept-encoding': accepted });
    expect(headers).toMatchObject({
      'content-encoding': encoding,
      'content-type': expect.stringMatching(/^text\/javascript; charset=utf-8$/i),
      vary: 'Accept-Encoding',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect(body).toBe(bytes.toString('latin1'));
  });

  test('is not there when it is not there, whoever asks', async () => {
    expect((await get('/assets/index-Old.js', html)).status).toBe(404);
  });
});

test.each([
  '/../outside.txt',
  '/..%2foutside.txt',
  '/%2e%2e/outside.txt',
  '/assets/../../outside.txt',
  '/.secret',
  '/%00',
])('%s leads nowhere', async (path) => {
  const { status, body } = await get(path);
  expect([400, 403, 404]).toContain(status);
  expect(body).not.toMatch(/outside|secret/);
});

test.each(['/api/nothing', '/auth/nothing', '/api', '/API/nothing'])('%s is not the page’s', async (path) => {
  const { status, headers } = await get(path, html);
  expect([status, headers['content-type']]).toEqual([404, 'application/problem+json']);
});

test.each(['/log/', '/log/nothing', '/health/nothing', '/metrics/nothing'])('%s is neither', async (path) => {
  const { status, headers, body } = await get(path, html);
  expect([status, body.includes('Page')]).toEqual([404, false]);
  expect(headers).not.toHaveProperty('content-security-policy');
});

test('nothing can be posted to it', async () => {
  expect((await get('/', html, 'POST')).status).toBe(404);
});

test('without a built page, that is said', async () => {
  const bare = await runFrame([], { dashboard: join(directory, 'nowhere') });
  const { status, headers, body } = await get('/', html, 'GET', bare);
  await bare.close();
  expect([status, headers['content-type']]).toEqual([404, 'text/plain; charset=utf-8']);
  expect(body).toBe('The dashboard is not built: run `npm run build`. The API is described at /api/openapi.json.\n');
});
