import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { MongoConnection } from '#libs/trail';
import { testServers } from '../../../../test/support/servers.js';
import { KeyRing } from './key-ring.js';
import type { VaultKeyDocument } from './key-ring.js';
import { parseVaultKeys } from './vault-key.js';

const { mongoUri, database } = testServers();
const url = new URL(mongoUri);
url.pathname = `/${database}`;
const quiet = { info: () => undefined, warn: () => undefined };
const connection = new MongoConnection(url.href, 'key-ring-test', quiet);
const collection = connection.db.collection<VaultKeyDocument>('vaultKeys');
const [A, B] = ['11', '22'].map((digits) => digits.repeat(32)) as [string, string];

async function ring(keys: string): Promise<KeyRing> {
  const made = new KeyRing(collection, parseVaultKeys(keys));
  await made.prepare();
  return made;
}

beforeEach(() => collection.deleteMany({}));
afterAll(async () => {
  await connection.db.dropDatabase();
  await connection.close();
});

describe('KeyRing', () => {
  test('of processes that begin at once all have the same keys', async () => {
    const rings = await Promise.all(Array.from({ length: 8 }, () => ring(A)));
    const sealed = rings.map((one, i) => one.seal(`place/${i}`, Buffer.from(`value ${i}`)));
    const last = await ring(A);
    expect(sealed.map((one, i) => last.unseal(`place/${i}`, one).toString())).toEqual(
      rings.map((_, i) => `value ${i}`),
    );
    expect(new Set(rings.map((one) => one.blindId(0, 'acme/s').toString('hex'))).size).toBe(1);
    expect(await collection.countDocuments()).toBe(2);
  });

  test('blind ids differ by task and subject, and by vault', async () => {
    const one = await ring(A);
    const ids = [one.blindId(0, 'acme/s'), one.blindId(1, 'acme/s'), one.blindId(0, 'acme/t')];
    await collection.deleteMany({});
    ids.push((await ring(A)).blindId(0, 'acme/s'));
    expect(new Set(ids.map((id) => id.toString('hex'))).size).toBe(4);
    expect(ids.every((id) => id.length === 16)).toBe(true);
  });

  test('no key lies in MongoDB as it is', async () => {
    await ring(A);
    for await (const { wrapped } of collection.find()) {
      expect(wrapped.length()).toBe(12 + 32 + 16);
      expect(Buffer.from(wrapped.buffer).includes(Buffer.from(A, 'hex'))).toBe(false);
    }
  });

  test('says which key is missing', async () => {
    await ring(A);
    const [{ id: idA }, { id: idB }] = [parseVaultKeys(A)[0], parseVaultKeys(B)[0]];
    await expect(ring(B)).rejects.toThrow(
      `written with the key ${idA}, and none of the given keys (${idB}) opens it: add that key to HJEMMEL_VAULT_KEY`,
    );
  });

  test('a key that was changed, or put in another’s place, is refused', async () => {
    await ring(A);
    const first = await collection.findOne({ _id: 1 });
    await collection.updateOne({ _id: 0 }, { $set: { wrapped: first?.wrapped } as Partial<VaultKeyDocument> });
    await expect(ring(A)).rejects.toThrow('Key 0 of the vault was changed');
  });

  test('takes up a new generation, and goes on opening what is under the old one', async () => {
    const running = await ring(A);
    const before = running.seal('here', Buffer.from('old'));
    const index = running.blindId(0, 'acme/s');
    const rotating = await ring(`${B},${A}`);
    expect(await rotating.rewrap()).toBe(2);
    expect(await rotating.begin()).toBe(2);
    const after = rotating.seal('here', Buffer.from('new'));
    const renewed = await ring(B);
    expect([before, after].map((one) => renewed.unseal('here', one).toString())).toEqual(['old', 'new']);
    expect([before.g, after.g, renewed.generation]).toEqual([1, 2, 2]);
    expect(renewed.blindId(0, 'acme/s')).toEqual(index);
    await expect(running.require([after.g])).rejects.toThrow('none of the given keys');
    await expect(ring(A)).rejects.toThrow('none of the given keys');
  });

  test('destroys data keys only that were replaced before the time', async () => {
    const one = await ring(A);
    await one.begin();
    await one.begin();
    const day = 24 * 60 * 60 * 1_000;
    for (const [_id, days] of [
      [1, 30],
      [2, 20],
      [3, 3],
    ] as const) {
      await collection.updateOne({ _id }, { $set: { createdAt: new Date(Date.now() - days * day) } });
    }
    await one.destroyReplaced(new Date(Date.now() - 7 * day));
    expect(await collection.distinct('_id')).toEqual([0, 2, 3]);
    await one.destroyReplaced(new Date(Date.now() + day));
    expect(await collection.distinct('_id')).toEqual([0, 3]);
    await expect((await ring(A)).require([1])).rejects.toThrow('generation 1, whose key is gone');
  });
});
