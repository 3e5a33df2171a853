import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Collection } from 'mongodb';
import { formatAddCheckpoint, openNote, parseVerifier } from '#libs/log';
import type { SignedCheckpoint } from '#libs/trail';
import { settle, testIdentity } from '../../../../test/support/log-contract.js';
import { Chains } from '../../../../test/support/log-harness.js';
import { MongoLog } from '../../../../test/support/mongo-log.js';
import { testServers } from '../../../../test/support/servers.js';
import { WitnessProcess } from '../../../../test/support/witness-process.js';
import type { Identity } from '../identity.js';
import { Notary } from '../notary.js';
import { Witness } from './witness.js';
import type { WitnessParts, WitnessResult } from './witness.js';

jest.setTimeout(60_000);

const ORIGIN = 'log.test/trail';
let identity: Identity;
let world: MongoLog;
let chains: Chains;
let notary: Notary;
let process_: WitnessProcess;
let told: string[];
let results: WitnessResult[];
/** Sizes of which a witness was reported to have cosigned the checkpoint. */
let cosigned: Set<number>;
let stopping: AbortController;
let running: Promise<unknown>[];

beforeEach(async () => {
  identity = testIdentity(ORIGIN);
  world = await MongoLog.open(testServers());
  chains = new Chains();
  notary = new Notary(world, identity);
  process_ = new WitnessProcess('witness.test/w1', [identity.trusted[0]!.verifierKey]);
  await process_.start();
  [told, results, cosigned, stopping, running] = [[], [], new Set(), new AbortController(), []];
});
afterEach(async () => {
  await stop();
  await process_.close();
  await world.close();
});

/** Ends what was begun by `witness`, which is not to outlive the database it reads. */
async function stop(): Promise<void> {
  stopping.abort();
  await Promise.all(running);
}

function witness(more: Partial<WitnessParts> = {}): Witness {
  const say = (level: string) => (_: object, message: string) => told.push(`${level}: ${message}`);
  const one = new Witness({
    url: process_.url,
    keys: [parseVerifier(process_.key)],
    store: world.log,
    tilesAt: world.tilesAt,
    watch: world.connection.watch,
    metrics: {
      witnessed: (_, result, size) => {
        results.push(result);
        if (result === 'cosigned') cosigned.add(size);
      },
    },
    log: { info: say('info'), warn: say('warn'), error: say('error') },
    pauseMs: 50,
    ...more,
  });
  running.push(one.run(stopping.signal));
  return one;
}

/** A block more, and its checkpoint. */
async function grow(count: number): Promise<SignedCheckpoint> {
  await world.append(chains.block(0, count));
  await settle(notary);
  return (await world.log.lastCheckpoint()) as SignedCheckpoint;
}

/** The cosignature that is kept of a size; resolves when all was said about it too. */
async function kept(size: number): Promise<string> {
  const cosignatures = world.connection.db.collection<{ _id: { size: number; witness: string }; line: string }>(
    'cosignatures',
  );
  for (;;) {
    const found = await cosignatures.findOne({ '_id.size': size });
    if (found !== null && cosigned.has(size)) return found.line;
    await sleep(20);
  }
}

test('each checkpoint is cosigned, with a proof from the one before', async () => {
  const one = witness();
  for (const count of [300, 1, 255, 700]) {
    const checkpoint = await grow(count);
    one.offer(checkpoint);
    const line = await kept(checkpoint.size);
    const { verified } = openNote(checkpoint.note + line, [parseVerifier(process_.key)]);
    expect(verified.map(({ name }) => name)).toEqual(['witness.test/w1']);
  }
  expect(process_.requests.map(({ status, size }) => [status, size])).toEqual([
    [200, 300],
    [200, 301],
    [200, 556],
    [200, 1_256],
  ]);
  expect(told).toEqual(['info: the witness cosigns']);
});

test('a notary that starts anew learns from the witness how far it is', async () => {
  const first = await grow(300);
  witness().offer(first);
  await kept(300);
  const second = await grow(40);
  witness().offer(second);
  await kept(340);
  expect(process_.requests.map(({ status }) => status)).toEqual([200, 409, 200]);
});

test('a witness killed and started again goes on where it was; what came meanwhile is passed over but for the last', async () => {
  const one = witness();
  one.offer(await grow(10));
  await kept(10);
  await process_.kill();
  for (let i = 0; i < 3; i++) one.offer(await grow(10));
  while (!results.includes('away')) await sleep(10);
  await process_.start();
  await kept(40);
  expect(process_.requests.filter(({ status }) => status === 200).map(({ size }) => size)).toEqual([10, 40]);
  expect(told.map((line) => line.split(':')[0])).toEqual(['info', 'warn', 'info']);
});

test('another log under the same name and key is refused, and that is said loudly', async () => {
  const one = witness();
  one.offer(await grow(300));
  await kept(300);
  const fork = await MongoLog.open(testServers());
  try {
    const other = new Chains();
    await fork.append(other.block(7, 400));
    await settle(new Notary(fork, identity));
    const forked = (await fork.log.lastCheckpoint()) as SignedCheckpoint;
    witness({ store: fork.log, tilesAt: fork.tilesAt }).offer(forked);
    while (!results.includes('refused')) await sleep(10);
    expect(told.filter((line) => line.startsWith('error:'))).toEqual([
      'error: the witness does not cosign: it was shown another history of this log: the log was forked, or changed',
    ]);
    expect(await fork.connection.db.collection('cosignatures').countDocuments()).toBe(0);
  } finally {
    await stop();
    await fork.close();
  }
});

test('a log that lost its end is behind the witness, and that is said loudly', async () => {
  const old = await grow(300);
  witness().offer(await grow(1));
  await kept(301);
  const store = { ...{ insertCosignature: async () => undefined }, lastCheckpoint: async () => old };
  witness({ store }).offer(old);
  while (!results.includes('ahead')) await sleep(10);
  expect(told.at(-1)).toBe('error: the witness does not cosign: it has cosigned 301 entries, and this log has fewer');
});

test.each<[string, (tiles: Collection) => Promise<unknown>]>([
  ['missing', (tiles) => tiles.deleteMany({})],
  ['cut short', (tiles) => tiles.updateMany({}, [{ $set: { hashes: Buffer.alloc(32), root: Buffer.alloc(3) } }])],
])('a log whose tiles are %s: no proof can be made, and that is said loudly', async (_, damage) => {
  const one = witness();
  one.offer(await grow(300));
  await kept(300);
  const next = await grow(300);
  await damage(world.connection.db.collection('tiles'));
  one.offer(next);
  while (!results.includes('unprovable')) await sleep(10);
  expect(told.at(-1)).toMatch(/^error: the witness does not cosign: /);
});

test('an older checkpoint offered late is passed over for the newest', async () => {
  const old = await grow(300);
  witness().offer(await grow(1));
  await kept(301);
  witness().offer(old);
  await process_.request(({ status }) => status === 409);
  await process_.request(({ status, size }) => status === 200 && size === 301, 1);
  expect(told.filter((line) => line.startsWith('error:'))).toEqual([]);
});

test.each<[string, () => Partial<WitnessParts> | Promise<void>, RegExp]>([
  ['whose key is not ours to trust', () => ({ keys: identity.trusted }), /holds no cosignature that is to be kept/],
  ['that does not know the log', () => restarted([]), /404|does not know this log/],
  ['that trusts another key', () => restarted([testIdentity(ORIGIN).trusted[0]!.verifierKey]), /does not know the key/],
])('a witness %s: nothing is kept, and it is said', async (_, set, said) => {
  const more = (await set()) ?? {};
  witness(more).offer(await grow(5));
  while (told.length === 0) await sleep(10);
  expect(told[0]).toMatch(/^error: the witness does not cosign/);
  expect(told[0]).toMatch(said);
  expect(await world.connection.db.collection('cosignatures').countDocuments()).toBe(0);
});

async function restarted(logKeys: readonly string[]): Promise<void> {
  await process_.close();
  process_ = new WitnessProcess('witness.test/w1', logKeys);
  await process_.start();
}

test('a witness without a configured key is believed to be one', async () => {
  witness({ keys: [] }).offer(await grow(5));
  expect(await kept(5)).toMatch(/^— witness\.test\/w1 /);
});

test('the witness serves what it cosigned, and refuses what the protocol says', async () => {
  const checkpoint = await grow(300);
  witness().offer(checkpoint);
  await kept(300);
  const monitored = await fetch(`${process_.url}/${hash('sha256', ORIGIN)}/checkpoint`);
  expect(openNote(await monitored.text(), [parseVerifier(process_.key), ...identity.trusted]).verified).toHaveLength(2);
  const post = async (body: string) => (await fetch(`${process_.url}/add-checkpoint`, { method: 'POST', body })).status;
  const { note } = checkpoint;
  expect(await post(formatAddCheckpoint({ oldSize: 301, proof: [], note }))).toBe(400);
  expect(await post(formatAddCheckpoint({ oldSize: 9, proof: [], note }))).toBe(409);
  const next = await grow(1);
  const wrong = { oldSize: 300, proof: [Buffer.alloc(32)], note: next.note };
  expect(await post(formatAddCheckpoint(wrong))).toBe(422);
  expect(await post(formatAddCheckpoint({ ...wrong, note: next.note.replace(/.{9}=*\n$/, 'AAAAAAAA=\n') }))).toBe(403);
  expect(await post('nonsense')).toBe(400);
});
