import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import type { Consumer, Kafka } from 'kafkajs';
import { KafkajsSource } from './kafkajs-source.js';
import { STREAM_DEFAULTS } from './settings.js';
import type { SessionListener } from './source.js';

const STALLED_AFTER_MS = 30_000;
const TOPICS = ['orders', 'rights'];

/** A consumer of kafkajs that does only what the test says. */
class ScriptedConsumer extends EventEmitter {
  readonly events = { GROUP_JOIN: 'join', HEARTBEAT: 'heartbeat', CRASH: 'crash' };
  readonly running = Promise.withResolvers<void>();
  disconnects = 0;
  connect = async () => undefined;
  subscribe = async () => undefined;
  run = async () => this.running.promise;
  seek = () => undefined;
  pause = () => undefined;
  resume = () => undefined;

  async disconnect(): Promise<void> {
    this.disconnects++;
  }

  join(tasks: readonly number[]): void {
    const memberAssignment = Object.fromEntries(TOPICS.map((topic) => [topic, tasks]));
    this.emit('join', { payload: { memberAssignment } });
    this.running.resolve();
  }

  crash(message: string): void {
    this.emit('crash', { payload: { error: new Error(message) } });
  }
}

let consumer: ScriptedConsumer;
let source: KafkajsSource;
let told: string[];
const listener: SessionListener = {
  assigned: (tasks) => told.push(`assigned ${tasks.join()}`),
  fetched: () => told.push('fetched'),
  stableEnd: () => undefined,
  outOfRange: () => told.push('out of range'),
  ended: ({ message }) => told.push(`ended: ${message}`),
};

beforeEach(() => {
  jest.useFakeTimers();
  told = [];
  consumer = new ScriptedConsumer();
  const kafka = { consumer: () => consumer as unknown as Consumer } as unknown as Kafka;
  const settings = { brokers: ['localhost:1'], clientId: 'test', ssl: false, sasl: null };
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  source = new KafkajsSource(
    { ...STREAM_DEFAULTS, sessionTimeoutMs: STALLED_AFTER_MS / 3, kafka: settings, groupId: 'g', topics: TOPICS },
    log,
    kafka,
  );
});
afterEach(() => void jest.useRealTimers());

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

describe('a session that is stalled', () => {
  test('is ended once, left, and heard no more', async () => {
    const opening = source.open(listener);
    await pass(0);
    consumer.join([0, 1]);
    await opening;
    await pass(STALLED_AFTER_MS);
    expect(told).toEqual(['assigned 0,1']);
    await pass(2_000);
    const ended = 'ended: the session is stalled: the group has not answered';
    expect(told).toEqual(['assigned 0,1', ended]);
    expect(consumer.disconnects).toBe(1);
    consumer.join([1]);
    consumer.crash('late');
    await pass(10 * STALLED_AFTER_MS);
    expect(told).toEqual(['assigned 0,1', ended]);
  });

  test('though heartbeats are acknowledged, where a partition that is not paused is never answered for', async () => {
    const opening = source.open(listener);
    await pass(0);
    consumer.join([0]);
    const session = await opening;
    for (const topic of TOPICS) session.pause(topic, 0);
    const beating = setInterval(() => consumer.emit('heartbeat', {}), 1_000);
    await pass(10 * STALLED_AFTER_MS);
    expect(told).toEqual(['assigned 0']);
    session.resume('rights', 0);
    await pass(STALLED_AFTER_MS + 2_000);
    clearInterval(beating);
    expect(told).toEqual(['assigned 0', 'ended: the session is stalled: nothing was heard of partition 0 of rights']);
  });
});

describe('opening a session', () => {
  test('fails where the group never lets it join', async () => {
    const opening = source.open(listener).catch(({ message }: Error) => message);
    await pass(STALLED_AFTER_MS + 2_000);
    expect(await opening).toBe('the session is stalled: the group has not answered');
    expect([told, consumer.disconnects]).toEqual([[], 1]);
  });

  test('fails where kafkajs could not join, which it tells by a crash alone', async () => {
    const opening = source.open(listener).catch(({ message }: Error) => message);
    await pass(0);
    consumer.crash('no coordinator');
    consumer.running.resolve();
    expect(await opening).toBe('no coordinator');
    expect(told).toEqual([]);
  });

  test('ends at once where the source is closed', async () => {
    const opening = source.open(listener).catch(({ message }: Error) => message);
    await pass(0);
    await source.close();
    expect(await opening).toBe('stopped');
  });
});

test('a crash ends a session that was opened', async () => {
  const opening = source.open(listener);
  await pass(0);
  consumer.join([0]);
  await opening;
  consumer.crash('the broker is gone');
  expect(told).toEqual(['assigned 0', 'ended: the broker is gone']);
});

test('a consumer that has stopped, and has not said so yet, may be asked for anything', async () => {
  const opening = source.open(listener);
  await pass(0);
  consumer.join([0]);
  const session = await opening;
  const refuse = () => {
    throw new kafkajs.KafkaJSNonRetriableError('Consumer group was not initialized, consumer#run must be called first');
  };
  Object.assign(consumer, { seek: refuse, pause: refuse, resume: refuse });
  session.pause('orders', 0);
  session.resume('orders', 0);
  session.seek('orders', 0, 7);
  consumer.crash('away');
  session.seek('orders', 0, 8);
  expect(told).toEqual(['assigned 0', 'ended: away']);
});
