import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { generateSignerKey, parseSigner } from '#libs/log';
import { packageFile } from '#libs/register';
import { actorUri, MongoLogReader, prepareDatabase } from '#libs/trail';
import type { Actor } from '#libs/trail';
import { createTraffic } from '../apps/local/src/traffic/traffic.js';
import { auditing, publish, VAULT_KEY } from './support/auditing.js';
import type { Auditing } from './support/auditing.js';
import { testServers } from './support/servers.js';
import { startService } from './support/service-process.js';
import type { ServiceProcess } from './support/service-process.js';
import { bareEnv } from './support/bare-env.js';

jest.setTimeout(180_000);

/** The whole of Hjemmel, each part with the rights of its own, while the log is pruned. */
const servers = testServers();
const ORIGIN = 'hjemmel.example/log';
const signingKey = generateSignerKey(ORIGIN);
const { verifierKey } = parseSigner(signingKey);
const traffic = createTraffic({ seed: 11, now: Date.UTC(2026, 0, 1) });
const CUT = 1_280;

let world: Auditing;
let auditor: ServiceProcess;
let notary: ServiceProcess;
let api: ServiceProcess;
let log: MongoLogReader;
let url: string;
let published = 0;

const uriOf = (actor: Actor) => actorUri(world.mongodbUri, actor, servers.database, `of the ${actor}`);
const startNotary = () =>
  startService('notary', {
    ...process.env,
    MONGODB_URI: uriOf('notary'),
    HJEMMEL_SIGNING_KEY: signingKey,
    HJEMMEL_LOG_ORIGIN: ORIGIN,
    HJEMMEL_CHECKPOINT_INTERVAL_MS: '50',
  });

beforeAll(async () => {
  world = await auditing(servers, 2);
  await prepareDatabase(world.mongodb.db, (actor) => `of the ${actor}`);
  log = new MongoLogReader(world.mongodb, { cacheBytes: 0 });
  auditor = world.start({ MONGODB_URI: uriOf('auditor') });
  notary = startNotary();
  api = startService('api', { ...process.env, MONGODB_URI: uriOf('api'), PORT: '0' });
  url = String((await api.said('listening'))['url']);
});
afterAll(async () => {
  for (const service of [api, notary]) {
    service.kill('SIGKILL');
    await service.exited;
  }
  await world.mongodb.db.command({ dropAllUsersFromDatabase: 1 });
  await world.mongodb.db.command({ dropAllRolesFromDatabase: 1 });
  await world.close();
});

/** Publishes events, and waits until a checkpoint covers all of them. */
async function grow(count: number): Promise<void> {
  await publish(world, traffic.take(count));
  published += count;
  while (((await log.checkpoint())?.size ?? 0) < published) {
    for (const service of [auditor, notary, api]) expect(service.running()).toBe(true);
    await sleep(50);
  }
}

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function hjemmel(actor: Actor, args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [packageFile('dist', 'apps', 'cli', 'src', 'main.js'), ...args],
      { env: { ...bareEnv(), MONGODB_URI: uriOf(actor), ...env } },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
    child.stdin?.end();
  });
}

const prune = (retention: string, ...args: string[]) =>
  hjemmel('pruner', ['prune', ...args], retention === '' ? {} : { HJEMMEL_TRAIL_RETENTION: retention });
const status = async (path: string) => (await fetch(`${url}/log/${path}`)).status;
const proved = async () => {
  const { code, out, err } = await hjemmel('api', ['verify', '--key', verifierKey]);
  expect({ code, out, err }).toMatchObject({ code: 0 });
};
const counts = async () => {
  const { db } = world.mongodb;
  const of = async (name: string) => [name, await db.collection(name).countDocuments()] as const;
  return Object.fromEntries(await Promise.all(['blocks', 'positions', 'tiles', 'sequence', 'prunes'].map(of)));
};

test('without a policy, within the retention, or without a yes, nothing is pruned', async () => {
  // In some rounds, so that there are blocks to be pruned.
  for (let i = 0; i < 10; i++) await grow(200);
  const before = await counts();
  expect(await prune('', '--before', '1500', '--yes')).toMatchObject({
    code: 2,
    err: expect.stringContaining('HJEMMEL_TRAIL_RETENTION is not set'),
  });
  const kept = await prune('P1D', '--before', '1500', '--yes');
  expect(kept).toMatchObject({ code: 0, out: expect.stringContaining('No entries are to be pruned.') });
  expect(kept.out).toContain('is within the retention period and stays');
  expect(await prune('PT0.001S', '--before', '1500')).toMatchObject({
    code: 2,
    err: 'There is no terminal to ask on: add --yes to prune without being asked.\n',
  });
  const dry = await prune('PT0.001S', '--before', '1500', '--dry-run');
  expect(dry).toMatchObject({ code: 0, out: 'To be pruned: entries 0 to 1,279, 1,280 in all.\n' });
  expect(await counts()).toEqual(before);
  await proved();
});

test('a prefix goes while everything runs, and what is left is proved', async () => {
  const before = await counts();
  const { code, out, err } = await prune('PT0.001S', '--before', '1500', '--reason', 'a test', '--yes');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^To be pruned: entries 0 to 1,279, 1,280 in all\.\nDeleted \d+ blocks, \d+ tiles and \d+ /);
  const after = await counts();
  for (const name of ['blocks', 'positions', 'sequence']) expect(after[name]).toBeLessThan(before[name] as number);
  expect(after['positions']).toBe(after['blocks']);
  await proved();
});

test('the api has nothing before the cut, and everything behind it', async () => {
  while ((await status('tile/entries/004')) !== 404) await sleep(100);
  expect([await status('tile/entries/000'), await status('tile/entries/005')]).toEqual([404, 200]);
  expect(await status('checkpoint')).toBe(200);
  for (const from of [[], ['--url', `${url}/log`]]) {
    const proof = async (position: number) => (await hjemmel('api', ['proof', String(position), ...from])).code;
    expect([await proof(CUT), await proof(CUT - 1)]).toEqual([0, 2]);
  }
  const overHttp = ['verify', '--url', `${url}/log`, '--key', verifierKey, '--minimum-index', String(CUT)];
  expect(await hjemmel('api', overHttp)).toMatchObject({ code: 0 });
});

test('auditor and notary go on, also when they are started again', async () => {
  await grow(500);
  await proved();
  for (const service of [auditor, notary]) {
    service.kill('SIGKILL');
    await service.exited;
  }
  auditor = world.start({ MONGODB_URI: uriOf('auditor'), HJEMMEL_VAULT_KEY: VAULT_KEY });
  notary = startNotary();
  await grow(500);
  await proved();
});

test('all that is old enough goes, by time, and the log goes on', async () => {
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  const { code, out } = await prune('PT0.001S', '--before', tomorrow, '--yes');
  expect(code).toBe(0);
  expect(out).toContain('Entries before 1,280 were pruned earlier.');
  expect(out).toContain('This is all that the newest checkpoint covers.');
  await proved();
  await grow(300);
  await proved();
  // With nothing left to finish.
  expect(await prune('P1D')).toMatchObject({ code: 0, out: expect.stringContaining('No entries are to be pruned.') });
});
