import { createHmac } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCollections, COLLECTION_OPTIONS, makeBlock, MongoConnection, MongoTrailWriter } from '#libs/trail';
import type { Block } from '#libs/trail';
import { testServers } from '../../../test/support/servers.js';
import { vaultCollections } from './collections.js';
import { journalPlace } from './documents.js';
import { PeopleCounts } from './people-counts.js';
import { People } from './people.js';
import type { Subject } from './subject.js';
import { order, VAULT_KEYS, VaultedChain } from './vaulted-chain.fixture.js';
import type { Crash } from './vaulted-chain.fixture.js';
import { KeyRing } from './vault/key-ring.js';

const { mongoUri, database } = testServers();
const url = new URL(mongoUri);
url.pathname = `/${database}`;
const quiet = { info: () => undefined, warn: () => undefined };
const connection = new MongoConnection(url.href, 'problem-people-test', quiet);
const touched = connection.db.collection<{ _id: { p: string; t: { buffer: Buffer } } }>('problemPeople');
const reader = new PeopleCounts(connection);

async function empty(): Promise<void> {
  for (const name of [
    'subjects',
    'factsJournal',
    'factsWatermarks',
    'positions',
    'evidence',
    'problemPeople',
    'blocks',
  ]) {
    await connection.db.collection(name).deleteMany({});
  }
}

beforeEach(async () => {
  await createCollections(connection.db, ['problemPeople'], COLLECTION_OPTIONS);
  await empty();
});
afterAll(async () => {
  await connection.db.dropDatabase();
  await connection.close();
});

const KEYS = ['acme/s-0', 'acme/s-1', 'acme/s-2', 'acme/s-3'];
/** Some of three problems, by what is said. */
const PROBLEMS = ['p1-000000000000000a', 'p1-000000000000000b', 'p1-000000000000000ab'];
const problemsOf = (said: string) => PROBLEMS.filter((_, i) => (parseInt(said.slice(0, 4), 16) >> i) % 2 === 1);

function chainOf(options: ConstructorParameters<typeof VaultedChain>[1] = {}): VaultedChain {
  const chain = new VaultedChain(connection, options);
  chain.problemsOf = problemsOf;
  return chain;
}

/** How many people the entries of each problem are about. */
function expected({ trail }: VaultedChain): Map<string, number> {
  const about = new Map(PROBLEMS.map((id) => [id, new Set<string>()]));
  for (const { key, problems } of trail.values()) for (const id of problems) about.get(id)?.add(key);
  return new Map(Array.from(about, ([id, keys]) => [id, keys.size]));
}

test('INVARIANT: each person counts once for each problem, whatever dies, and in whatever order events come', async () => {
  const event = fc.record({
    key: fc.constantFrom(...KEYS),
    at: fc.integer({ min: 0, max: 20 }),
    action: fc.constantFrom('placed' as const, 'other' as const),
  });
  const crash = fc.constantFrom<Crash[]>(null, null, null, null, 'before journal', 'after journal', 'after block');
  const steps = fc.array(
    fc.record({
      events: fc.array(event, { maxLength: 4 }),
      crash,
      elsewhere: fc.boolean(),
      /** The owner before closes in order, when there is another one already. */
      late: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  );
  const options = fc.record({ cacheSubjects: fc.constantFrom(0, 8), keepBlocks: fc.constantFrom(0, 3, 100) });
  await fc.assert(
    fc.asyncProperty(steps, options, async (plan, chosen) => {
      await empty();
      const chain = chainOf(chosen);
      let owner = await chain.open('0');
      let owners = 0;
      for (const { events, crash: dies, elsewhere, late } of plan) {
        const made = events.map((one) => order(one.key, one.at, one.action));
        await chain.block(owner, String(owners), made, { crash: dies });
        if (dies === null) continue;
        const dead = owner;
        if (elsewhere) chain.restart();
        owner = await chain.open(String(++owners));
        await dead.close(late, late ? 10_000 : 0);
        if (dies !== 'after block') await chain.block(owner, String(owners), made);
      }
      await chain.settle(owner, String(owners));
      await owner.close(true, 10_000);
      expect(await reader.counts(PROBLEMS)).toEqual(expected(chain));
    }),
    { numRuns: 30 },
  );
}, 120_000);

describe('what lies in the collection', () => {
  test('is for each person and problem one token of the secret, and nothing else', async () => {
    const chain = chainOf();
    const owner = await chain.open('owner');
    for (let n = 0; n < 12; n++) await chain.block(owner, 'owner', KEYS.map((key) => order(key, n))); // prettier-ignore
    const subjects = (await owner.load(KEYS)) as Subject[];
    await owner.close(true, 10_000);
    const tokens = subjects.flatMap((subject) =>
      PROBLEMS.map((id) => {
        const secret = Buffer.from(subject.contents().secret);
        return `${id} ${createHmac('sha256', secret).update(`problem/${id}`).digest('hex').slice(0, 16)}`;
      }),
    );
    const documents = await touched.find().toArray();
    expect(documents.map((document) => Object.keys(document))).toEqual(documents.map(() => ['_id']));
    expect(documents.map(({ _id: { p, t, ...more } }) => [`${p} ${Buffer.from(t.buffer).toString('hex')}`, more]).sort()).toEqual(
      tokens.sort().map((text) => [text, {}]),
    ); // prettier-ignore
  });

  test('lies there in an order that says nothing of when it came', async () => {
    const chain = chainOf();
    const owner = await chain.open('owner');
    for (let n = 0; n < 30; n++) await chain.block(owner, 'owner', [order(`acme/n-${n}`, n, 'other')]);
    await owner.close(true, 10_000);
    const stored = await touched.find().sort({ $natural: 1 }).toArray();
    const texts = stored.map(({ _id }) => `${_id.p} ${Buffer.from(_id.t.buffer).toString('hex')}`);
    expect(texts.length).toBeGreaterThan(20);
    expect(texts).toEqual(texts.toSorted());
  });

  test('is written again by whoever takes over from one that died before it was written', async () => {
    const chain = chainOf({ keepBlocks: 100 });
    const dead = await chain.open('dead');
    for (let n = 0; n < 6; n++) await chain.block(dead, 'dead', KEYS.map((key) => order(key, n)), { crash: 'after block' }); // prettier-ignore
    expect(await touched.countDocuments()).toBe(0);
    const owner = await chain.open('owner');
    owner.idle();
    await owner.close(true, 0);
    await (await chain.open('last')).close(true, 10_000);
    expect(await reader.counts(PROBLEMS)).toEqual(expected(chain));
    expect(await touched.countDocuments()).toBeGreaterThan(0);
  });

  test('costs nothing where there is nothing new', async () => {
    const chain = chainOf({ keepBlocks: 100 });
    const owner = await chain.open('owner');
    for (let n = 0; n < 8; n++) await chain.block(owner, 'owner', KEYS.map((key) => order(key, n))); // prettier-ignore
    await owner.close(true, 10_000);
    const next = await chain.open('next');
    await connection.db.command({ profile: 2 });
    for (let n = 8; n < 30; n++) await chain.block(next, 'next', KEYS.map((key) => order(key, n))); // prettier-ignore
    await next.close(true, 10_000);
    await connection.db.command({ profile: 0 });
    const profile = connection.db.collection('system.profile');
    expect(await profile.countDocuments({ ns: `${database}.problemPeople` })).toBe(0);
    await profile.drop();
    expect(await reader.counts(PROBLEMS)).toEqual(expected(chain));
  });
});

const trail = new MongoTrailWriter(connection);
const { signal } = new AbortController();

/** What the journal's documents hold. */
async function journal(): Promise<Buffer[]> {
  const collections = vaultCollections(connection.db);
  const ring = new KeyRing(collections.keys, VAULT_KEYS);
  await ring.prepare();
  const all = (await collections.journal.find().toArray()).filter((document) => 'g' in document);
  await ring.require(all.map(({ g }) => g));
  return all.map((document) => ring.unseal(journalPlace(document._id), document));
}

/** Erases a person as `hjemmel erase` does; the chain's blocks are written to the trail first. */
async function erase(chain: VaultedChain, key: string): Promise<void> {
  await trail.prepare();
  let end: Block | null = null;
  for (const writer of [...chain.writers, 'eraser']) {
    const content = { task: 0, ranges: [], next: {}, entries: [], writer, recordedAt: 0 };
    end = makeBlock({ ...content, summary: { verdicts: [], rules: [] } }, end);
    await trail.append(end, signal);
  }
  const people = new People(connection, VAULT_KEYS);
  await people.prepare();
  const n = chain.writers.push('eraser') - 1;
  await people.announce(0, [n], 'eraser', key);
  await people.destroy(0, n, 'eraser', key);
}

describe('a person who is erased', () => {
  test.each([
    ['whose tokens are written', 'written'],
    ['whose tokens the journal alone has', 'journaled'],
    ['of whom a void journal has others', 'void'],
  ])('%s goes on to count, once', async (_, when) => {
    const chain = chainOf({ keepBlocks: 100 });
    const owner = await chain.open('owner');
    if (when === 'void') {
      const zombie = await chain.open('zombie');
      await chain.block(zombie, 'zombie', KEYS.map((key) => order(key, 0)), { crash: 'after journal' }); // prettier-ignore
    }
    const crash = when === 'written' ? null : 'after block';
    for (let n = 0; n < 6; n++) await chain.block(owner, 'owner', KEYS.map((key) => order(key, n)), { crash }); // prettier-ignore
    if (when === 'written') await owner.close(true, 10_000);
    const before = expected(chain);
    expect(Math.min(...before.values())).toBeGreaterThan(0);
    const tokens = (await owner.load(KEYS.slice(0, 1))).flatMap((subject) =>
      PROBLEMS.map((id) => Buffer.from((subject as Subject).tag(`problem/${id}`).slice(0, 8), 'latin1')),
    );
    await erase(chain, KEYS[0] as string);
    for (const plain of await journal()) expect(tokens.some((token) => plain.includes(token))).toBe(false);
    chain.restart();
    const next = await chain.open('next');
    await next.close(true, 10_000);
    expect(await reader.counts(PROBLEMS)).toEqual(before);

    // Who comes back is somebody else.
    const again = await chain.open('again');
    for (let n = 0; n < 6; n++) await chain.block(again, 'again', [order(KEYS[0] as string, n)]);
    await again.close(true, 10_000);
    expect(await reader.counts(PROBLEMS)).toEqual(new Map([...before].map(([id, count]) => [id, count + 1])));
  });
});

test('a block that shows nothing new of a person but a problem is of the person too, where that is erased', async () => {
  const chain = chainOf({ keepBlocks: 100 });
  chain.problemsOf = () => [];
  const owner = await chain.open('owner');
  const [key] = KEYS as [string];
  for (let n = 0; n < 3; n++) await chain.block(owner, 'owner', [order(key, n), order(key, n + 1, 'other')]);
  chain.problemsOf = () => PROBLEMS;
  await chain.block(owner, 'owner', [order(key, 2, 'other')], { crash: 'after block' });
  await erase(chain, key);
  for (const plain of await journal()) expect(plain.includes(key)).toBe(false);
  expect(await reader.counts(PROBLEMS)).toEqual(new Map(PROBLEMS.map((id) => [id, 1])));
});

test('problems that nobody is touched by, and of which nobody heard, have no people', async () => {
  expect(await reader.counts(['p1-00', 'p1-00', ''])).toEqual(new Map([['p1-00', 0], ['', 0]])); // prettier-ignore
});
