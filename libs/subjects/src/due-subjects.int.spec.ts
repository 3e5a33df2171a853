import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { MongoConnection } from '#libs/trail';
import { testServers } from '../../../test/support/servers.js';
import type { Subject } from './subject.js';
import type { TaskSubjects } from './task-subjects.js';
import { order, VaultedChain } from './vaulted-chain.fixture.js';

const { mongoUri, database } = testServers();
const url = new URL(mongoUri);
url.pathname = `/${database}`;
const quiet = { info: () => undefined, warn: () => undefined };
const connection = new MongoConnection(url.href, 'due-subjects-test', quiet);

beforeEach(async () => {
  for (const name of ['subjects', 'factsJournal', 'factsWatermarks', 'positions', 'evidence']) {
    await connection.db.collection(name).deleteMany({});
  }
});
afterAll(async () => {
  await connection.db.dropDatabase();
  await connection.close();
});

const DAY = 86_400_000;
const NOW = Date.UTC(2025, 0, 1);
const KEYS = Array.from({ length: 30 }, (_, i) => `acme/s-${i}`);
const keysOf = (subjects: readonly Subject[]) => subjects.map(({ key }) => key).sort();

/** Sweeps to the end and gives whom; everybody is then due `next`, ms. */
async function sweep(subjects: TaskSubjects, at: number, next: number | null, limit = 7): Promise<string[]> {
  const swept: string[] = [];
  for (;;) {
    const some = await subjects.toSweep(at, limit);
    if (some === null) return swept.sort();
    expect(some.length).toBeLessThanOrEqual(limit);
    for (const subject of some) {
      swept.push(subject.key);
      subjects.swept(subject, { next });
    }
  }
}

/** Subjects are due a day after their last order. */
function chainOf(options = {}): VaultedChain {
  const chain = new VaultedChain(connection, options);
  chain.dueOf = ({ facts }) => Math.max(...[...facts.all()].map(({ at }) => at)) + DAY;
  return chain;
}

const dues = async () => {
  const all = await connection.db.collection('subjects').find().toArray();
  return all.map(({ due }) => (due as Date | undefined)?.getTime()).sort();
};

describe('a sweep', () => {
  test.each([
    ['whose documents are written', 10_000],
    ['that the journal has', -1],
  ])('looks at those who are due, %s, each once', async (_, closeMs) => {
    const chain = chainOf();
    const first = await chain.open('first');
    for (const [i, key] of KEYS.entries()) await chain.block(first, 'first', [order(key, NOW + i * DAY)]);
    if (closeMs > 0) await first.close(true, closeMs);
    const owner = await chain.open('owner');
    expect(await sweep(owner, NOW, null)).toEqual([]);
    expect(await sweep(owner, NOW + 10 * DAY, null)).toEqual(KEYS.slice(0, 10).sort());
    expect(await sweep(owner, NOW + 10 * DAY, null)).toEqual([]);
    expect(await sweep(owner, NOW + 12 * DAY, null)).toEqual(KEYS.slice(10, 12).sort());
  });

  test('finds out about so many at a time, so that nobody waits for all of them', async () => {
    const chain = chainOf({ cacheSubjects: 100, keepBlocks: 100 });
    const owner = await chain.open('owner');
    for (const [i, key] of KEYS.entries()) await chain.block(owner, 'owner', [order(key, NOW + i * DAY)]);
    let asked = 0;
    owner.inForce('counted', (subject) => (asked++, chain.dueOf(subject)));
    const found: number[] = [];
    for (
      let given = await owner.toSweep(NOW + 21 * DAY, 7);
      given !== null;
      given = await owner.toSweep(NOW + 21 * DAY, 7)
    ) {
      expect(asked).toBeLessThanOrEqual(7 * (found.length + 1));
      found.push(given.length);
      for (const subject of given) owner.swept(subject, { next: null });
    }
    expect(asked).toBe(30);
    expect(found.reduce((sum, count) => sum + count)).toBe(21);
  });

  test('gives those again who were given and not swept', async () => {
    const chain = chainOf();
    const owner = await chain.open('owner');
    await chain.block(owner, 'owner', KEYS.map((key) => order(key, NOW))); // prettier-ignore
    const [first, ...rest] = (await owner.toSweep(NOW + DAY, 4)) ?? [];
    owner.swept(first as Subject, { next: null });
    const again = (await owner.toSweep(NOW + DAY, 4)) ?? [];
    expect(keysOf(again)).toEqual(expect.arrayContaining(keysOf(rest)));
    expect(again).not.toContain(first);
    expect(await sweep(owner, NOW + DAY, null)).toHaveLength(29);
  });

  test('that found out when somebody is due next has it written, without a block', async () => {
    const chain = chainOf();
    const first = await chain.open('first');
    await chain.block(first, 'first', KEYS.map((key) => order(key, NOW))); // prettier-ignore
    await first.close(true, 10_000);
    const owner = await chain.open('owner');
    await sweep(owner, NOW + DAY, NOW + 9 * DAY);
    await owner.close(true, 10_000);
    expect(await dues()).toEqual(KEYS.map(() => NOW + 9 * DAY));
    const next = await chain.open('next');
    expect(await sweep(next, NOW + 8 * DAY, null)).toEqual([]);
    expect(await sweep(next, NOW + 9 * DAY, null)).toEqual([...KEYS].sort());
  });

  test('looks again at somebody of whom something became known', async () => {
    const chain = chainOf();
    const owner = await chain.open('owner');
    await chain.block(owner, 'owner', [order('acme/s-0', NOW), order('acme/s-1', NOW)]);
    expect(await sweep(owner, NOW + DAY, null)).toHaveLength(2);
    await chain.block(owner, 'owner', [order('acme/s-0', NOW - 1)]);
    expect(await sweep(owner, NOW + DAY, null)).toEqual(['acme/s-0']);
  });

  test('keeps what duty findings stand in the trail exactly as the blocks say', async () => {
    const chain = chainOf();
    const first = await chain.open('first');
    await chain.block(first, 'first', [order('acme/s-0', NOW), order('acme/s-1', NOW)]);
    await chain.block(first, 'first', [], { at: NOW + DAY, limit: 1 });
    await chain.block(first, 'first', [], { at: NOW + DAY, limit: 1, crash: 'after journal' });
    const second = await chain.open('second');
    await second.load(['acme/s-0', 'acme/s-1']);
    expect([second.get('acme/s-0').duties.length, second.get('acme/s-1').duties.length]).toEqual([1, 0]);
    while (await chain.block(second, 'second', [], { at: NOW + DAY, limit: 1, crash: 'after block' })) {
      if (chain.last === 2) break;
    }
    const third = await chain.open('third');
    await third.load(['acme/s-0', 'acme/s-1']);
    expect(third.get('acme/s-0').duties).toMatchObject([{ block: 1, index: 0 }]);
    expect(third.get('acme/s-1').duties).toMatchObject([{ block: 2, index: 0 }]);
    const { duties } = third.get('acme/s-1');
    await third.close(true, 10_000);
    const fourth = await chain.open('fourth');
    await fourth.load(['acme/s-1']);
    expect(fourth.get('acme/s-1').duties).toEqual(duties);
  });

  test('by another set of registers looks at everybody, once', async () => {
    const chain = chainOf();
    const first = await chain.open('first');
    first.inForce('a', chain.due);
    await chain.block(first, 'first', KEYS.map((key) => order(key, NOW))); // prettier-ignore
    expect(await sweep(first, NOW, NOW + DAY)).toEqual([]);
    chain.dueOf = () => NOW - 1;
    first.inForce('b', chain.due);
    await chain.block(first, 'first', [order('acme/s-0', NOW)]);
    expect(await sweep(first, NOW, NOW + DAY)).toEqual([...KEYS].sort());
    await first.close(true, 10_000);

    const second = await chain.open('second');
    second.inForce('b', chain.due);
    expect(await sweep(second, NOW, NOW + DAY)).toEqual([]);
    second.inForce('c', chain.due);
    // Cut short: what was looked at is looked at again by the next owner, since nobody remembers.
    for (const subject of (await second.toSweep(NOW, 7)) ?? []) second.swept(subject, { next: NOW + DAY });
    await second.close(true, 10_000);
    const third = await chain.open('third');
    third.inForce('c', chain.due);
    expect(await sweep(third, NOW, NOW + DAY)).toEqual([...KEYS].sort());
    await third.close(true, 10_000);
    const fourth = await chain.open('fourth');
    fourth.inForce('c', chain.due);
    expect(await sweep(fourth, NOW, NOW + DAY)).toEqual([]);
  });

  test('does not trust dates that were found by registers since taken back', async () => {
    const chain = chainOf();
    const first = await chain.open('first');
    first.inForce('right', chain.due);
    await chain.block(first, 'first', KEYS.map((key) => order(key, NOW))); // prettier-ignore
    expect(await sweep(first, NOW + DAY, NOW + 2 * DAY)).toHaveLength(30);
    await first.close(true, 10_000);

    chain.registers = 'right';
    const second = await chain.open('second');
    second.inForce('wrong', () => null);
    await chain.block(second, 'second', [order('acme/s-0', NOW + 1)]);
    // Written by an orderly end, with dates by the wrong ones.
    await second.close(true, 10_000);
    const third = await chain.open('third');
    third.inForce('right', chain.due);
    expect(await sweep(third, NOW + DAY + 1, null)).toContain('acme/s-0');
  });

  test('does not trust dates that the owner before wrote late, by the registers of its time', async () => {
    const chain = chainOf();
    chain.registers = 'old';
    chain.dueOf = () => null;
    const first = await chain.open('first');
    await chain.block(first, 'first', [order('acme/s-0', NOW)]);
    const second = await chain.open('second');
    await first.close(true, 10_000);
    second.inForce('new', () => NOW + DAY);
    expect(await sweep(second, NOW, null)).toEqual([]);
    await second.close(true, 10_000);
    chain.registers = 'new';
    const third = await chain.open('third');
    expect(await sweep(third, NOW + DAY, null)).toEqual(['acme/s-0']);
  });

  test('by registers that were taken back in the same session looks at everybody again', async () => {
    const chain = chainOf();
    const first = await chain.open('first');
    first.inForce('right', chain.due);
    await chain.block(first, 'first', KEYS.map((key) => order(key, NOW))); // prettier-ignore
    expect(await sweep(first, NOW + DAY, NOW + 2 * DAY)).toHaveLength(30);
    for (let i = 0; i < 4; i++) await chain.block(first, 'first', [order('other/s', NOW + i)]);
    first.inForce('wrong', () => null);
    for (let i = 0; i < 30; i++) await chain.block(first, 'first', [order(KEYS[i] as string, NOW + 9 + i)]);
    first.inForce('right', chain.due);
    expect(await sweep(first, NOW + DAY + 99, null)).toEqual(expect.arrayContaining(KEYS));
  });

  test('that goes on over many blocks knows what these say of somebody it has still to look at', async () => {
    const chain = chainOf({ cacheSubjects: 2, keepBlocks: 0, flushSubjects: 100 });
    const owner = await chain.open('owner');
    await chain.block(owner, 'owner', KEYS.slice(0, 10).map((key) => order(key, NOW))); // prettier-ignore
    const at = NOW + 30 * DAY;
    const told = new Map(KEYS.slice(0, 10).map((key) => [key, 1]));
    for (let i = 0; told.size > 0; i++) {
      let given = await owner.toSweep(at, 1);
      while (given?.length === 0) given = await owner.toSweep(at, 1);
      const subject = given?.[0];
      if (subject === undefined) throw new Error('somebody was left out');
      expect([subject.key, subject.facts.size]).toEqual([subject.key, told.get(subject.key)]);
      told.delete(subject.key);
      owner.swept(subject, { next: null });
      // Somebody else is told of, written, and forgotten.
      const last = [...told.keys()].at(-1);
      if (last !== undefined) {
        told.set(last, (told.get(last) ?? 0) + 1);
        await chain.block(owner, 'owner', [order(last, NOW + DAY + i)]);
      }
      for (let j = 0; j < 4; j++) await chain.block(owner, 'owner', [order(`other/s-${i}-${j}`, at)]);
    }
  });

  test('leaves who is still to be judged again for the next one', async () => {
    const chain = chainOf();
    const owner = await chain.open('owner');
    owner.inForce('a', chain.due);
    const times = Array.from({ length: 5 }, (_, i) => NOW - i - 1);
    for (const at of times) await chain.block(owner, 'owner', [order('acme/s-0', at), order('acme/s-1', at)]);
    await chain.settle(owner, 'owner');
    await chain.block(owner, 'owner', [order('acme/s-0', NOW - DAY)], { limit: 1 });
    expect(owner.marked).toBe(1);
    await owner.toRejudge(1);
    expect(await sweep(owner, NOW + DAY, null)).toEqual(['acme/s-1']);
    await chain.settle(owner, 'owner', 1);
    expect(await sweep(owner, NOW + DAY, null)).toEqual(['acme/s-0']);
    expect(await sweep(owner, NOW + DAY, null)).toEqual([]);
  });

  test('reads the index and those who are due, and passes over who was erased', async () => {
    const chain = chainOf({ cacheSubjects: 0 });
    const first = await chain.open('first');
    await chain.block(first, 'first', KEYS.map((key, i) => order(key, NOW + i * DAY))); // prettier-ignore
    await first.close(true, 10_000);
    const [one] = await connection.db.collection('subjects').find().toArray();
    const erased = { task: 0, through: 1, erasedAt: new Date() };
    await connection.db.collection('subjects').replaceOne({ _id: one?._id as never }, erased);
    const owner = await chain.open('owner');
    await connection.db.command({ profile: 2 });
    const swept = await sweep(owner, NOW + 10 * DAY, null);
    await connection.db.command({ profile: 0 });
    expect(swept.length).toBeLessThanOrEqual(10);
    let examined = 0;
    const profile = connection.db.collection('system.profile');
    const queries = { op: { $in: ['query', 'getmore'] }, ns: `${database}.subjects` };
    for await (const { docsExamined } of profile.find(queries)) examined += Number(docsExamined);
    await profile.drop();
    expect(examined).toBeGreaterThan(0);
    // Once to the end, and once to see that nobody is left, before it is written that nobody is.
    expect(examined).toBeLessThanOrEqual(2 * 11);
  });
});
