import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { MongoConnection } from '#libs/trail';
import { testServers } from '../../../test/support/servers.js';
import { vaultCollections } from './collections.js';
import { keepOpenDuties, OpenDuties } from './open-duties.js';
import type { OpenDutyRow } from './open-duties.js';

const { mongoUri, database } = testServers();
const url = new URL(mongoUri);
url.pathname = `/${database}`;
const quiet = { info: () => undefined, warn: () => undefined };
const connection = new MongoConnection(url.href, 'open-duties-test', quiet);
const { openDuties } = vaultCollections(connection.db);
const reader = new OpenDuties(connection);

beforeEach(() => openDuties.deleteMany({}));
afterAll(async () => {
  await connection.db.dropDatabase();
  await connection.close();
});

const MINUTE = 60_000;
const NOW = Date.UTC(2025, 0, 1);

function row(count: number, more: Partial<OpenDutyRow> = {}): OpenDutyRow {
  return { controller: 'acme', duty: 'request-overdue', purpose: null, dueAt: NOW, count, ...more };
}

const keep = (task: number, through: number, asOf: number, ...rows: OpenDutyRow[]) =>
  keepOpenDuties(openDuties, task, { asOf, through, rows });
const counts = async () => (await reader.list()).rows.map(({ count }) => count);

describe('OpenDuties', () => {
  test('are none, as of no time, before anybody looked', async () => {
    expect(await reader.list()).toEqual({ asOf: null, rows: [] });
  });

  test('are the sums over tasks, by when they are due, as of the look that is longest ago', async () => {
    const later = { dueAt: NOW + MINUTE };
    const retention = { duty: 'retention-overdue', purpose: 'research' } as const;
    await keep(0, 4, NOW, row(1, later), row(2), row(3, retention));
    await keep(1, 9, NOW - MINUTE, row(5, retention), row(7, { controller: 'other' }), row(11));
    await keep(2, -1, NOW + MINUTE);
    expect(await reader.list()).toEqual({
      asOf: NOW - MINUTE,
      rows: [row(13), row(8, retention), row(7, { controller: 'other' }), row(1, later)],
    });
  });

  test('hold nothing but what is named', async () => {
    await keep(3, 4, NOW, row(1));
    const [document] = await openDuties.find().toArray();
    expect(Object.keys(document ?? {})).toEqual(['_id', 'through', 'asOf', 'rows']);
  });
});

describe('what falls due soon in a task', () => {
  test('takes the place of what was found before', async () => {
    await keep(0, 4, NOW, row(1));
    await keep(0, 4, NOW + MINUTE, row(2));
    expect(await counts()).toEqual([2]);
    await keep(0, 5, NOW + MINUTE, row(3));
    expect(await counts()).toEqual([3]);
    // Again, where the acknowledgement was lost.
    await keep(0, 5, NOW + MINUTE, row(3));
    expect(await counts()).toEqual([3]);
  });

  test('is not replaced by a former owner, whatever its clock says', async () => {
    await keep(0, 5, NOW, row(1));
    await keep(0, 4, NOW + MINUTE, row(2));
    await keep(0, 5, NOW - 1, row(3));
    expect(await counts()).toEqual([1]);
    expect((await reader.list()).asOf).toBe(NOW);
  });

  test('is replaced where it was found by a clock far ahead', async () => {
    await keep(0, 5, NOW + 400 * 24 * 60 * MINUTE, row(1));
    await keep(0, 5, NOW, row(2));
    expect(await counts()).toEqual([2]);
  });
});
