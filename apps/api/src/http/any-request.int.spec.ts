import fc from 'fast-check';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ApiWithData } from './api-with-data.fixture.js';
import { anyGet } from './any-request.fixture.js';
import type { Known } from './any-request.fixture.js';
import { Description, expectDescribed } from './described.fixture.js';

jest.setTimeout(180_000);

const RUNS = 600;
const AT_A_TIME = 8;
const seed = Number(process.env['SEED'] ?? 20_260_301);
let api: ApiWithData;
beforeAll(async () => {
  api = await ApiWithData.start();
  await api.append(ApiWithData.made(seed));
});
afterAll(() => api.stop());

test(`whatever is asked for, the answer is as described (SEED=${seed})`, async () => {
  const { document } = await Description.of(api.url);
  const everybody = await api.headers('*');
  const known = await textsIn(everybody, ['findings?limit=500', 'problems', 'registers']);
  const some = await api.headers(['janus', 'jetpak'], 'dashboard');
  const seen = new Map<string, Set<number>>();
  const requests = fc.sample(fc.tuple(anyGet(document, known), fc.constantFrom(everybody, some), fc.boolean()), {
    seed,
    numRuns: RUNS,
  });
  const ask = async ([{ operationId, path }, headers, head]: (typeof requests)[number]): Promise<void> => {
    const hangUp = new AbortController();
    const method = head && !path.startsWith('/api/v1/feed') ? 'HEAD' : 'GET';
    const response = await fetch(`${api.url}${path}`, { method, headers, signal: hangUp.signal });
    if (response.status >= 500) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    await expectDescribed(response, method);
    hangUp.abort();
    seen.set(operationId, (seen.get(operationId) ?? new Set()).add(response.status));
  };
  for (let i = 0; i < requests.length; i += AT_A_TIME) await Promise.all(requests.slice(i, i + AT_A_TIME).map(ask));
  const all = Object.values(document.paths).flatMap(({ get }) => (get === undefined ? [] : [get.operationId]));
  expect(all.filter((operationId) => seen.get(operationId)?.has(200) !== true)).toEqual([]);
});

/** Texts in some answers, by the names of the fields that hold them. */
async function textsIn(headers: Record<string, string>, paths: readonly string[]): Promise<Known> {
  const found = new Map<string, Set<string>>();
  const collect = (name: string, value: unknown): void => {
    if (typeof value === 'string') found.set(name, (found.get(name) ?? new Set()).add(value));
    else if (Array.isArray(value)) for (const item of value) collect(name, item);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, part] of Object.entries(value)) collect(key, part);
    }
  };
  for (const path of paths) collect('', await expectDescribed(await fetch(`${api.url}/api/v1/${path}`, { headers })));
  return found;
}
