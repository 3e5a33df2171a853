import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ApiWithData } from '../../http/api-with-data.fixture.js';
import { expectDescribed } from '../../http/described.fixture.js';

jest.setTimeout(120_000);

let api: ApiWithData;
beforeAll(async () => {
  api = await ApiWithData.start();
  await api.append(ApiWithData.made(1));
});
afterAll(() => api.stop());

async function ask(path: string, controllers: readonly string[] | '*' = '*'): Promise<{ status: number; body: any }> {
  const response = await fetch(`${api.url}/api/v1/${path}`, { headers: await api.headers(controllers, 'dashboard') });
  return { status: response.status, body: await expectDescribed(response) };
}

test('registers are listed with their versions, to who may see them', async () => {
  const { body } = await ask('registers');
  const all = body.items as { controller: string; versions: { version: number; loadedAt: string | null }[] }[];
  expect(all.map(({ controller }) => controller)).toEqual(['janus', 'jetcards', 'jetkids', 'jetpak', 'kidssafety']);
  expect(all[0]?.versions.map(({ version, loadedAt }) => [version, loadedAt !== null])).toEqual([
    [1, true],
    [2, true],
  ]);
  const some = await ask('registers', ['jetpak', 'nobody']);
  expect(some.body.items).toEqual(all.filter(({ controller }) => controller === 'jetpak'));
});

test('a version is told until the next one came into force', async () => {
  const [first, second] = [await ask('registers/janus/versions/1'), await ask('registers/janus/versions/2')];
  expect([first.body.inForceFrom, first.body.inForceTo]).toEqual([
    '2018-05-25T00:00:00.000Z',
    '2026-01-01T00:00:00.000Z',
  ]);
  expect([second.body.inForceFrom, second.body.inForceTo]).toEqual(['2026-01-01T00:00:00.000Z', null]);
});

test('two versions differ where they mean something else', async () => {
  const there = (await ask('registers/janus/differences?from=1&to=2')).body;
  const changes = there.changes as { where: string; kind: string }[];
  expect(changes.map(({ where, kind }) => [where, kind])).toEqual([
    ['/inForce/from', 'changed'],
    ['/purposes/direct-marketing/bases/legitimate_interests/conditions', 'changed'],
  ]);
  const back = (await ask('registers/janus/differences?from=2&to=1')).body;
  expect(back.changes[0]).toMatchObject({ before: there.changes[0].after, after: there.changes[0].before });
  expect((await ask('registers/janus/differences?from=2&to=2')).body.changes).toEqual([]);
});

test('coverage counts what the statistics count', async () => {
  const { body } = await ask('registers/janus/coverage');
  const counted = await ask('statistics?controller=janus&kind=orders&kind=marketing&kind=sharing&by=purpose');
  const rows = counted.body.rows as { purpose: string; count: number }[];
  const undeclared = body.undeclared as { purpose: string; events: number }[];
  const declared = body.declared as { purpose: string; events: number; lastSeen: string | null }[];
  const used = [...declared.filter(({ events }) => events > 0), ...undeclared];
  expect(new Map(used.map(({ purpose, events }) => [purpose, events]))).toEqual(
    new Map(rows.map(({ purpose, count }) => [purpose, count])),
  );
  expect(undeclared.length).toBeGreaterThan(0);
  expect(declared.every(({ events, lastSeen }) => (events > 0) === (lastSeen !== null))).toBe(true);
  const later = await ask('registers/janus/coverage?occurredFrom=2031-01-01T00:00:00Z');
  expect(later.body.undeclared).toEqual([]);
});

test('of a foreign controller there is no more than of one that never was', async () => {
  for (const path of ['versions/1', 'differences?from=1&to=2', 'coverage']) {
    const [foreign, never] = [
      await ask(`registers/janus/${path}`, ['jetpak']),
      await ask(`registers/nobody/${path}`, ['jetpak', 'nobody']),
    ];
    expect(foreign).toEqual(never);
    expect(foreign.status).toBe(404);
  }
  expect((await ask('registers/janus/versions/3')).status).toBe(404);
  expect((await ask('registers/janus/differences?from=1&to=3')).status).toBe(404);
});
