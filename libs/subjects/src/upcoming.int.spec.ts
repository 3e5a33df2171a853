import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MongoConnection } from '#libs/trail';
import { testServers } from '../../../test/support/servers.js';
import type { Subject } from './subject.js';
import type { TaskSubjects } from './task-subjects.js';
import type { Upcoming } from './upcoming.js';
import { order, VaultedChain } from './vaulted-chain.fixture.js';

const { mongoUri, database } = testServers();
const url = new URL(mongoUri);
url.pathname = `/${database}`;
const quiet = { info: () => undefined, warn: () => undefined };
const connection = new MongoConnection(url.href, 'upcoming-test', quiet);

async function empty(): Promise<void> {
  for (const name of ['subjects', 'factsJournal', 'factsWatermarks', 'positions', 'evidence']) {
    await connection.db.collection(name).deleteMany({});
  }
}
beforeEach(empty);
afterAll(async () => {
  await connection.db.dropDatabase();
  await connection.close();
});

const DAY = 86_400_000;
const NOW = Date.UTC(2025, 0, 1);
const KEYS = Array.from({ length: 30 }, (_, i) => `acme/s-${i}`);

/** Subjects are due a day after their last order. */
function chainOf(options = {}): VaultedChain {
  const chain = new VaultedChain(connection, options);
  chain.dueOf = ({ facts }) => Math.max(...[...facts.all()].map(({ at }) => at)) + DAY;
  return chain;
}

/** Takes the task over, and looks at everybody by the registers in force. */
async function open(chain: VaultedChain, writer: string): Promise<TaskSubjects> {
  const subjects = await chain.open(writer);
  subjects.inForce('a', chain.due);
  await sweep(chain, subjects);
  return subjects;
}

async function sweep({ dueOf }: VaultedChain, subjects: TaskSubjects): Promise<void> {
  for (;;) {
    const some = await subjects.toSweep(0, 100);
    if (some === null) return;
    for (const subject of some) subjects.swept(subject, { next: dueOf(subject) });
  }
}

function begin(subjects: TaskSubjects, until: number): Upcoming {
  const upcoming = subjects.upcoming('a', until);
  if (upcoming === null) throw new Error('not everybody was swept');
  return upcoming;
}

async function theRest(upcoming: Upcoming, limit: number): Promise<Subject[]> {
  const all: Subject[] = [];
  for (;;) {
    const some = await upcoming.next(limit);
    if (some === null) break;
    expect(some.length).toBeLessThanOrEqual(limit);
    all.push(...some);
  }
  await upcoming.close();
  return all;
}

const keysOf = (subjects: readonly Subject[]) => subjects.map(({ key }) => key).sort();

describe('going through who is due', () => {
  test.each([
    ['whose documents are written', true],
    ['that the journal has', false],
  ])('gives those, %s, each once, and nobody else', async (_, inOrder) => {
    const chain = chainOf();
    const first = await open(chain, 'first');
    for (const [i, key] of KEYS.entries()) await chain.block(first, 'first', [order(key, NOW + i * DAY)]);
    await first.close(inOrder, inOrder ? 10_000 : 0);
    chain.registers = 'a';
    const owner = await open(chain, 'owner');
    expect(keysOf(await theRest(begin(owner, NOW), 7))).toEqual([]);
    for (const days of [1, 9, 30]) {
      const given = await theRest(begin(owner, NOW + days * DAY), 7);
      expect(keysOf(given)).toEqual(KEYS.slice(0, days).sort());
      for (const { facts } of given) expect(facts.size).toBe(1);
    }
  });

  test('is not done before everybody was swept by the registers in force', async () => {
    const chain = chainOf();
    const owner = await chain.open('owner');
    await chain.block(owner, 'owner', KEYS.map((key) => order(key, NOW))); // prettier-ignore
    expect(owner.upcoming('a', NOW)).toBeNull();
    owner.inForce('a', chain.due);
    await owner.toSweep(0, 10);
    expect(owner.upcoming('a', NOW)).toBeNull();
    await sweep(chain, owner);
    expect(await theRest(begin(owner, NOW + DAY), 7)).toHaveLength(30);
    expect(owner.upcoming('b', NOW)).toBeNull();
  });

  test.each([
    ['later', 2 * DAY],
    ['earlier', 0],
  ])('misses nobody and gives nobody twice where it becomes known meanwhile that they are due %s', async (_, move) => {
    const many = Array.from({ length: 300 }, (_each, i) => `acme/m-${i}`);
    const chain = chainOf({ cacheSubjects: 2, keepBlocks: 0, flushSubjects: 1_000 });
    const first = await open(chain, 'first');
    await chain.block(first, 'first', many.map((key, i) => order(key, NOW + i))); // prettier-ignore
    await first.close(true, 10_000);
    chain.registers = 'a';
    const owner = await open(chain, 'owner');
    const upcoming = begin(owner, NOW + 40 * DAY);
    const given = [...((await upcoming.next(150)) ?? [])];
    expect(given).toHaveLength(150);
    const due = new Date(NOW + move - 1);
    chain.dueOf = () => due.getTime();
    await chain.block(owner, 'owner', many.map((key, i) => order(key, NOW + DAY + i))); // prettier-ignore
    for (let i = 0; i < 5; i++) await chain.block(owner, 'owner', [order(`other/s-${i}`, NOW)]);
    while ((await connection.db.collection('subjects').countDocuments({ due })) < 300) owner.idle();
    given.push(...(await theRest(upcoming, 5)));
    expect(keysOf(given)).toEqual([...many].sort());
    expect(keysOf(await theRest(begin(owner, NOW + 40 * DAY), 5))).toHaveLength(305);
  });

  test('knows when somebody is due before that is written', async () => {
    const chain = chainOf();
    const { dueOf } = chain;
    chain.dueOf = () => null;
    const first = await open(chain, 'first');
    await chain.block(first, 'first', KEYS.map((key) => order(key, NOW))); // prettier-ignore
    await first.close(true, 10_000);
    chain.registers = 'a';
    const owner = await open(chain, 'owner');
    expect(await theRest(begin(owner, NOW + DAY), 7)).toEqual([]);
    const { watch } = connection;
    const untilDone = watch.untilDone.bind(watch);
    const held = Promise.withResolvers<void>();
    watch.untilDone = (action, signal) => held.promise.then(() => untilDone(action, signal));
    try {
      chain.dueOf = dueOf;
      owner.inForce('b', chain.due);
      await sweep(chain, owner);
      const upcoming = owner.upcoming('b', NOW + DAY);
      expect(keysOf(await theRest(upcoming as Upcoming, 7))).toEqual([...KEYS].sort());
    } finally {
      held.resolve();
      watch.untilDone = untilDone;
    }
    await owner.close(true, 10_000);
  });

  test('reads the index and those who are due, keeps them nowhere, and passes over who was erased', async () => {
    const chain = chainOf({ cacheSubjects: 8 });
    const first = await open(chain, 'first');
    await chain.block(first, 'first', KEYS.map((key, i) => order(key, NOW + i * DAY))); // prettier-ignore
    await first.close(true, 10_000);
    const subjects = connection.db.collection('subjects');
    const [one] = await subjects.find().sort({ due: 1 }).toArray();
    await subjects.replaceOne({ _id: one?._id as never }, { task: 0, through: 1, erasedAt: new Date() });
    chain.registers = 'a';
    const owner = await open(chain, 'owner');
    await connection.db.command({ profile: 2 });
    const given = await theRest(begin(owner, NOW + 10 * DAY), 3);
    await connection.db.command({ profile: 0 });
    expect(keysOf(given)).toEqual(KEYS.slice(1, 10).sort());
    let examined = 0;
    const profile = connection.db.collection('system.profile');
    for await (const { docsExamined } of profile.find({ ns: `${database}.subjects` })) examined += Number(docsExamined);
    await profile.drop();
    expect(examined).toBeGreaterThan(0);
    expect(examined).toBeLessThanOrEqual(11);
  });

  test('INVARIANT: gives everybody who is due, once, wherever that stands', async () => {
    const event = fc.record({ key: fc.constantFrom(...KEYS.slice(0, 8)), day: fc.nat(20) });
    const step = fc.record({
      events: fc.array(event, { maxLength: 4 }),
      does: fc.constantFrom('nothing', 'sweep', 'look', 'take over', 'take over from a dead one'),
      until: fc.nat(20),
    });
    const options = fc.record({ cacheSubjects: fc.constantFrom(0, 4, 100), keepBlocks: fc.constantFrom(0, 2, 100) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), options, async (plan, chosen) => {
        await empty();
        const chain = chainOf(chosen);
        chain.registers = 'a';
        let owner = await open(chain, '0');
        let owners = 0;
        const last = new Map<string, number>();
        for (const { events, does, until } of plan) {
          await chain.block(owner, String(owners), events.map(({ key, day }) => order(key, NOW + day * DAY))); // prettier-ignore
          for (const { key, day } of events) last.set(key, Math.max(day, last.get(key) ?? 0));
          await chain.settle(owner, String(owners));
          if (does === 'sweep') await sweep(chain, owner);
          if (does.startsWith('take over')) {
            await owner.close(does === 'take over', does === 'take over' ? 10_000 : 0);
            owner = await open(chain, String(++owners));
          }
          if (does !== 'look') continue;
          const given = keysOf(await theRest(begin(owner, NOW + (until + 1) * DAY), 3));
          const due = [...last].filter(([, day]) => day <= until).map(([key]) => key);
          expect(given.filter((key) => due.includes(key))).toEqual(due.sort());
          expect(new Set(given).size).toBe(given.length);
        }
        await owner.close(true, 10_000);
      }),
      { numRuns: 30 },
    );
  }, 120_000);
});
