import { hash } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openNote, parseVerifier } from '#libs/log';
import { MongoConnection } from '#libs/trail';
import { TestLog } from '../../../test/support/log.js';
import { testServers } from '../../../test/support/servers.js';
import { startService } from '../../../test/support/service-process.js';
import type { ServiceProcess } from '../../../test/support/service-process.js';

jest.setTimeout(120_000);

const { mongoUri, database } = testServers();
const url = new URL(mongoUri);
url.pathname = `/${database}`;
const quiet = { info: () => undefined, warn: () => undefined };
const connection = new MongoConnection(url.href, 'api-test', quiet);
const log = new TestLog(connection);
const agent = new Agent({ keepAlive: true, maxSockets: 16 });
let api: ServiceProcess;
let port: number;

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

beforeAll(async () => {
  await log.prepare();
  await log.append({ task: 0, count: 255 });
  await log.append({ task: 1, count: 1 });
  await log.append(...Array.from({ length: 14 }, (_, i) => ({ task: i % 3, count: 4_900 + i })));
  await log.append({ task: 2, count: 70_000 - log.size });
  api = startService('api', { MONGODB_URI: url.href, PORT: '0' });
  port = Number(new URL(String((await api.said('listening'))['url'])).port);
  while ((await get('/health/ready')).status !== 200) await new Promise(setImmediate);
});

afterAll(async () => {
  agent.destroy();
  api.kill('SIGKILL');
  await api.exited;
  await connection.db.dropDatabase();
  await connection.close();
});

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  request({ host: '127.0.0.1', port, path, headers, method, agent }, (response) => {
    const parts: Buffer[] = [];
    response.on('data', (part: Buffer) => parts.push(part)).on('error', reject);
    response.on('end', () => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) });
    });
  })
    .on('error', reject)
    .end();
  return promise;
}

/** Leaf hashes (RFC 6962 §2.1) of the log from one entry to before another. */
function leaves(from: number, to: number): Buffer {
  const hashes = log.entries
    .slice(from, to)
    .map((entry) => hash('sha256', Buffer.concat([Buffer.from([0]), entry]), 'buffer'));
  return Buffer.concat(hashes);
}

function bundle(from: number, to: number): Buffer {
  const length = (entry: Buffer) => Buffer.from([entry.length >> 8, entry.length & 0xff]);
  return Buffer.concat(log.entries.slice(from, to).flatMap((entry) => [length(entry), entry]));
}

describe('/log/checkpoint', () => {
  test('is the newest signed note, and not to be kept', async () => {
    const { status, headers, body } = await get('/log/checkpoint');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-cache',
      'access-control-allow-origin': '*',
    });
    const { text } = openNote(body, [parseVerifier(log.signer.verifierKey)]);
    expect(text).toMatch(/^hjemmel\.example\/log\n70000\n[A-Za-z0-9+/]{43}=\n$/);
  });

  test('answers 304 to who has it', async () => {
    const { headers } = await get('/log/checkpoint');
    const again = await get('/log/checkpoint', { 'if-none-match': String(headers.etag) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });
});

test('/log/key is the verifier key', async () => {
  const { status, headers, body } = await get('/log/key');
  expect([status, headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
  expect(body.toString()).toBe(`${log.signer.verifierKey}\n`);
});

describe('tiles and bundles', () => {
  test('a log of 70,000 has the tiles of the specification’s example', async () => {
    const bytes = async (path: string) => (await get(path)).body.length / 32;
    expect(await bytes('/log/tile/0/272')).toBe(256);
    expect(await bytes('/log/tile/0/273.p/112')).toBe(112);
    expect(await bytes('/log/tile/1/000')).toBe(256);
    expect(await bytes('/log/tile/1/001.p/17')).toBe(17);
    expect(await bytes('/log/tile/2/000.p/1')).toBe(1);
  });

  test('every one of them comes, byte for byte', async () => {
    const paths = Array.from({ length: 273 }, (_, i) => String(i).padStart(3, '0'));
    const tiles = await Promise.all(paths.map((path) => get(`/log/tile/0/${path}`)));
    const bundles = await Promise.all(paths.map((path) => get(`/log/tile/entries/${path}`)));
    tiles.push(await get('/log/tile/0/273.p/112'));
    bundles.push(await get('/log/tile/entries/273.p/112'));
    expect(Buffer.concat(tiles.map(({ body }) => body)).equals(leaves(0, 70_000))).toBe(true);
    expect(Buffer.concat(bundles.map(({ body }) => body)).equals(bundle(0, 70_000))).toBe(true);
  });

  test('partial ones of earlier checkpoints stay', async () => {
    expect((await get('/log/tile/0/000.p/255')).body.equals(leaves(0, 255))).toBe(true);
    expect((await get('/log/tile/entries/000.p/255')).body.equals(bundle(0, 255))).toBe(true);
    const [first] = [await get('/log/tile/1/000')];
    expect((await get('/log/tile/1/000.p/1')).body.equals(first.body.subarray(0, 32))).toBe(true);
  });

  test.each(['/log/tile/0/000', '/log/tile/0/273.p/112', '/log/tile/entries/000', '/log/tile/entries/000.p/1'])(
    '%s is bytes to be kept for ever',
    async (path) => {
      const { status, headers, body } = await get(path);
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        'content-type': 'application/octet-stream',
        'cache-control': 'public, max-age=31536000, immutable',
        'content-length': String(body.length),
        'access-control-allow-origin': '*',
        'x-content-type-options': 'nosniff',
      });
      const again = await get(path, { 'if-none-match': String(headers.etag) });
      expect([again.status, again.body.length]).toEqual([304, 0]);
      const head = await get(path, {}, 'HEAD');
      expect([head.status, head.body.length, head.headers['content-length']]).toEqual([200, 0, String(body.length)]);
    },
  );

  test('bundles are compressed for who takes it; tiles are not', async () => {
    const gzip = { 'accept-encoding': 'gzip, br' };
    const { headers, body } = await get('/log/tile/entries/001', gzip);
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(gunzipSync(body).equals(bundle(256, 512))).toBe(true);
    expect((await get('/log/tile/entries/001', gzip, 'HEAD')).headers['content-encoding']).toBe('gzip');
    const again = await get('/log/tile/entries/001', { ...gzip, 'if-none-match': String(headers.etag) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    expect((await get('/log/tile/entries/001', { 'accept-encoding': 'identity' })).headers).not.toHaveProperty(
      'content-encoding',
    );
    expect((await get('/log/tile/0/001', gzip)).headers).not.toHaveProperty('content-encoding');
  });
});

describe('what is not there', () => {
  test.each([
    ['a tile behind the last', 'tile/0/274'],
    ['the last tile, in full', 'tile/0/273'],
    ['the last tile, wider than it is', 'tile/0/273.p/113'],
    ['an empty tile', 'tile/1/002.p/1'],
    ['an empty tile on a level that there is not yet', 'tile/3/000.p/1'],
    ['a bundle behind the last', 'tile/entries/273.p/113'],
    ['a width of 0', 'tile/0/000.p/0'],
    ['a width of 256', 'tile/0/000.p/256'],
    ['a width with a leading zero', 'tile/0/000.p/01'],
    ['an index of one digit', 'tile/0/0'],
    ['an index with needless groups', 'tile/0/x000/001'],
    ['an index without its x', 'tile/0/000/001'],
    ['a level with a leading zero', 'tile/00/000'],
    ['a level above 63', 'tile/64/000'],
    ['no number', 'tile/0/abc'],
    ['another kind of tile', 'tile/data/000'],
    ['a path written in another way', 'tile/0/%30%300'],
    ['a slash at the end', 'tile/0/000/'],
    ['a slash behind the checkpoint', 'checkpoint/'],
    ['capital letters', 'Checkpoint'],
    ['a way out of the log', '../metrics/../log/tile/../checkpoint'],
    ['malformed escapes', 'tile/%zz'],
    ['the log itself', ''],
  ])('%s', async (_, path) => {
    const { status, headers, body } = await get(`/log/${path}`);
    expect(path.includes('%zz') ? [400, 404] : [404]).toContain(status);
    if (status === 404 && path !== '') {
      expect(headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
      expect(body.toString()).toMatch(/^[^\n]+\n$/);
    }
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('nothing can be done with %s', async (method) => {
    const { status, headers } = await get('/log/checkpoint', {}, method);
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  test('web pages may ask what they may do', async () => {
    const { status, headers } = await get('/log/checkpoint', { origin: 'https://other.example' }, 'OPTIONS');
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, OPTIONS',
    });
  });
});

test('headers beyond Node’s 16 KiB are refused', async () => {
  expect((await get('/log/checkpoint', { cookie: 'x'.repeat(17_000) })).status).toBe(431);
});

test('clients that do not read, and some that go away, hold nobody up', async () => {
  const sockets = Array.from({ length: 50 }, (_, i) => {
    const socket = connect(port, '127.0.0.1').pause();
    for (let n = 0; n < 10; n++) socket.write(`GET /log/tile/entries/${100 + i + n} HTTP/1.1\r\nhost: a\r\n\r\n`);
    return socket;
  });
  for (let i = 0; i < 30; i++) {
    if (i % 3 === 0) sockets[i]?.destroy();
    const answer = await get(`/log/tile/entries/${String(i).padStart(3, '0')}`, { 'accept-encoding': 'gzip' });
    expect(gunzipSync(answer.body).equals(bundle(i * 256, (i + 1) * 256))).toBe(true);
  }
  for (const socket of sockets) socket.destroy();
  expect((await get('/health/ready')).status).toBe(200);
});

test('what is damaged is said to be, and the rest is served', async () => {
  const blocks = connection.db.collection('blocks');
  const first = { _id: { task: 0, n: 0 } as never };
  const whole = await blocks.findOne(first);
  await blocks.updateOne(first, { $set: { entries: Buffer.alloc(3) } });
  const anew = startService('api', { MONGODB_URI: url.href, PORT: '0', HJEMMEL_LOG_CACHE_BYTES: '0' });
  const at = String((await anew.said('listening'))['url']);
  while (!(await fetch(`${at}/health/ready`)).ok) await new Promise(setImmediate);
  const damaged = await fetch(`${at}/log/tile/entries/000`);
  expect([damaged.status, await damaged.text()]).toEqual([
    500,
    'The log is damaged. The entries of block 0 of task 0 are not 255, as the sequence says.\n',
  ]);
  await anew.said('a request for the log failed: The entries of block 0 of task 0 are not 255');
  expect((await fetch(`${at}/log/tile/entries/001`)).status).toBe(200);
  await blocks.replaceOne(first, whole as object);
  expect((await fetch(`${at}/log/tile/entries/000`)).status).toBe(200);
  anew.kill('SIGTERM');
  expect(await anew.exited).toBe(0);
});

test('requests are counted by what was asked for', async () => {
  const { body } = await get('/metrics');
  const text = body.toString();
  expect(text).toMatch(/hjemmel_http_requests_total\{route="tile",status="200"\} \d+/);
  expect(text).toMatch(/hjemmel_http_requests_total\{route="entries",status="304"\} \d+/);
  expect(text).toMatch(/hjemmel_http_requests_total\{route="checkpoint",status="200"\} \d+/);
  expect(text).toMatch(/hjemmel_http_request_seconds_count\{route="key"\} 1\n/);
  expect(text).toMatch(/hjemmel_log_size 70000\n/);
  expect(text).toMatch(/hjemmel_mongodb_up 1\n/);
  expect((await get('/health/live')).status).toBe(200);
});

test('a stop finishes the answers under way, and ends with 0', async () => {
  const under = Array.from({ length: 16 }, (_, i) => get(`/log/tile/entries/${100 + i}`));
  const first = await Promise.race(under);
  expect(first.status).toBe(200);
  api.kill('SIGTERM');
  const answers = await Promise.allSettled(under);
  expect(await api.exited).toBe(0);
  // Each is answered in full, or was not taken any more.
  for (const answer of answers) if (answer.status === 'fulfilled') expect(answer.value.status).toBe(200);
  expect(api.log.filter(({ level }) => level > 30)).toEqual([]);
});
