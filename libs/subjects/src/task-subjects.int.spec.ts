import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Binary } from 'mongodb';
import { factOf, useOf } from '#libs/judge';
import type { Fact } from '#libs/judge';
import { MongoConnection } from '#libs/trail';
import { testServers } from '../../../test/support/servers.js';
import { BODY_VERSION, encodeFacts, encodeJournal } from './codec.js';
import { vaultCollections } from './collections.js';
import { blockKey, journalPlace, subjectPlace } from './documents.js';
import { SubjectStore } from './store.js';
import type { SubjectStoreOptions } from './store.js';
import { tagOf } from './tag.js';
import type { TaskSubjects } from './task-subjects.js';
import { VaultedChain, finding, order } from './vaulted-chain.fixture.js';
import { KeyRing } from './vault/key-ring.js';
import { parseVaultKeys } from './vault/vault-key.js';

const { mongoUri, database } = testServers();
const url = new URL(mongoUri);
url.pathname = `/${database}`;
const quiet = { info: () => undefined, warn: () => undefined };
const connection = new MongoConnection(url.href, 'subjects-test', quiet);
const KEY = parseVaultKeys(Buffer.alloc(32, 7).toString('base64'));
const store = new SubjectStore(connection, KEY, { cacheSubjects: 8, keepBlocks: 2, keepBytes: 1e6, flushSubjects: 3, recentBytes: 1e6 }); // prettier-ignore
const { signal } = new AbortController();
const NOW = Date.UTC(2025, 0, 1);
const documents = (name: string) => connection.db.collection(name).countDocuments();

const byBlock = () => Promise.all(['factsJournal', 'positions', 'evidence'].map(documents));

beforeAll(() => store.prepare());
afterEach(async () => {
  for (const { name } of await connection.db.listCollections().toArray()) {
    if (name === 'vaultKeys') continue;
    await connection.db.collection(name).deleteMany({});
  }
});
afterAll(async () => {
  await connection.db.dropDatabase();
  await connection.close();
});

const fact = (at: number): Fact => ({ kind: 'order', at, action: 'placed', orderId: `o-${at}` });
/** The blocks of task 0, by their writers. */
let chain: string[];

function open(writer: string): Promise<TaskSubjects> {
  const writers = async (from: number, to: number) =>
    Promise.resolve(new Map(chain.map((by, n) => [n, by] as const).filter(([n]) => n >= from && n <= to)));
  return store.open({ task: 0, last: chain.length - 1, writer, writers }, 1, { registers: null, dueOf: () => null });
}

/** Adds a fact to each of these subjects, and writes the block unless `lost`. */
async function block(subjects: TaskSubjects, writer: string, keys: string[], lost = false): Promise<void> {
  const n = chain.length;
  await subjects.load(keys);
  const rows = keys.map((key) => finding(subjects.get(key), order(key, n)));
  for (const { subject, event } of rows) {
    subjects.learn(subject, { fact: factOf(event), use: useOf(event), occurredAt: event.event.occurredAt });
  }
  await subjects.journal(n, rows, signal);
  if (lost) return;
  chain.push(writer);
  subjects.written(n);
}

async function known(subjects: TaskSubjects, keys: string[]): Promise<Record<string, { at: number[]; tag: string }>> {
  await subjects.load(keys);
  const all = keys.map((key) => {
    const subject = subjects.get(key);
    const at = [...subject.facts.all()].map((one) => one.at).sort((a, b) => a - b);
    return [key, { at, tag: Buffer.from(subject.tag('e'), 'latin1').toString('hex') }];
  });
  return Object.fromEntries(all) as Record<string, { at: number[]; tag: string }>;
}

/** As version 2 wrote it: an order of `acme/s-1` at 2 ms, and of `acme/s-2`, who is new. */
const CHANGES_V2 = Buffer.from(
  'BBBhY21lL3MtMQACBAxwbGFjZWQCBm8tMgAAEGFjbWUvcy0yAgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGAgQMcGxhY2VkAgZvLTIAAAA=',
  'base64',
);
/** As version 2 wrote it: `acme/s-0` with orders at 0 and 1 ms. */
const SUBJECT_V2 = Buffer.from(
  'EGFjbWUvcy0wBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUEAAxwbGFjZWQCBm8tMAIMcGxhY2VkAgZvLTEAAA==',
  'base64',
);

const KEYS = Array.from({ length: 20 }, (_, i) => `acme/s-${i}`);
/** Subjects named by block n: some again and again, some once. */
const named = (n: number) =>
  ['acme/s-0', ...KEYS.slice((n * 3) % 20, ((n * 3) % 20) + 4)].filter((k, i, all) => all.indexOf(k) === i);

describe('TaskSubjects', () => {
  test.each([0, 1, 5, 40, 100])(
    'INVARIANT: a taker-over knows what the owner knew after %i blocks',
    async (blocks) => {
      chain = [];
      const first = await open('first');
      for (let n = 0; n < blocks; n++) await block(first, 'first', named(n));
      const second = await open('second');
      const theirs = await known(second, KEYS);
      const ours = await known(first, KEYS);
      for (const key of KEYS) {
        const at = Array.from({ length: blocks }, (_, n) => n).filter((n) => named(n).includes(key));
        expect({ key, at: theirs[key]?.at }).toEqual({ key, at });
        if (at.length > 0) expect(theirs[key]).toEqual(ours[key]);
      }
    },
    30_000,
  );

  test('writes everything to the subjects’ documents when it is closed in order, and tidies the journal', async () => {
    chain = [];
    const first = await open('first');
    for (let n = 0; n < 10; n++) await block(first, 'first', named(n));
    await first.close(true, 10_000);
    expect(await documents('factsJournal')).toBe(0);
    expect((await known(await open('second'), KEYS))['acme/s-0']?.at).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  describe('a journal of 150 blocks', () => {
    const journalWith = async (bounds: Partial<SubjectStoreOptions>): Promise<number> => {
      const unbounded = { cacheSubjects: 1e6, keepBlocks: Infinity, keepBytes: Infinity, flushSubjects: 3 };
      const vaulted = new VaultedChain(connection, { ...unbounded, ...bounds });
      const first = await vaulted.open('first');
      for (let n = 0; n < 150; n++) {
        await vaulted.block(
          first,
          'first',
          named(n).map((key) => order(key, n)),
        );
      }
      return documents('factsJournal');
    };

    test.each<Partial<SubjectStoreOptions>>([{ keepBlocks: 2 }, { keepBytes: 1_000 }, { cacheSubjects: 8 }])(
      'does not grow without end where %j',
      async (bounds) => {
        expect(await journalWith(bounds)).toBeLessThan(100);
      },
      30_000,
    );

    test('is kept where there is room for it', async () => {
      expect(await journalWith({})).toBe(150);
    }, 30_000);
  });

  test('forgets what a block that did not come about would have added', async () => {
    chain = [];
    const first = await open('first');
    await block(first, 'first', ['acme/s-0']);
    await block(first, 'first', ['acme/s-0', 'acme/s-1'], true);
    await first.close(false, 10_000);
    const second = await open('second');
    expect((await known(second, ['acme/s-0']))['acme/s-0']?.at).toEqual([0]);
    await block(second, 'second', ['acme/s-0']);
    expect((await known(await open('third'), ['acme/s-0', 'acme/s-1']))['acme/s-1']?.at).toEqual([]);
  });

  test('of two that wrote a journal for one block believes the one whose block is in the trail', async () => {
    chain = [];
    const zombie = await open('zombie');
    await block(zombie, 'zombie', ['acme/s-0']);
    const owner = await open('owner');
    await block(zombie, 'zombie', ['acme/s-0', 'acme/s-5'], true);
    await block(owner, 'owner', ['acme/s-1']);
    const third = await known(await open('third'), ['acme/s-0', 'acme/s-1', 'acme/s-5']);
    expect(third).toMatchObject({ 'acme/s-0': { at: [0] }, 'acme/s-1': { at: [1] }, 'acme/s-5': { at: [] } });
  });

  test('a former owner’s late write does not undo what the new one wrote', async () => {
    chain = [];
    const zombie = await open('zombie');
    await block(zombie, 'zombie', ['acme/s-0']);
    const owner = await open('owner');
    for (let n = 1; n < 6; n++) await block(owner, 'owner', ['acme/s-0']);
    await owner.close(true, 10_000);
    await zombie.close(true, 10_000);
    expect((await known(await open('third'), ['acme/s-0']))['acme/s-0']?.at).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('a document that a former owner inserted late is replaced by what the new one knows', async () => {
    chain = [];
    const first = await open('first');
    await block(first, 'first', ['acme/s-0', 'acme/s-1']);
    const second = await open('second');
    // Its documents of block 0 are there before the second has any to write, which takes its own for the first as well.
    await first.close(true, 10_000);
    expect(await documents('subjects')).toBe(2);
    await block(second, 'second', ['acme/s-1', 'acme/s-2']);
    await second.close(true, 10_000);
    expect(await documents('factsJournal')).toBe(0);
    const keys = ['acme/s-0', 'acme/s-1', 'acme/s-2'];
    const now = await known(await open('third'), keys);
    expect(keys.map((key) => now[key]?.at)).toEqual([[0], [0, 1], [1]]);
  });
});

describe('what lies in MongoDB', () => {
  const holds = async (text: string) => {
    const names: string[] = [];
    for (const { name } of await connection.db.listCollections().toArray()) {
      for await (const raw of connection.db.collection(name).find({}, { raw: true })) {
        if ((raw as unknown as Buffer).includes(text)) names.push(name);
      }
    }
    return names;
  };

  test('names nobody', async () => {
    chain = [];
    const first = await open('first');
    for (let n = 0; n < 10; n++) await block(first, 'first', named(n));
    await first.close(true, 10_000);
    await block(first, 'first', named(0));
    expect(await documents('subjects')).toBeGreaterThan(0);
    expect(await documents('factsJournal')).toBe(1);
    expect(await documents('positions')).toBe(11);
    expect(await holds('acme')).toEqual([]);
    expect(await holds('placed')).toEqual([]);
  });

  test('from before there was a vault is encrypted, and known as before', async () => {
    const secret = new Binary(Buffer.alloc(32, 5));
    const at = (times: number[]) => new Binary(encodeFacts(times.map(fact)));
    const old = { task: 0, secret, v: 1 };
    await connection.db.collection('subjects').insertMany([
      { _id: 'acme/s-0', ...old, through: 1, facts: at([0, 1]) },
      { _id: 'acme/s-1', ...old, through: 0, facts: at([0]) },
      { _id: 'acme/s-9', ...old, task: 7, through: 0, facts: at([0]) },
    ] as never[]);
    const body = new Binary(CHANGES_V2);
    await connection.db
      .collection('factsJournal')
      .insertOne({ _id: { task: 0, n: 2, writer: 'old' }, v: 1, body } as never);
    await connection.db.collection<{ _id: number }>('factsWatermarks').insertOne({ _id: 0, n: 1 } as never);
    chain = ['old', 'old', 'old'];
    const first = await open('first');
    const keys = ['acme/s-0', 'acme/s-1', 'acme/s-2'];
    const now = await known(first, keys);
    expect(keys.map((key) => now[key]?.at)).toEqual([[0, 1], [0, 2], [2]]);
    expect(now['acme/s-0']?.tag).toBe(Buffer.from(tagOf('\x05'.repeat(32), 'e'), 'latin1').toString('hex'));
    expect(now['acme/s-2']?.tag).toBe(Buffer.from(tagOf('\x06'.repeat(32), 'e'), 'latin1').toString('hex'));
    await first.close(true, 10_000);
    expect(await holds('acme/s-0')).toEqual([]);
    expect(await holds('acme/s-2')).toEqual([]);
    expect(await holds('acme/s-9')).toEqual(['subjects']);
    expect(await known(await open('second'), keys)).toEqual(now);
  });

  test('from version 2 is known as before, looked at by the next sweep, and written anew', async () => {
    const collections = vaultCollections(connection.db);
    const ring = new KeyRing(collections.keys, KEY);
    await ring.prepare();
    const id = ring.blindId(0, 'acme/s-0');
    const subject = { _id: new Binary(id), task: 0, through: 1, v: 2, ...ring.seal(subjectPlace(id), SUBJECT_V2) };
    await collections.subjects.insertOne(subject);
    const _id = blockKey(0, 2, 'old');
    await collections.journal.insertOne({ _id, v: 2, ...ring.seal(journalPlace(_id), CHANGES_V2) });
    // `acme/s-1` was named by a block before, whose journal document is there still.
    const change = {
      key: 'acme/s-1',
      secret: Buffer.alloc(32, 7),
      facts: [],
      uses: [],
      duties: null,
      late: null,
      marks: [],
    };
    const before = blockKey(0, 1, 'old');
    const sealed = ring.seal(journalPlace(before), encodeJournal({ changes: [change], touched: [] }));
    await collections.journal.insertOne({ _id: before, v: BODY_VERSION, ...sealed });
    chain = ['old', 'old', 'old'];
    const first = await open('first');
    expect((await first.toSweep(NOW, 100))?.map(({ key }) => key)).toEqual(['acme/s-0']);
    const keys = ['acme/s-0', 'acme/s-1', 'acme/s-2'];
    const now = await known(first, keys);
    expect(keys.map((key) => now[key]?.at)).toEqual([[0, 1], [2], [2]]);
    await block(first, 'first', keys);
    await first.close(true, 10_000);
    expect(await collections.subjects.distinct('v')).toEqual([BODY_VERSION]);
    const at = (await known(await open('second'), keys))['acme/s-0']?.at;
    expect(at).toEqual([0, 1, 3]);
  });

  test('of a block that was another’s goes, at the next opening at the latest', async () => {
    chain = [];
    const owner = await open('owner');
    const zombie = await open('zombie');
    await block(owner, 'owner', ['acme/s-0']);
    await zombie.load(['acme/s-1']);
    await zombie.journal(0, [finding(zombie.get('acme/s-1'), order('acme/s-1', 0))], signal);
    expect(await byBlock()).toEqual([2, 2, 2]);
    await zombie.discard(0);
    expect(await byBlock()).toEqual([1, 1, 1]);
    await zombie.journal(0, [finding(zombie.get('acme/s-1'), order('acme/s-1', 0))], signal);
    await zombie.journal(1, [finding(zombie.get('acme/s-1'), order('acme/s-1', 0))], signal);
    await open('third');
    // Of block 1 nobody knows yet whose it will be.
    expect(await byBlock()).toEqual([2, 2, 2]);
  });

  test('without the vault’s key cannot be opened, which is said', async () => {
    const other = new SubjectStore(connection, parseVaultKeys('ab'.repeat(32)));
    await expect(other.prepare()).rejects.toThrow('none of the given keys');
  });
});
