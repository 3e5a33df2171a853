import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Req, Res } from '@nestjs/common';
import type { Request, Response as ExpressResponse } from 'express';
import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MongoAway } from '../mongo-gate.js';
import { expectDescribed } from './described.fixture.js';
import { invalid, notFound, Problem } from './problem.js';
import { Body, Gone, Params, Query, Route } from './route.js';
import { runFrame } from './running-frame.fixture.js';
import type { RunningFrame } from './running-frame.fixture.js';
import { commaSeparated, named, oneOf, TimeParameter } from './schema.js';
import type { Input } from './schema.js';

const ThingsQuery = Type.Object({
  colour: Type.Optional(Type.Array(oneOf(['red', 'green', 'blue']), { maxItems: 2 })),
  from: Type.Optional(TimeParameter),
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
  by: commaSeparated(oneOf(['day', 'rule']), { default: [] }),
});
const Id = Type.Object({ id: Type.String({ pattern: '^\\d+$' }) });
const Note = Type.Object(
  { text: Type.String({ maxLength: 10 }), mood: Type.Optional(oneOf(['good', 'bad'])) },
  { additionalProperties: false },
);
const Said = named('Said', { said: Type.Unknown() });

/** ms */
const ANSWER_WITHIN = 200;

/** What went on in the handlers. */
const seen = { gone: 0 };

@Controller('api/v1/things')
class ThingsController {
  @Route({ operationId: 'list', tag: 'findings', summary: 'Things', query: ThingsQuery, answer: Said })
  list(@Query() query: Input<typeof ThingsQuery>) {
    return { said: query };
  }

  @Route({ path: ':id', operationId: 'get', tag: 'findings', summary: 'A thing', params: Id, answer: Said })
  one(@Params() { id }: Input<typeof Id>) {
    if (id === '0') throw notFound();
    if (id === '1') throw new MongoAway();
    if (id === '2') throw new Error('secret: the cupboard is bare');
    if (id === '3') throw invalid('cursor', 'is none of this list.');
    return { said: id };
  }

  @Route({
    method: 'POST',
    path: ':id/notes',
    status: 201,
    operationId: 'note',
    tag: 'findings',
    summary: 'A note',
    params: Id,
    body: Note,
    answer: Said,
    problems: [409],
  })
  note(@Body() note: Input<typeof Note>) {
    if (note.text === 'twice') throw new Problem('conflict');
    return { said: note };
  }
}

@Controller('api/v1/slow')
class SlowController {
  @Route({ operationId: 'slow', tag: 'findings', summary: 'Never', answer: Said })
  never(): Promise<{ said: unknown }> {
    return new Promise(() => undefined);
  }

  @Route({
    path: 'stream',
    operationId: 'stream',
    tag: 'feed',
    summary: 'For ever',
    content: { 'text/event-stream': Type.String() },
    streams: true,
  })
  async stream(@Req() _: Request, @Res() response: ExpressResponse, @Gone() gone: AbortSignal): Promise<void> {
    gone.addEventListener('abort', () => seen.gone++);
    response.type('text/event-stream').write(': here\n\n');
  }

  @Route({
    path: 'long',
    operationId: 'long',
    tag: 'feed',
    summary: 'Long',
    content: { 'text/plain': Type.String() },
    streams: true,
  })
  async long(@Res() response: ExpressResponse): Promise<void> {
    response.type('text/plain').write('here, ');
    await sleep(3 * ANSWER_WITHIN);
    response.end('and still here');
  }
}

@Controller('api/v1/broken')
class BrokenController {
  @Route({
    operationId: 'broken',
    tag: 'exports',
    summary: 'Breaks off',
    content: { 'text/csv': Type.String() },
    streams: true,
  })
  async breaks(@Res() response: ExpressResponse): Promise<void> {
    response.type('text/csv').write('a,b\r\n');
    throw new MongoAway();
  }
}

const me = { 'x-test-person': 'me' };
let api: RunningFrame;

beforeAll(async () => {
  api = await runFrame([ThingsController, SlowController, BrokenController], { answerWithin: ANSWER_WITHIN });
});
afterAll(() => api.close());

async function ask(path: string, init: RequestInit = {}): Promise<{ status: number; body: any; headers: Headers }> {
  const response = await fetch(`${api.url}${path}`, { ...init, headers: { ...me, ...init.headers } });
  const body = await expectDescribed(response, init.method);
  return { status: response.status, body, headers: response.headers };
}

function post(content: string, type = 'application/json') {
  return ask('/api/v1/things/5/notes', { method: 'POST', body: content, headers: { 'content-type': type } });
}

describe('a query', () => {
  test('comes in the types of its schema, with defaults', async () => {
    expect((await ask('/api/v1/things')).body).toEqual({ said: { limit: 50, by: [] } });
    const { body } = await ask(
      '/api/v1/things?colour=red&colour=blue&from=2026-01-31T12:00:00%2B01:00&limit=7&by=day,rule',
    );
    expect(body.said).toEqual({
      colour: ['red', 'blue'],
      from: Date.UTC(2026, 0, 31, 11),
      limit: 7,
      by: ['day', 'rule'],
    });
  });

  test.each([
    ['colr=red', 'colr', /^is not known; there are colour, from, limit, by \(did you mean colour\?\)\.$/],
    ['zzzzzzzz=1', 'zzzzzzzz', /^is not known; there are [^?]*$/],
    ['colour=rde', 'colour', /^must be one of red, green, blue \(did you mean red\?\)\.$/],
    ['colour=red&colour=red&colour=red', 'colour', /more than 2/],
    ['colour=', 'colour', /one of/],
    ['limit=0', 'limit', />= 1/],
    ['limit=501', 'limit', /<= 500/],
    ['limit=1e2', 'limit', /whole number/],
    ['limit=1.5', 'limit', /whole number/],
    ['limit=99999999999999999999', 'limit', /whole number/],
    ['limit=5&limit=6', 'limit', /more than once/],
    ['from=yesterday', 'from', /a time such as/],
    ['from=2026-02-30T12:00:00Z', 'from', /a time such as/],
    ['from=2026-06-30T23:59:60Z', 'from', /a time such as/],
    ['by=day,week', 'by', /one of day, rule/],
    ['__proto__=x', '__proto__', /not known/],
    ['constructor=x', 'constructor', /not known/],
  ])('%s is refused', async (query, parameter, detail) => {
    const { status, body } = await ask(`/api/v1/things?${query}`);
    expect([status, body.type]).toEqual([400, '/problems/invalid-request']);
    expect(body.errors).toEqual([{ parameter, detail: expect.stringMatching(detail) }]);
  });

  test('all that is wrong is told at once', async () => {
    const { body } = await ask('/api/v1/things?limit=x&colour=pink&more=1');
    expect((body.errors as { parameter: string }[]).map(({ parameter }) => parameter).sort()).toEqual([
      'colour',
      'limit',
      'more',
    ]);
  });
});

describe('a path', () => {
  test('that does not fit is not found, as is what is not there', async () => {
    const [foreign, malformed, unknown] = [
      await ask('/api/v1/things/0'),
      await ask('/api/v1/things/x'),
      await ask('/api/v1/nothing'),
    ];
    expect(foreign.status).toBe(404);
    expect(malformed.body).toEqual(foreign.body);
    expect(unknown.body).toEqual(foreign.body);
    expect(foreign.body.type).toBe('/problems/not-found');
  });

  test('takes the methods that it has', async () => {
    const put = await ask('/api/v1/things/5', { method: 'PUT' });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
    const get = await ask('/api/v1/things/5/notes');
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'OPTIONS, POST']);
    const options = await fetch(`${api.url}/api/v1/things/5`, { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
    const head = await ask('/api/v1/things/5', { method: 'HEAD' });
    expect([head.status, head.body]).toEqual([200, '']);
  });

  test('of 8,001 characters is too long, and one with a wrong escape is refused', async () => {
    expect((await ask(`/api/v1/things?colour=${'x'.repeat(8_000)}`)).status).toBe(414);
    expect((await ask('/api/v1/things/%zz')).status).toBe(400);
  });

  test('in capitals is the same resource, behind the same checks', async () => {
    expect((await ask('/API/V1/things?nonsense=1')).status).toBe(400);
    expect((await fetch(`${api.url}/API/V1/things`)).status).toBe(401);
  });
});

describe('content', () => {
  test('is checked', async () => {
    expect((await post('{"text":"hello"}')).status).toBe(201);
    expect((await post('{"text":"hello","txet":1}')).body.errors).toEqual([
      { parameter: '/txet', detail: 'is not known; there are text, mood (did you mean text?).' },
    ]);
    expect((await post('{}')).body.errors).toEqual([{ parameter: '/text', detail: 'is missing.' }]);
    expect((await post('{"text":"x","mood":"ugly"}')).body.errors).toEqual([
      { parameter: '/mood', detail: 'must be one of good, bad.' },
    ]);
    expect((await post('[]')).body.errors).toEqual([{ parameter: '', detail: 'must be object.' }]);
    expect((await post('{"__proto__":{"text":"x"}}')).status).toBe(400);
    expect((await post('{"text":"twice"}')).body.type).toBe('/problems/conflict');
  });

  test('is JSON, not too long, and there', async () => {
    expect((await post('{')).status).toBe(400);
    expect((await post('text=hello', 'application/x-www-form-urlencoded')).status).toBe(415);
    expect((await post('{"text":"hello"}', 'text/plain')).status).toBe(415);
    expect((await post('{"text":"hello"}', 'application/json; charset=klingon')).status).toBe(415);
    expect((await post(JSON.stringify({ text: 'x'.repeat(16_385) }))).status).toBe(413);
    expect((await post('')).status).toBe(400);
  });
});

describe('what goes wrong', () => {
  test('with the database is for later', async () => {
    const { status, headers, body } = await ask('/api/v1/things/1');
    expect([status, headers.get('retry-after'), body.type]).toEqual([503, '2', '/problems/unavailable']);
  });

  test('with us is told by a number that is in the log, and by nothing else', async () => {
    const { status, body } = await ask('/api/v1/things/2');
    expect([status, JSON.stringify(body).includes('cupboard')]).toEqual([500, false]);
    expect(body.instance).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
    const lines = api.log.filter((line) => line.includes(body.instance));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] as string)).toMatchObject({
      level: 50,
      msg: 'a request failed: secret: the cupboard is bare',
    });
    expect(lines[0]).not.toContain('stack');
  });

  test('may be about one parameter', async () => {
    expect((await ask('/api/v1/things/3')).body.errors).toEqual([
      { parameter: 'cursor', detail: 'is none of this list.' },
    ]);
  });

  test('when nobody is known, is that', async () => {
    const response = await fetch(`${api.url}/api/v1/things`);
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    await expectDescribed(response);
  });

  test('after the first byte, breaks the answer off', async () => {
    const whole = fetch(`${api.url}/api/v1/broken`, { headers: me }).then((response) => response.text());
    await expect(whole).rejects.toThrow();
    expect(api.log.some((line) => line.includes('The database does not answer'))).toBe(true);
  });
});

describe('time', () => {
  test('is limited', async () => {
    const { status, body } = await ask('/api/v1/slow');
    expect([status, body.type]).toEqual([503, '/problems/timeout']);
  });

  test('is not, for streams', async () => {
    expect((await ask('/api/v1/slow/long')).body).toBe('here, and still here');
  });

  test('is known to be over, when nobody listens any more', async () => {
    const gone = seen.gone;
    const hangUp = new AbortController();
    const response = await fetch(`${api.url}/api/v1/slow/stream`, { headers: me, signal: hangUp.signal });
    await expectDescribed(response);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe(': here\n\n');
    hangUp.abort();
    while (seen.gone === gone) await new Promise(setImmediate);
  });
});

test('answers are nobody else’s, and browsers are kept on a short lead', async () => {
  const { headers } = await ask('/api/v1/things');
  expect(Object.fromEntries(headers)).toMatchObject({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'content-security-policy': expect.stringMatching(/^default-src 'self';script-src 'self';/),
  });
  expect(headers.has('etag')).toBe(false);
  expect(headers.get('content-security-policy')).not.toContain('unsafe');
  expect(headers.get('x-powered-by')).toBeNull();
});

test('the description is sent again only when it has changed', async () => {
  const path = `${api.url}/api/openapi.json`;
  const { headers } = await fetch(path);
  expect(headers.get('cache-control')).toBe('no-cache');
  // fetch would ask past all caches.
  const known = { 'if-none-match': headers.get('etag') ?? '', 'cache-control': 'max-age=0' };
  const again = await fetch(path, { headers: known });
  expect([again.status, await again.text()]).toEqual([304, '']);
});
