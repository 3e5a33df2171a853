import { Controller } from '@nestjs/common';
import Type from 'typebox';
import { describe, expect, test } from '@jest/globals';
import { expectDescribed } from './described.fixture.js';
import { Route } from './route.js';
import { runFrame } from './running-frame.fixture.js';
import type { FrameOptions, RunningFrame } from './running-frame.fixture.js';

@Controller('api/v1/things')
class ThingsController {
  @Route({ operationId: 'things', tag: 'findings', summary: 'Things', answer: Type.Object({}) })
  list() {
    return {};
  }
}

async function within(options: FrameOptions, action: (api: RunningFrame) => Promise<void>): Promise<void> {
  const api = await runFrame([ThingsController], options);
  try {
    await action(api);
  } finally {
    await api.close();
  }
}

const THINGS = '/api/v1/things';
const DOCUMENT = '/api/openapi.json';

/** Status of each of some requests, one after another. */
async function statuses(
  { url, description }: RunningFrame,
  path: string,
  headers: Record<string, string>,
  times: number,
  method = 'GET',
): Promise<number[]> {
  const found = [];
  for (let i = 0; i < times; i++) {
    const response = await fetch(`${url}${path}`, { method, headers });
    await expectDescribed(response, method, description);
    found.push(response.status);
  }
  return found;
}

describe('of the requests in a minute', () => {
  test('each person has as many as are set, wherever they come from', async () => {
    await within({ rateLimit: 3 }, async (api) => {
      expect(await statuses(api, THINGS, { 'x-test-person': 'me' }, 5)).toEqual([200, 200, 200, 429, 429]);
      expect(await statuses(api, THINGS, { 'x-test-person': 'you' }, 2)).toEqual([200, 200]);
      const told = await fetch(`${api.url}${THINGS}`, { headers: { 'x-test-person': 'you' } });
      expect(told.headers.get('ratelimit')).toMatch(/^"hjemmel"; r=0; t=\d+$/);
      expect(told.headers.get('ratelimit-policy')).toMatch(/^"hjemmel"; q=3; w=60; pk=:.+:$/);
      const refused = await fetch(`${api.url}${THINGS}`, { headers: { 'x-test-person': 'me' } });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    });
  });

  test('what is refused, or is not there, counts too, and each once', async () => {
    await within({ rateLimit: 3 }, async (api) => {
      expect(await statuses(api, '/api/v1/nothing', { 'x-test-person': 'me' }, 5)).toEqual([404, 404, 404, 429, 429]);
    });
  });

  test('one by a method that the path does not take counts too', async () => {
    await within({ rateLimit: 3 }, async (api) => {
      expect(await statuses(api, THINGS, {}, 5, 'PUT')).toEqual([405, 405, 405, 429, 429]);
    });
  });

  test('who is not known is counted by address, and does not keep others out', async () => {
    await within({ rateLimit: 3 }, async (api) => {
      expect(await statuses(api, THINGS, {}, 5)).toEqual([401, 401, 401, 429, 429]);
      expect(await statuses(api, THINGS, { 'x-test-person': 'me' }, 1)).toEqual([200]);
      expect(await statuses(api, DOCUMENT, {}, 1)).toEqual([429]);
    });
  });

  test('an address is what a trusted proxy says it is; others are not believed', async () => {
    const from = (address: string) => ({ 'x-forwarded-for': address });
    await within({ rateLimit: 1, trustedProxies: ['127.0.0.0/8'] }, async (api) => {
      expect(await statuses(api, DOCUMENT, from('192.0.2.1'), 2)).toEqual([200, 429]);
      expect(await statuses(api, DOCUMENT, from('192.0.2.2'), 1)).toEqual([200]);
      expect(await statuses(api, DOCUMENT, from('192.0.2.9, 192.0.2.1'), 1)).toEqual([429]);
      expect(await statuses(api, DOCUMENT, from('2001:db8::1'), 1)).toEqual([200]);
      // The same network.
      expect(await statuses(api, DOCUMENT, from('2001:db8::2'), 1)).toEqual([429]);
    });
    await within({ rateLimit: 1 }, async (api) => {
      expect(await statuses(api, DOCUMENT, from('192.0.2.1'), 1)).toEqual([200]);
      expect(await statuses(api, DOCUMENT, from('192.0.2.2'), 1)).toEqual([429]);
    });
  });
});
