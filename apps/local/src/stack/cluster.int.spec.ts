import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { localKafka } from './kafka.js';
import { startStack, type Stack } from './stack.js';

jest.setTimeout(180_000);

/** A stack of three nodes each: what is acknowledged outlives the node that acknowledged it. */
let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ brokers: 3, members: 3, kafkaHeap: '256m', mongoCacheGb: 0.25, topics: ['orders'] });
});
afterAll(() => stack?.stop());

test('a partition whose leader is killed gets another, which has its records', async () => {
  const before = await stack.leader('orders', 0);
  expect(stack.brokers).toContain(before);
  await publish('before');
  await before?.server.kill();
  await publish('after');
  const after = await stack.leader('orders', 0);
  expect(stack.brokers.filter((node) => node !== before)).toContain(after);
  const admin = localKafka(stack.kafkaBrokers).admin();
  await admin.connect();
  expect(await admin.fetchTopicOffsets('orders')).toContainEqual(expect.objectContaining({ partition: 0, high: '2' }));
  await admin.disconnect();
  await before?.server.start();
});

test('a primary that is killed is followed by another, which has what was acknowledged', async () => {
  await using client = new MongoClient(stack.mongoUri);
  const things = client.db('test').collection<{ _id: string }>('things', { writeConcern: { w: 'majority', j: true } });
  await things.insertOne({ _id: 'before' });
  const before = await stack.primary();
  expect(stack.members).toContain(before);
  await before?.server.kill();
  const insert = (): Promise<boolean> => things.insertOne({ _id: 'after' }).then(Boolean, () => false);
  while (!(await insert()));
  expect(stack.members.filter((node) => node !== before)).toContain(await stack.primary());
  expect((await things.find().toArray()).map(({ _id }) => _id)).toEqual(['before', 'after']);
  await before?.server.start();
});

/** One record into partition 0, as soon as Kafka takes it. */
async function publish(value: string): Promise<void> {
  const producer = localKafka(stack.kafkaBrokers).producer({ retry: { retries: 30, initialRetryTime: 500 } });
  await producer.connect();
  await producer.send({ topic: 'orders', acks: -1, messages: [{ partition: 0, value }] });
  await producer.disconnect();
}
