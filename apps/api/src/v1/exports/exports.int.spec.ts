import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ReadModels } from '#libs/views';
import type { MadeBlock } from '../../../../../test/support/finding-histories.js';
import { ApiWithData } from '../../http/api-with-data.fixture.js';
import { expectDescribed } from '../../http/described.fixture.js';
import { MAX_ROWS } from './report-head.js';

jest.setTimeout(180_000);

let api: ApiWithData;
beforeAll(async () => {
  api = await ApiWithData.start();
  await api.append(ApiWithData.made(2));
});
afterAll(() => api.stop());

type Controllers = readonly string[] | '*';

async function ask(path: string, controllers: Controllers = '*', method = 'GET') {
  const headers = await api.headers(controllers, 'dashboard');
  const response = await fetch(`${api.url}/api/v1/${path}`, { headers, method });
  return { response, body: await expectDescribed(response, method) };
}

/** A list, of all its pages. */
async function listed(what: string, query: string, controllers: Controllers): Promise<object[]> {
  const items: object[] = [];
  for (let cursor = ''; ;) {
    const { body } = await ask(`${what}?limit=20&${query}${cursor}`, controllers);
    const page = body as { items: object[]; nextCursor: string | null };
    items.push(...page.items);
    if (page.nextCursor === null) return items;
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
}

/** People are counted in the background, meanwhile. */
function counted(item: object): object {
  return { ...item, people: undefined };
}

describe.each([
  ['findings', '', '*'],
  ['findings', 'sort=recordedAt&verdict=violation&verdict=gap&kind=orders&kind=marketing', '*'],
  ['findings', 'sort=-recordedAt&rule=consent-missing', ['janus']],
  ['findings', 'controller=acme', ['janus']],
  ['problems', '', '*'],
  ['problems', 'sort=findings&service=shop&status=open', ['janus', 'jetpak']],
  ['problems', 'status=resolved', '*'],
] as const)('%s with %j for %j', (what, query, controllers) => {
  test('has in each kind of file what the list has, in its order', async () => {
    const items = await listed(what, query, controllers);
    const lines = (await ask(`exports/${what}.jsonl?${query}`, controllers)).body as string;
    const read = lines
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as object);
    expect(read.map(counted)).toEqual(items.map(counted));
    const csv = (await ask(`exports/${what}.csv?${query}`, controllers)).body as string;
    const ids = csv
      .split('\r\n')
      .slice(1, -1)
      .map((line) => line.split(',')[0]);
    expect(ids).toEqual(items.map((item) => (item as { id: string }).id));
    const pdf = (await ask(`exports/${what}.pdf?${query}`, controllers)).body as string;
    expect(pdf.slice(0, 5)).toBe('%PDF-');
  });
});

test('a file says what it is', async () => {
  const today = new Date().toISOString().slice(0, 10);
  const { response } = await ask('exports/findings.csv?controller=janus');
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
  expect(response.headers.get('content-disposition')).toBe(`attachment; filename=hjemmel-findings-janus-${today}.csv`);
  const head = await ask('exports/problems.pdf', ['jetpak'], 'HEAD');
  expect([head.response.status, head.body]).toEqual([200, '']);
  expect(head.response.headers.get('content-disposition')).toContain(`hjemmel-problems-jetpak-${today}.pdf`);
  expect((await ask('exports/findings.xlsx')).response.status).toBe(404);
  expect((await ask('exports/findings.csv?limit=5')).response.status).toBe(400);
});

describe('of many findings', () => {
  /** Findings read at a time. */
  const PAGE = 1_000;
  /** Pages of long findings, that do not all fit between the two ends of a connection; and of short ones. */
  const [LONG, SHORT] = [24, 6];

  beforeAll(async () => {
    const [found] = ApiWithData.made(2).flatMap(({ entries }) =>
      entries.filter(({ entry }) => entry.kind === 'finding' && entry.verdict === 'violation'),
    );
    if (found === undefined) throw new Error('There is no violation.');
    const { entry } = found;
    const blocks = (count: number, task: number, change: Partial<typeof entry>): MadeBlock[] =>
      Array.from({ length: count }, (_, block) => ({
        task,
        recordedAt: entry.recordedAt,
        entries: Array.from({ length: PAGE }, (__, index) => ({ task, block, index, entry: { ...entry, ...change } })),
      }));
    await api.append([
      ...blocks(LONG, 7, { controller: 'long', service: 's'.repeat(1_000) }),
      ...blocks(SHORT, 8, { controller: 'short' }),
    ]);
  });

  /** Counts the pages that are asked for, and knows when nobody asks any more. */
  function watched() {
    const state = { pages: 0, ended: false };
    const { findings, each } = Object.getOwnPropertyDescriptors(ReadModels.prototype);
    jest.spyOn(ReadModels.prototype, 'findings').mockImplementation(function (this: ReadModels, ...args) {
      state.pages++;
      return (findings.value as ReadModels['findings']).apply(this, args);
    });
    jest.spyOn(ReadModels.prototype, 'each').mockImplementation(async function* (this: ReadModels, ...args) {
      try {
        yield* (each.value as ReadModels['each']).apply(this, args);
      } finally {
        state.ended = true;
      }
    });
    return state;
  }

  test('no more are read than a client takes, and none once it has gone away', async () => {
    const state = watched();
    const headers = await api.headers('*');
    const asked = request(`${api.url}/api/v1/exports/findings.jsonl?controller=long`, { headers });
    asked.on('error', () => undefined).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    for (let turns = 0, seen = -1; turns < 500; turns++) {
      if (state.pages !== seen) turns = 0;
      seen = state.pages;
      await new Promise(setImmediate);
    }
    expect(state.pages).toBeLessThan(LONG);
    expect(state.ended).toBe(false);
    asked.destroy();
    while (!state.ended) await new Promise(setImmediate);
    expect(state.pages).toBeLessThan(LONG);
    jest.restoreAllMocks();
  });

  test('a report has so many, and no more', async () => {
    const state = watched();
    const { response } = await ask('exports/findings.pdf?controller=short');
    expect([response.status, state.pages]).toEqual([200, MAX_ROWS / PAGE]);
    jest.restoreAllMocks();
  });
});
