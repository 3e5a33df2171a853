import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { generateSignerKey } from '#libs/log';
import { createTraffic } from '../apps/local/src/traffic/traffic.js';
import { startStack } from '../apps/local/src/stack/stack.js';
import type { Stack } from '../apps/local/src/stack/stack.js';
import { auditing, entriesReach, publish, verified } from './support/auditing.js';
import type { Auditing } from './support/auditing.js';
import { Chains } from './support/log-harness.js';
import { MongoLog } from './support/mongo-log.js';
import { checkLog } from './support/naive-log.js';
import { TestLog } from './support/log.js';
import { startService } from './support/service-process.js';
import type { ServiceProcess } from './support/service-process.js';

jest.setTimeout(180_000);

const EVENTS = 3_000;
let stack: Stack;
let world: Auditing;
let round = 0;

beforeAll(async () => {
  const mongoArgs = ['--setParameter', 'enableTestCommands=1'];
  // The members of a group that is started anew need not wait for more members.
  stack = await startStack({ kafkaHeap: '512m', mongoArgs, topics: [] });
});
afterAll(() => stack.stop());

beforeEach(async () => {
  const name = `outage-${round++}`;
  const { kafkaBrokers, mongoUri } = stack;
  world = await auditing({ kafkaBrokers, mongoUri, database: name, topicPrefix: `${name}.` }, 4);
});
afterEach(() => world.close());

const traffic = () => createTraffic({ seed: 7, now: Date.UTC(2026, 0, 1) }).take(EVENTS);

test('MongoDB away when the auditor starts, killed and started again: it waits, says so once, and goes on', async () => {
  await stack.mongodb.kill();
  const auditor = world.start();
  await auditor.said('MongoDB does not answer');
  await stack.mongodb.start();
  await publish(world, traffic());
  await entriesReach(world, 1);
  const before = auditor.log.length;
  await stack.mongodb.kill();
  while (!auditor.log.slice(before).some(({ msg }) => msg.includes('MongoDB does not answer'))) await sleep(50);
  await stack.mongodb.start();
  expect((await verified(world)).records).toBe(EVENTS);
  expect(auditor.log.filter(({ msg }) => msg.includes('MongoDB does not answer'))).toHaveLength(2);
  expect(auditor.log.filter(({ msg }) => msg.includes('MongoDB answers again'))).toHaveLength(2);
});

test('Kafka away when the auditor starts, killed and started again, and a stop while both are away', async () => {
  const events = traffic();
  await publish(world, events.slice(0, EVENTS / 2));
  await stack.kafka.kill();
  // It notices that MongoDB is away without a sweep to write, too.
  const auditor = world.start({ HJEMMEL_SWEEP_SECONDS: '86400' });
  await auditor.said('does not answer; trying again until it does');
  await stack.kafka.start();
  await auditor.said('Kafka answers again');
  await entriesReach(world, 1);
  const answered = () => auditor.log.filter(({ msg }) => msg === 'Kafka answers again').length;
  await stack.kafka.kill();
  while (auditor.log.filter(({ msg }) => msg.startsWith('Kafka at')).length < 2) await sleep(50);
  await stack.kafka.start();
  while (answered() < 2) await sleep(50);
  await publish(world, events.slice(EVENTS / 2, -1_000));
  expect((await verified(world)).records).toBe(EVENTS - 1_000);
  await Promise.all([stack.mongodb.kill(), stack.kafka.kill()]);
  await auditor.said('MongoDB does not answer');
  auditor.kill('SIGTERM');
  expect(await auditor.exited).toBe(0);
  await Promise.all([stack.mongodb.start(), stack.kafka.start()]);
  await publish(world, events.slice(-1_000));
  world.start();
  expect((await verified(world)).records).toBe(EVENTS);
});

test.each(['blocks', 'factsJournal', 'subjects'])(
  'writes to %s that were reported as failed although they persisted are not made twice',
  async (collection) => {
    const events = traffic();
    await publish(world, events.slice(0, EVENTS / 2));
    const auditor = world.start();
    await entriesReach(world, EVENTS / 2);
    const admin = world.mongodb.client.db('admin');
    const failPoint = async (mode: unknown) => {
      const namespace = `${world.mongodb.db.databaseName}.${collection}`;
      const writeConcernError = { code: 64, errmsg: 'waiting for replication timed out' };
      const failCommands = ['insert', 'update'];
      const data = { failCommands, namespace, appName: 'hjemmel-auditor', writeConcernError };
      return admin.command({ configureFailPoint: 'failCommand', mode, data });
    };
    await failPoint({ times: 5 });
    await publish(world, events.slice(EVENTS / 2));
    expect((await verified(world)).records).toBe(EVENTS);
    auditor.kill('SIGTERM');
    expect(await auditor.exited).toBe(0);
    const { count } = await failPoint('off');
    expect(count).toBeGreaterThan(0);
    world.start();
    await publish(world, traffic().slice(0, 100));
    await verified(world);
  },
);

describe('the api', () => {
  let api: ServiceProcess;
  let url: string;

  const start = async () => {
    const uri = new URL(stack.mongoUri);
    uri.pathname = `/${world.mongodb.db.databaseName}`;
    api = startService('api', { ...process.env, MONGODB_URI: uri.href, PORT: '0' });
    url = String((await api.said('listening'))['url']);
  };
  const statuses = async () => {
    const paths = ['/log/checkpoint', '/log/tile/0/000.p/5', '/log/key', '/health/ready', '/health/live'];
    return Promise.all(paths.map(async (path) => (await fetch(url + path)).status));
  };
  const answers = async (expected: number[]) => {
    while ((await statuses()).join() !== expected.join()) await sleep(50);
  };

  beforeEach(async () => {
    const log = new TestLog(world.mongodb);
    await log.prepare();
    await log.append({ task: 0, count: 5 });
  });
  afterEach(async () => {
    api.kill('SIGTERM');
    expect(await api.exited).toBe(0);
  });

  test('says soon that MongoDB is away, and goes on when it is back', async () => {
    await start();
    await answers([200, 200, 200, 200, 200]);
    await stack.mongodb.kill();
    const asked = performance.now();
    const answer = await fetch(`${url}/log/tile/0/000.p/4`);
    expect(performance.now() - asked).toBeLessThan(4_000);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await answer.text()).toBe('The database does not answer; try again in some seconds.\n');
    await answers([503, 503, 503, 503, 200]);
    await stack.mongodb.start();
    await answers([200, 200, 200, 200, 200]);
    expect(api.log.filter(({ level }) => level > 30).map(({ msg }) => msg)).toEqual([
      'MongoDB does not answer; trying again until it does',
    ]);
  });

  test('starts while MongoDB is away', async () => {
    await stack.mongodb.kill();
    await start();
    await answers([503, 503, 503, 503, 200]);
    await stack.mongodb.start();
    await answers([200, 200, 200, 200, 200]);
  });

  test('does not hang where MongoDB hangs', async () => {
    await start();
    await answers([200, 200, 200, 200, 200]);
    const mongod = stack.mongodb.pid as number;
    process.kill(mongod, 'SIGSTOP');
    const asked = performance.now();
    expect((await fetch(`${url}/log/tile/0/000.p/4`)).status).toBe(503);
    expect(performance.now() - asked).toBeLessThan(4_000);
    await api.said('MongoDB does not answer');
    expect((await fetch(`${url}/log/checkpoint`)).status).toBe(503);
    process.kill(mongod, 'SIGCONT');
    await answers([200, 200, 200, 200, 200]);
  });
});

describe('the notary', () => {
  const key = generateSignerKey('log.test/outage');
  let log: MongoLog;
  let notary: ServiceProcess;

  beforeEach(async () => {
    log = await MongoLog.open({ mongoUri: stack.mongoUri, database: `outage-notary-${round}` });
    const env = { MONGODB_URI: log.uri, HJEMMEL_SIGNING_KEY: key, HJEMMEL_CHECKPOINT_INTERVAL_MS: '50' };
    notary = startService('notary', { ...process.env, ...env });
    await notary.said('making the log');
  });
  afterEach(async () => {
    notary.kill('SIGKILL');
    await notary.exited;
    await log.close();
  });

  /** Waits for a checkpoint of that size. */
  const signed = async (size: number): Promise<void> => {
    while ((await log.log.head()).signed < size) {
      if (!notary.running()) throw new Error(notary.log.map(({ msg }) => msg).join('\n'));
      await sleep(20);
    }
  };

  test('waits while MongoDB is away, says so, and goes on', async () => {
    const chains = new Chains();
    await log.append(chains.block(0, 300));
    await signed(300);
    await stack.mongodb.kill();
    await notary.said('MongoDB does not answer');
    await stack.mongodb.start();
    await notary.said('MongoDB answers again');
    await log.append(chains.block(0, 300));
    await signed(600);
    expect(checkLog(await log.dump())).toEqual({ faults: [], size: 600 });
    expect(notary.log.filter(({ msg }) => msg.includes('MongoDB does not answer'))).toHaveLength(1);
  });

  test.each(['sequence', 'tiles', 'checkpoints'])(
    'does not do twice what it wrote to %s and was told to have failed',
    async (collection) => {
      const chains = new Chains();
      await log.append(chains.block(0, 300));
      await signed(300);
      const admin = log.connection.client.db('admin');
      const failPoint = async (mode: unknown) => {
        const namespace = `${log.connection.db.databaseName}.${collection}`;
        const writeConcernError = { code: 64, errmsg: 'waiting for replication timed out' };
        const data = { failCommands: ['insert'], namespace, appName: 'hjemmel-notary', writeConcernError };
        return admin.command({ configureFailPoint: 'failCommand', mode, data });
      };
      await failPoint({ times: 5 });
      for (let size = 600; size <= 3_000; size += 300) {
        await log.append(chains.block(0, 300));
        await signed(size);
      }
      const { count } = await failPoint('off');
      expect(count).toBeGreaterThan(0);
      expect(checkLog(await log.dump())).toEqual({ faults: [], size: 3_000 });
    },
  );
});
