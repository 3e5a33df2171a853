import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { MongoClient } from 'mongodb';
import { identify } from '../apps/local/src/stack/process-identity.js';
import { startStack, type Stack } from '../apps/local/src/stack/stack.js';

jest.setTimeout(120_000);

/** kafkajs computes a timer that Node corrects and warns about. */
const QUIET = ['--disable-warning=TimeoutNegativeWarning'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hjemmel-stack-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a running stack', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ dir: join(folder, 'running'), partitions: 3, kafkaHeap: '512m' });
  });
  afterAll(() => stack.stop());

  test('has the four topics and the dead letters, with equal partition counts', async () => {
    expect(await partitionCounts(stack)).toEqual({
      orders: 3,
      marketing: 3,
      sharing: 3,
      rights: 3,
      'hjemmel.dead-letter': 3,
    });
  });

  test('gives its folder to nobody else', async () => {
    await expect(startStack({ dir: stack.dir })).rejects.toThrow(`in use already by process ${process.pid}`);
  });

  test('lets nobody in without a password, and its users to no more than their roles allow', async () => {
    const { host } = new URL(stack.mongoUri);
    await using nobody = new MongoClient(`mongodb://${host}/?replicaSet=hjemmel`);
    await expect(nobody.db('hjemmel').collection('blocks').findOne()).rejects.toThrow('requires authentication');
    expect(Object.keys(stack.mongoUris)).toEqual(['auditor', 'notary', 'api', 'investigator', 'pruner']);
    for (const uri of Object.values(stack.mongoUris)) {
      await using user = new MongoClient(uri);
      expect(user.db().databaseName).toBe('hjemmel');
      expect(await user.db().collection('blocks').findOne()).toBeNull();
      await expect(user.db().collection('checkpoints').deleteMany({})).rejects.toThrow('not authorized');
    }
  });

  test('keeps its secrets where only their owner sees them', () => {
    const secrets = join(stack.dir, 'mongodb', 'secrets');
    const names = ['admin', 'api', 'auditor', 'investigator', 'notary', 'pruner', 'replica-set.key'];
    expect(readdirSync(secrets).sort()).toEqual(names);
    expect(statSync(secrets).mode & 0o777).toBe(0o700);
    for (const name of names) expect(statSync(join(secrets, name)).mode & 0o777).toBe(0o600);
  });

  test('keeps what was acknowledged when both servers are killed, and serves it at the same addresses', async () => {
    await insert(stack, 'kept');
    const before = [stack.kafka.pid, stack.mongodb.pid];
    await Promise.all([stack.kafka.kill(), stack.mongodb.kill()]);
    expect([stack.kafka.pid, stack.mongodb.pid]).toEqual([null, null]);
    await Promise.all([stack.kafka.start(), stack.mongodb.start()]);
    expect(before).not.toContain(stack.kafka.pid);
    expect(await count(stack, 'kept')).toBe(1);
    expect(Object.keys(await partitionCounts(stack))).toContain('orders');
  });
});

describe('a stack whose process is killed', () => {
  let next: Stack | undefined;
  afterEach(() => next?.stop());

  test('leaves no server behind once the next one starts, which has its data', async () => {
    const dir = join(folder, 'killed');
    const child = spawn(process.execPath, [...QUIET, join(import.meta.dirname, 'support/start-stack.mjs'), dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const { pids, brokers } = JSON.parse(line) as { pids: number[]; brokers: string };
    expect(pids.map((pid) => identify(pid) !== null)).toEqual([true, true]);
    child.kill('SIGKILL');
    await once(child, 'exit');

    next = await startStack({ dir });
    expect(pids.map((pid) => identify(pid))).toEqual([null, null]);
    expect(next.kafkaBrokers).toBe(brokers);
    expect(Object.keys(await partitionCounts(next))).toContain('orders');
    await expect(startStack({ dir, partitions: 3 })).rejects.toThrow('in use already');
  });
});

test('a stack that nobody keeps removes its data', async () => {
  const stack = await startStack({ topics: ['a'], kafkaHeap: '512m' });
  expect(await partitionCounts(stack)).toEqual({ a: 8 });
  await stack.stop();
  expect(existsSync(stack.dir)).toBe(false);
});

test('other partition counts than those that were kept are refused, and nothing stays running', async () => {
  const dir = join(folder, 'counts');
  await (await startStack({ dir, partitions: 2 })).stop();
  await expect(startStack({ dir, partitions: 5 })).rejects.toThrow('were made with 2 partitions, not 5');
  const again = await startStack({ dir });
  expect((await partitionCounts(again))['orders']).toBe(2);
  await again.stop();
});

test('a start that is given up stops what it has started', async () => {
  const dir = join(folder, 'given-up');
  const giveUp = new AbortController();
  const start = startStack({
    dir,
    signal: giveUp.signal,
    onProgress: ({ step, state }) => {
      if (step.startsWith('Starting MongoDB') && state === 'done') giveUp.abort(new Error('given up'));
    },
  });
  await expect(start).rejects.toThrow(/given up|aborted/);
  expect(existsSync(join(dir, 'mongodb', 'pid.json'))).toBe(false);
  expect(existsSync(join(dir, 'kafka', 'pid.json'))).toBe(false);
});

async function partitionCounts({ kafkaBrokers }: Stack): Promise<Record<string, number>> {
  const admin = new Kafka({ brokers: [kafkaBrokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata();
    return Object.fromEntries(topics.map(({ name, partitions }) => [name, partitions.length]));
  } finally {
    await admin.disconnect();
  }
}

async function insert({ mongoUri }: Stack, id: string): Promise<void> {
  await using client = new MongoClient(mongoUri);
  const things = client.db('test').collection<{ _id: string }>('things');
  await things.insertOne({ _id: id }, { writeConcern: { w: 'majority', journal: true } });
}

async function count({ mongoUri }: Stack, id: string): Promise<number> {
  await using client = new MongoClient(mongoUri);
  return await client.db('test').collection<{ _id: string }>('things').countDocuments({ _id: id });
}
