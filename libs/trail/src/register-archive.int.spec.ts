import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { testServers } from '../../../test/support/servers.js';
import { MongoConnection } from './connection.js';
import { MongoRegisterArchive, REGISTERS, type RegisterToKeep } from './register-archive.js';

const { mongoUri, database } = testServers();
const url = new URL(mongoUri);
url.pathname = `/${database}`;
const connection = new MongoConnection(url.href, 'archive-test', { info: () => undefined, warn: () => undefined });
const archive = new MongoRegisterArchive(connection);

beforeAll(() => archive.prepare());
beforeEach(() => connection.db.collection(REGISTERS).deleteMany({}));
afterAll(async () => {
  await connection.db.dropDatabase();
  await connection.close();
});

const register = (n: number, text = `text ${n}`): RegisterToKeep => ({
  register: { id: n.toString(16).padStart(64, '0'), controller: 'acme', version: n, inForceFrom: Date.UTC(2020, n) },
  text,
});
const idOf = (n: number): string => register(n).register.id;

describe('MongoRegisterArchive', () => {
  test('keeps registers with their texts, and finds them by digest', async () => {
    const before = Date.now();
    expect(await archive.keep([register(1), register(2)])).toBe(true);
    expect([await archive.find(idOf(1)), await archive.find(idOf(2))]).toEqual(['text 1', 'text 2']);
    expect(await archive.find(idOf(3))).toBeNull();
    const list = await archive.list();
    expect(list).toEqual([
      { ...register(1).register, loadedAt: expect.any(Number) },
      { ...register(2).register, loadedAt: expect.any(Number) },
    ]);
    for (const { loadedAt } of list) expect(loadedAt).toBeGreaterThanOrEqual(before);
  });

  test('what is kept stays as it was first loaded', async () => {
    await archive.keep([register(1)]);
    const [first] = await archive.list();
    await archive.keep([register(1, '# another comment'), register(2)]);
    expect(await archive.find(idOf(1))).toBe('text 1');
    expect((await archive.list())[0]).toEqual(first);
    expect(await archive.find(idOf(2))).toBe('text 2');
  });

  test('several may keep the same at once', async () => {
    const all = Array.from({ length: 8 }, () => archive.keep([register(1), register(2)]));
    expect(new Set(await Promise.all(all))).toEqual(new Set([true]));
    expect(await archive.list()).toHaveLength(2);
  });

  test('gives up where the signal comes first', async () => {
    const away = new MongoConnection('mongodb://127.0.0.1:9/x', 'archive-test', {
      info: () => undefined,
      warn: () => undefined,
    });
    try {
      expect(await new MongoRegisterArchive(away).keep([register(1)], AbortSignal.timeout(50))).toBe(false);
    } finally {
      await away.close();
    }
  });
});
