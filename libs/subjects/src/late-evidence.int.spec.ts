import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MongoConnection } from '#libs/trail';
import { testServers } from '../../../test/support/servers.js';
import { finding, order, verdict, VaultedChain } from './vaulted-chain.fixture.js';
import type { Crash } from './vaulted-chain.fixture.js';

const { mongoUri, database } = testServers();
const url = new URL(mongoUri);
url.pathname = `/${database}`;
const quiet = { info: () => undefined, warn: () => undefined };
const connection = new MongoConnection(url.href, 'late-evidence-test', quiet);
const { signal } = new AbortController();

const empty = async () => {
  for (const name of ['subjects', 'factsJournal', 'factsWatermarks', 'positions', 'evidence']) {
    await connection.db.collection(name).deleteMany({});
  }
};

beforeEach(empty);
afterAll(async () => {
  await connection.db.dropDatabase();
  await connection.close();
});

const S1 = 'acme/s-1';
const S2 = 'acme/s-2';

/** Holds where every finding says in the end what all facts make of it, nothing was said twice in a row, and repeats are told. */
async function expectFinal(chain: VaultedChain): Promise<void> {
  const reader = await chain.open('reader');
  const said = chain.said();
  await reader.load([...said.values()].map(({ key }) => key));
  for (const [position, { key, event, said: all }] of said) {
    expect({ position, said: all.at(-1) }).toEqual({ position, said: verdict(reader.get(key), event) });
    expect(all.filter((one, i) => one === all[i - 1])).toEqual([]);
  }
  const seen = new Set<string>();
  for (const [position, { event, repeat }] of said) {
    const content = JSON.stringify(event);
    expect({ position, repeat }).toEqual({ position, repeat: seen.has(content) });
    seen.add(content);
  }
}

describe('late evidence', () => {
  test('marks a subject only where a finding of an earlier block may come after it', async () => {
    const chain = new VaultedChain(connection);
    const owner = await chain.open('owner');
    await chain.block(owner, 'owner', [order(S1, 10), order(S1, 5), order(S2, 100)]);
    expect(owner.marked).toBe(0);
    await owner.load([S1]);
    owner.learn(owner.get(S1), { fact: { kind: 'order', at: 11, action: 'placed', orderId: '1' }, use: null, occurredAt: 11 }); // prettier-ignore
    expect(owner.marked).toBe(0);
    owner.learn(owner.get(S1), { fact: { kind: 'order', at: 10, action: 'placed', orderId: '2' }, use: null, occurredAt: 10 }); // prettier-ignore
    expect(owner.marked).toBe(1);
  });

  test('has the findings judged again that come after it, newest first, and no others', async () => {
    const chain = new VaultedChain(connection);
    const owner = await chain.open('owner');
    await chain.block(owner, 'owner', [order(S1, 10, 'other'), order(S2, 10, 'other'), order(S1, 30, 'other')]);
    await chain.block(owner, 'owner', [order(S1, 40, 'other'), order(S1, 20, 'other')]);
    await chain.block(owner, 'owner', [order(S1, 20)]);
    expect(owner.marked).toBe(0);
    expect(chain.amendments()).toEqual(['1/0', '1/1', '0/2']);
    await expectFinal(chain);
  });

  test.each([
    ['from memory', 1e6],
    ['from MongoDB', 0],
  ])('gives back everything a finding was judged from, %s', async (_, recentBytes) => {
    const chain = new VaultedChain(connection, { recentBytes });
    const owner = await chain.open('owner');
    await owner.load([S1, S2]);
    const row = finding(owner.get(S1), order(S1, 10, 'other'), '0123456789abcdef');
    const confluent = { ...row, value: Buffer.from([0, 0, 0, 0, 1]), register: null };
    const source = { ...row.source, offset: 3, timestamp: -1 };
    const untimed = { ...row, source, timestamp: null, repeat: true };
    owner.learn(owner.get(S1), { fact: null, use: null, occurredAt: 10 });
    await owner.journal(0, [null, row, finding(owner.get(S2), order(S2, 10)), confluent, untimed], signal);
    owner.written(0);
    chain.writers.push('owner');
    owner.learn(owner.get(S1), { fact: { kind: 'order', at: 1, action: 'placed', orderId: '1' }, use: null, occurredAt: 1 }); // prettier-ignore
    const [given] = await owner.toRejudge(10);
    const { event, said, register } = row;
    const common = { block: 0, event, said, repeat: false };
    expect(given).toEqual({
      subject: owner.get(S1),
      findings: [
        { ...common, index: 1, timestamp: 10, source: row.source, register },
        { ...common, index: 3, timestamp: 10, source: row.source, register: null },
        { ...common, index: 4, timestamp: null, source, register, repeat: true },
      ],
      last: true,
    });
  });

  test('is gone through in bounded parts over many blocks, the same part until it is done', async () => {
    const chain = new VaultedChain(connection, { recentBytes: 0 });
    const owner = await chain.open('owner');
    for (let n = 0; n < 30; n++) await chain.block(owner, 'owner', [10, 20, 30].map((at) => order(S1, 1_000 + at * n, 'other'))); // prettier-ignore
    await chain.block(owner, 'owner', [order(S1, 1)], { limit: 10 });
    expect(chain.amendments()).toHaveLength(12);
    expect(owner.marked).toBe(1);
    const again = await owner.toRejudge(10);
    expect(await owner.toRejudge(10)).toBe(again);
    let blocks = 1;
    for (; owner.marked > 0; blocks++) await chain.block(owner, 'owner', [], { limit: 10 });
    expect(blocks).toBe(8);
    expect(chain.amendments()).toHaveLength(90);
    await expectFinal(chain);
  });

  test('that comes during a pass makes another pass afterwards', async () => {
    const chain = new VaultedChain(connection);
    const owner = await chain.open('owner');
    for (let n = 0; n < 9; n++) await chain.block(owner, 'owner', [order(S1, 100 + n, 'other')]);
    await chain.block(owner, 'owner', [order(S1, 50)], { limit: 3 });
    await chain.block(owner, 'owner', [order(S1, 104)], { limit: 3 });
    await chain.block(owner, 'owner', [order(S1, 20)], { limit: 3 });
    await chain.settle(owner, 'owner', 3);
    await expectFinal(chain);
    // The first pass knows all that came meanwhile; the second finds what it had passed by then.
    expect(chain.amendments().length).toBeLessThan(3 * 9);
  });

  test('of many subjects is not held up by one with very many findings', async () => {
    const chain = new VaultedChain(connection);
    const owner = await chain.open('owner');
    for (let n = 0; n < 20; n++) await chain.block(owner, 'owner', [order(S1, 100 + n, 'other')]);
    await chain.block(owner, 'owner', [order(S2, 100, 'other')]);
    await chain.block(owner, 'owner', [order(S1, 50), order(S2, 50)], { limit: 4 });
    await chain.block(owner, 'owner', [], { limit: 4 });
    expect(chain.amendments()).toContain('20/0');
    expect(chain.amendments().length).toBeLessThan(10);
  });

  test('is judged again by the next owner where the last one died, and what was said is not said again', async () => {
    const chain = new VaultedChain(connection);
    const first = await chain.open('first');
    for (let n = 0; n < 9; n++) await chain.block(first, 'first', [order(S1, 100 + n, 'other')]);
    await chain.block(first, 'first', [order(S1, 50)], { limit: 3 });
    await chain.block(first, 'first', [], { limit: 3 });
    const second = await chain.open('second');
    expect(second.marked).toBe(1);
    await chain.settle(second, 'second', 4);
    expect(chain.amendments()).toHaveLength(9);
    await second.close(true, 10_000);
    const third = await chain.open('third');
    expect(third.marked).toBe(0);
    await expectFinal(chain);
  });

  test('is remembered in the subject’s document too', async () => {
    const chain = new VaultedChain(connection);
    const first = await chain.open('first');
    for (let n = 0; n < 9; n++) await chain.block(first, 'first', [order(S1, 100 + n, 'other')]);
    await chain.block(first, 'first', [order(S1, 50)], { limit: 3 });
    await first.close(true, 10_000);
    expect(await connection.db.collection('factsJournal').countDocuments()).toBe(0);
    const second = await chain.open('second');
    expect(second.marked).toBe(1);
    await chain.settle(second, 'second');
    expect(chain.amendments()).toHaveLength(9);
    await expectFinal(chain);
  });

  test('on somebody who came back after an erasure leaves alone what was found before', async () => {
    const chain = new VaultedChain(connection);
    const before = await chain.open('before');
    await chain.block(before, 'before', [order(S1, 10)]);
    await before.close(true, 10_000);
    // Erased as far as an erasure that was broken off comes: whom entries are about is still to be emptied.
    await connection.db.collection('subjects').deleteMany({});
    const owner = await chain.open('owner');
    await chain.block(owner, 'owner', [order(S1, 20), order(S2, 20)]);
    await owner.close(true, 10_000);
    const next = await chain.open('next');
    await chain.block(next, 'next', [order(S1, 5), order(S2, 5)]);
    await chain.settle(next, 'next');
    expect(chain.amendments().sort()).toEqual(['1/0', '1/1']);
  });

  test('INVARIANT: what lost its block does not count', async () => {
    const chain = new VaultedChain(connection);
    const zombie = await chain.open('zombie');
    const owner = await chain.open('owner');
    await zombie.load([S1]);
    await zombie.journal(0, [finding(zombie.get(S1), order(S1, 70)), finding(zombie.get(S1), order(S1, 80))], signal);
    await chain.block(owner, 'owner', [order(S2, 100, 'other'), order(S1, 100, 'other')]);
    await owner.close(true, 10_000);
    // As where the process was killed after this, before it could tidy.
    await zombie.journal(0, [finding(zombie.get(S1), order(S1, 70)), finding(zombie.get(S1), order(S1, 80))], signal);
    const next = await chain.open('next');
    await zombie.journal(0, [finding(zombie.get(S1), order(S1, 70)), finding(zombie.get(S1), order(S1, 80))], signal);
    await chain.block(next, 'next', [order(S1, 50)]);
    expect(chain.amendments()).toEqual(['0/1']);
  });

  test('says the same in the end whatever dies, in whatever order events come, and nothing twice', async () => {
    const at = fc.integer({ min: 0, max: 20 });
    const event = fc.record({
      key: fc.constantFrom(S1, S2),
      at,
      action: fc.constantFrom('placed' as const, 'other' as const),
    });
    const crash = fc.constantFrom<Crash[]>(null, null, null, null, 'before journal', 'after journal', 'after block');
    const steps = fc.array(
      fc.record({ events: fc.array(event, { maxLength: 4 }), crash, limit: fc.integer({ min: 1, max: 4 }) }),
      { minLength: 1, maxLength: 12 },
    );
    const options = fc.record({
      recentBytes: fc.constantFrom(0, 900, 1e6),
      cacheSubjects: fc.constantFrom(0, 8),
      keepBlocks: fc.constantFrom(0, 3),
    });
    await fc.assert(
      fc.asyncProperty(steps, options, async (plan, chosen) => {
        await empty();
        const chain = new VaultedChain(connection, chosen);
        let owner = await chain.open('0');
        let owners = 0;
        for (const { events, crash: dies, limit } of plan) {
          const made = events.map((one) => order(one.key, one.at, one.action));
          await chain.block(owner, String(owners), made, { crash: dies, limit });
          if (dies === null) continue;
          const dead = owner;
          owner = await chain.open(String(++owners));
          await dead.close(false, 0);
          // Its events come again.
          if (dies !== 'after block') await chain.block(owner, String(owners), made, { limit });
        }
        await chain.settle(owner, String(owners), 3);
        await expectFinal(chain);
        await owner.close(true, 10_000);
        expect((await chain.open('last')).marked).toBe(0);
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});

describe('a subject with 20,000 findings', () => {
  test('is found by indexes alone', async () => {
    const chain = new VaultedChain(connection, { recentBytes: 0, keepBlocks: 1_000 });
    const first = await chain.open('first');
    const others = Array.from({ length: 20 }, (_, i) => order(`acme/o-${i}`, 5, 'other'));
    for (let n = 0; n < 100; n++) {
      await chain.block(
        first,
        'first',
        Array.from({ length: 200 }, (_, i) => order(S1, n * 200 + i, 'other')),
      );
      await chain.block(first, 'first', others);
    }
    await first.close(true, 10_000);
    const owner = await chain.open('owner');
    await connection.db.command({ profile: 2 });
    await chain.block(owner, 'owner', [order(S1, 19_700)], { limit: 1_000 });
    const read = await profiled();
    expect(chain.amendments()).toHaveLength(300);
    // Of two blocks each: whom their entries are about, and what they were judged from.
    expect(read).toMatchObject({ positions: 2, evidence: 2 });
    let most = 0;
    const parts = owner.toRejudge.bind(owner);
    owner.toRejudge = async (limit) => {
      const given = await parts(limit);
      most = Math.max(most, given.reduce((sum, { findings }) => sum + findings.length, 0)); // prettier-ignore
      return given;
    };
    await chain.block(owner, 'owner', [order(S1, 0)], { limit: 1_000 });
    await chain.settle(owner, 'owner', 1_000);
    expect(chain.amendments()).toHaveLength(300 + 20_000 + 1);
    // The block that fills a part is given whole.
    expect(most).toBeLessThan(1_000 + 201);
    const all = await profiled();
    // None of the others' blocks; some are read twice, where a part ends between blocks that are read together.
    expect(all['evidence']).toBeLessThan(150);
    expect(all['positions']).toBe(all['evidence']);
  }, 60_000);

  /** Documents that were looked at since the last call, by collection. */
  async function profiled(): Promise<Record<string, number>> {
    await connection.db.command({ profile: 0 });
    const read: Record<string, number> = {};
    const profile = connection.db.collection('system.profile');
    for await (const { ns, docsExamined, planSummary } of profile.find({ op: { $in: ['query', 'getmore'] } })) {
      const name = String(ns).split('.').at(-1) as string;
      if (name === 'profile') continue;
      expect({ name, planSummary }).not.toEqual({ name, planSummary: 'COLLSCAN' });
      read[name] = (read[name] ?? 0) + Number(docsExamined ?? 0);
    }
    await profile.drop();
    await connection.db.command({ profile: 2 });
    return read;
  }
});
