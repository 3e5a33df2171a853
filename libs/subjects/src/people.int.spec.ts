import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { factOf, useOf } from '#libs/judge';
import { makeBlock, MongoConnection, MongoTrailWriter } from '#libs/trail';
import type { Block } from '#libs/trail';
import { testServers } from '../../../test/support/servers.js';
import { vaultCollections } from './collections.js';
import { evidencePlace, indexedId } from './documents.js';
import { decodeEvidence, decompress } from './evidence.js';
import { People } from './people.js';
import type { EntryPlace } from './people.js';
import { removePositions } from './remove-positions.js';
import { rotateVault } from './rotate.js';
import { SubjectStore } from './store.js';
import type { TaskSubjects } from './task-subjects.js';
import { dutyRecord, finding, order } from './vaulted-chain.fixture.js';
import { KeyRing } from './vault/key-ring.js';
import { parseVaultKeys } from './vault/vault-key.js';

const { mongoUri, database } = testServers();
const url = new URL(mongoUri);
url.pathname = `/${database}`;
const quiet = { info: () => undefined, warn: () => undefined };
const connection = new MongoConnection(url.href, 'people-test', quiet);
const [OLD, NEW] = ['11', '22'].map((digits) => digits.repeat(32)) as [string, string];
const store = (keys = OLD) => new SubjectStore(connection, parseVaultKeys(keys), { cacheSubjects: 100, keepBlocks: 2, keepBytes: 1e6, flushSubjects: 100, recentBytes: 1e6 }); // prettier-ignore
const trail = new MongoTrailWriter(connection);
const bytes = (tag: string) => Buffer.from(tag, 'latin1');
const { signal } = new AbortController();
const ends = new Map<number, Block>();

beforeEach(async () => {
  for (const { name } of await connection.db.listCollections({ name: { $not: /^system/ } }).toArray()) {
    await connection.db.collection(name).deleteMany({});
  }
  await trail.prepare();
  ends.clear();
});
afterAll(async () => {
  await connection.db.dropDatabase();
  await connection.close();
});

async function open(task: number, writer: string, keys = OLD): Promise<TaskSubjects> {
  const one = store(keys);
  await one.prepare();
  const writers = (from: number, to: number) => trail.writers(task, from, to);
  return one.open({ task, last: ends.get(task)?.n ?? -1, writer, writers }, 1, { registers: null, dueOf: () => null });
}

/** A block with an entry about each of these; empty: about nobody. */
async function block(subjects: TaskSubjects, writer: string, about: string[], lost = false): Promise<void> {
  const { task } = subjects;
  const end = ends.get(task) ?? null;
  const n = (end?.n ?? -1) + 1;
  const keys = about.filter((key) => key !== '');
  await subjects.load(keys);
  const rows = about.map((key) => (key === '' ? null : finding(subjects.get(key), order(key, n))));
  for (const each of rows) {
    if (each === null) continue;
    const { subject, event } = each;
    subjects.learn(subject, { fact: factOf(event), use: useOf(event), occurredAt: event.event.occurredAt });
  }
  await subjects.journal(n, rows, signal);
  if (lost) return;
  await blank(task, writer, about.length);
  subjects.written(n);
}

async function blank(task: number, writer: string, count: number): Promise<number> {
  const end = ends.get(task) ?? null;
  const entries = Array.from({ length: count }, (_, i) => Buffer.from(`entry ${i}`));
  const summary = { verdicts: [], rules: [] };
  const next = makeBlock({ task, ranges: [], next: {}, entries, writer, recordedAt: 0, summary }, end);
  await trail.append(next, signal);
  ends.set(task, next);
  return next.n;
}

async function people(keys = OLD): Promise<People> {
  const one = new People(connection, parseVaultKeys(keys));
  await one.prepare();
  return one;
}

async function positions(one: People, key: string): Promise<string[]> {
  const all: string[] = [];
  for await (const { task, block: n, index } of one.positionsOf(key)) all.push(`${task}/${n}/${index}`);
  return all;
}

async function erase(one: People, task: number, key: string): Promise<number> {
  const n = (ends.get(task)?.n ?? -1) + 1;
  await one.announce(task, [n, n + 1], 'eraser', key);
  await blank(task, 'eraser', 1);
  await one.withdraw(task, [n + 1], 'eraser');
  await one.destroy(task, n, 'eraser', key);
  return n;
}

const at = (task: number, n: number, index: number): EntryPlace => ({ task, block: n, index });
const vault = () => {
  const collections = vaultCollections(connection.db);
  return { collections, ring: new KeyRing(collections.keys, parseVaultKeys(OLD)) };
};
const documents = (name: string) => connection.db.collection(name).countDocuments();

describe('People', () => {
  test('says whom each entry is about, and which entries are about a person', async () => {
    const owner = await open(0, 'owner');
    await block(owner, 'owner', ['a/s-1', '', 'a/s-10', 'a/s-1']);
    await block(owner, 'owner', ['a/s-10', 'a/s-1']);
    const other = await open(1, 'other');
    await block(other, 'other', ['a/s-2', 'a/s-1']);
    const one = await people();
    expect(await one.whom(at(0, 0, 2))).toEqual({ kind: 'person', key: 'a/s-10' });
    expect(await one.whom(at(0, 0, 1))).toEqual({ kind: 'nobody' });
    expect(await one.whom(at(0, 7, 0))).toEqual({ kind: 'unrecorded' });
    expect(await positions(one, 'a/s-1')).toEqual(['0/0/0', '0/0/3', '0/1/1', '1/0/1']);
    expect(await positions(one, 'a/s')).toEqual([]);
    expect(await one.traces('a/s-1')).toMatchObject([
      { task: 0, known: false, journal: 2, entries: 3 },
      { task: 1, known: false, journal: 1, entries: 1 },
    ]);
    const [first, second] = [await one.tagIn(0, 'a/s-1', 'e'), await one.tagIn(1, 'a/s-1', 'e')];
    expect(first).toEqual(bytes(owner.get('a/s-1').tag('e')));
    expect(second).toEqual(bytes(other.get('a/s-1').tag('e')));
    await owner.close(true, 10_000);
    expect(await one.tagIn(0, 'a/s-1', 'e')).toEqual(first);
    expect((await one.traces('a/s-1'))[0]).toMatchObject({ known: true, journal: 0 });
  });

  test('believes what was written ahead of a block only of the block’s writer, and removes the rest', async () => {
    const zombie = await open(0, 'zombie');
    const owner = await open(0, 'owner');
    await block(zombie, 'zombie', ['a/s-1', 'a/s-1'], true);
    await block(owner, 'owner', ['a/s-2', 'a/s-1']);
    const one = await people();
    expect(await one.whom(at(0, 0, 0))).toEqual({ kind: 'person', key: 'a/s-2' });
    expect(await positions(one, 'a/s-1')).toEqual(['0/0/1']);
    expect([await documents('positions'), await documents('evidence')]).toEqual([1, 1]);
  });

  test('finds a person by an index, and in documents from before there was one', async () => {
    const owner = await open(0, 'owner');
    for (let n = 0; n < 6; n++) await block(owner, 'owner', [n % 3 === 0 ? 'a/s-1' : 'a/s-2']);
    const old = { '_id.n': 4 };
    await connection.db.collection('positions').updateOne(old, { $unset: { of: 1, latest: 1, task: 1 } });
    await connection.db.command({ profile: 2 });
    expect(await positions(await people(), 'a/s-2')).toEqual(['0/1/0', '0/2/0', '0/4/0', '0/5/0']);
    await connection.db.command({ profile: 0 });
    let examined = 0;
    const queries = { op: { $in: ['query', 'getmore'] }, ns: `${database}.positions` };
    for await (const { docsExamined, planSummary } of connection.db.collection('system.profile').find(queries)) {
      expect(planSummary).not.toBe('COLLSCAN');
      examined += Number(docsExamined);
    }
    // One of them twice: by the index it is known that something is missing.
    expect(examined).toBe(5);
  });

  test('erases a person from a task and nobody else, and leaves no void document that names the person', async () => {
    const owner = await open(0, 'owner');
    for (let n = 0; n < 6; n++) await block(owner, 'owner', ['a/s-1', 'a/s-10']);
    await block(owner, 'owner', ['a/s-1', 'a/s-2'], true);
    const one = await people();
    const n = await erase(one, 0, 'a/s-1');
    expect(await one.traces('a/s-1')).toEqual([]);
    expect(await one.whom(at(0, 0, 0))).toEqual({ kind: 'erased' });
    expect(await positions(one, 'a/s-10')).toHaveLength(6);
    const { ring, collections } = vault();
    await ring.prepare();
    for await (const document of collections.positions.find({ '_id.n': { $lt: n } } as never)) {
      expect(document.of).toEqual([indexedId(ring.blindId(0, 'a/s-10'))]);
    }
    for await (const document of collections.evidence.find({ '_id.n': { $lt: n } } as never)) {
      const plain = decompress(ring.unseal(evidencePlace(document._id), document));
      expect([plain.includes('s-1\u000c'), decodeEvidence(plain).map(({ index }) => index)]).toEqual([false, [1]]);
    }
    const atBlock = { '_id.n': n };
    const count = (name: string) => connection.db.collection(name).countDocuments(atBlock);
    expect([await count('factsJournal'), await count('positions'), await count('evidence')]).toEqual([1, 0, 0]);
    const next = await open(0, 'next');
    await next.load(['a/s-1', 'a/s-10']);
    expect([...next.get('a/s-10').facts.all()]).toHaveLength(6);
    expect([...next.get('a/s-1').facts.all()]).toHaveLength(0);
    expect(bytes(next.get('a/s-10').tag('e'))).toEqual(bytes(owner.get('a/s-10').tag('e')));
    expect(bytes(next.get('a/s-1').tag('e'))).not.toEqual(bytes(owner.get('a/s-1').tag('e')));
  });

  test('erases uses, duties and marks with the person', async () => {
    const owner = await open(0, 'owner');
    await block(owner, 'owner', ['a/s-1', 'a/s-2']);
    await block(owner, 'owner', ['a/s-2']);
    await owner.load(['a/s-1']);
    const subject = owner.get('a/s-1');
    const late = { kind: 'order', at: 0, action: 'paid', orderId: 'late' } as const;
    owner.learn(subject, { fact: late, use: null, occurredAt: 0 });
    owner.swept(subject, { next: 5, duties: [dutyRecord(0, 0, '00'.repeat(8))] });
    await block(owner, 'owner', ['a/s-2']);
    expect((await open(0, 'other')).marked).toBe(1);
    const one = await people();
    // By the journal first, and then by a document too.
    await erase(one, 0, 'a/s-1');
    const next = await open(0, 'next');
    expect(next.marked).toBe(0);
    await next.load(['a/s-1']);
    expect([next.get('a/s-1').duties, next.get('a/s-1').uses.size]).toEqual([[], 0]);
  });

  test('erases what was written to the person’s document', async () => {
    const owner = await open(0, 'owner');
    await block(owner, 'owner', ['a/s-1', 'a/s-2']);
    await owner.load(['a/s-1']);
    const late = { kind: 'order', at: 0, action: 'paid', orderId: 'late' } as const;
    owner.learn(owner.get('a/s-1'), { fact: late, use: null, occurredAt: 0 });
    await block(owner, 'owner', ['a/s-2']);
    await owner.close(true, 10_000);
    expect(await connection.db.collection('subjects').countDocuments({ late: { $exists: true } })).toBe(1);
    await erase(await people(), 0, 'a/s-1');
    expect(await connection.db.collection('subjects').countDocuments({ late: { $exists: true } })).toBe(0);
    expect((await open(0, 'next')).marked).toBe(0);
  });

  test('who comes back after an erasure is somebody new, and a former owner’s late write does not mix them up', async () => {
    const former = await open(0, 'former');
    await block(former, 'former', ['a/s-1']);
    const one = await people();
    await erase(one, 0, 'a/s-1');
    await former.close(true, 10_000);
    expect(await one.traces('a/s-1')).toEqual([]);
    const next = await open(0, 'next');
    await block(next, 'next', ['a/s-1']);
    const tag = bytes(next.get('a/s-1').tag('e'));
    await next.close(true, 10_000);
    expect(await one.tagIn(0, 'a/s-1', 'e')).toEqual(tag);
    expect(await positions(one, 'a/s-1')).toEqual(['0/2/0']);
    await one.destroy(0, 1, 'eraser', 'a/s-1');
    expect(await positions(one, 'a/s-1')).toEqual(['0/2/0']);
    expect(await one.tagIn(0, 'a/s-1', 'e')).toEqual(tag);
  });
});

describe('rotateVault', () => {
  test('puts everything under the new key while an owner goes on, who needs no restart', async () => {
    await store(OLD).prepare();
    const owner = await open(0, 'owner', `${NEW},${OLD}`);
    for (let n = 0; n < 4; n++) await block(owner, 'owner', ['a/s-1', 'a/s-2']);
    const quitter = await open(1, 'quitter', OLD);
    await block(quitter, 'quitter', ['a/s-3']);
    await quitter.close(true, 10_000);
    const seen: number[] = [];
    const rotating = rotateVault(connection, parseVaultKeys(`${NEW},${OLD}`), ({ done }) => seen.push(done));
    let rotated: Awaited<typeof rotating> | null = null;
    void rotating.then((result) => (rotated = result));
    while (rotated === null) await block(owner, 'owner', ['a/s-1', 'a/s-4']);
    expect(rotated).toMatchObject({ rewrapped: 2, generation: 2, left: 0 });
    const under = (name: string) => connection.db.collection(name).distinct('g', { g: { $exists: true } });
    expect(await Promise.all(['positions', 'evidence', 'subjects'].map(under))).toEqual([[2], [2], [2]]);
    const one = await people(NEW);
    expect(await one.whom(at(0, 0, 1))).toEqual({ kind: 'person', key: 'a/s-2' });
    expect(await one.whom(at(1, 0, 0))).toEqual({ kind: 'person', key: 'a/s-3' });
    expect(await one.tagIn(0, 'a/s-1', 'e')).toEqual(bytes(owner.get('a/s-1').tag('e')));
    await expect(people(OLD)).rejects.toThrow('none of the given keys');
    const tag = bytes(owner.get('a/s-2').tag('e'));
    await owner.close(true, 10_000);
    const next = await open(0, 'next', NEW);
    await next.load(['a/s-1', 'a/s-2', 'a/s-4']);
    expect(bytes(next.get('a/s-2').tag('e'))).toEqual(tag);
    expect([...next.get('a/s-1').facts.all()]).toHaveLength((ends.get(0)?.n ?? 0) + 1);
    const late = { kind: 'order', at: 0, action: 'paid', orderId: 'late' } as const;
    next.learn(next.get('a/s-2'), { fact: late, use: null, occurredAt: 0 });
    expect((await next.toRejudge(100)).flatMap(({ findings }) => findings)).toHaveLength(4);
  }, 60_000);
});

test('removePositions deletes whom pruned entries were about, and what they were judged from', async () => {
  const owner = await open(0, 'owner');
  for (let n = 0; n < 4; n++) await block(owner, 'owner', ['a/s-1']);
  await removePositions(connection, [{ task: 0, n: 3 }]);
  expect([await documents('positions'), await documents('evidence')]).toEqual([1, 1]);
  expect(await positions(await people(), 'a/s-1')).toEqual(['0/3/0']);
});
