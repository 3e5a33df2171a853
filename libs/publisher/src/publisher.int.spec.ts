import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import kafkajs, { type Admin, type Kafka, type KafkaMessage } from 'kafkajs';
import { decodeRecord, readHeaders, WriterSchemas } from '#libs/events';
import { testServers } from '../../../test/support/servers.js';
import { createPublisher } from './publisher.js';
import type { Publishable } from './input.js';

const { kafkaBrokers, topicPrefix } = testServers();
const brokers = kafkaBrokers.split(',');
const topics = { orders: `${topicPrefix}orders`, rights: `${topicPrefix}rights` };
let kafka: Kafka;
let admin: Admin;

beforeAll(async () => {
  kafka = new kafkajs.Kafka({ brokers, clientId: 'publisher-test', logLevel: kafkajs.logLevel.NOTHING });
  admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: true,
    topics: Object.values(topics).map((topic) => ({ topic, numPartitions: 3 })),
  });
});
afterAll(() => admin.disconnect());

const consents = (count: number): Publishable[] =>
  Array.from({ length: count }, (_, i) => ({
    stream: 'rights',
    event: {
      eventId: randomUUID(),
      occurredAt: Date.UTC(2024, 0, 1) + i,
      controller: 'jetkids',
      service: 'webshop',
      subject: `c-${i % 7}`,
      action: 'consent_given',
    },
  }));

async function read(topic: string, count: number): Promise<KafkaMessage[]> {
  const consumer = kafka.consumer({ groupId: `${topic}-${randomUUID()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const messages: KafkaMessage[] = [];
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: async ({ message }) => {
          messages.push(message);
          if (messages.length === count) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return messages;
}

test('events arrive once each, in order for each subject, with key and headers', async () => {
  const publisher = createPublisher({ brokers, clientId: 'publisher-test', topics });
  const events = consents(3000);
  await Promise.all([publisher.publish(events.slice(0, 2500)), publisher.publish(events.slice(2500))]);
  await publisher.close();

  const offsets = await admin.fetchTopicOffsets(topics.rights);
  expect(offsets.reduce((sum, { high }) => sum + Number(high), 0)).toBe(events.length);

  const writers = new WriterSchemas();
  const bySubject = new Map<string, string[]>();
  for (const message of await read(topics.rights, events.length)) {
    const decoded = decodeRecord(message.value, writers);
    if (!decoded.ok) throw new Error(decoded.fault);
    const { event } = decoded.event;
    expect(message.key?.toString()).toBe(`jetkids/${event.subject}`);
    expect(readHeaders(message.headers)).toMatchObject({ id: event.eventId, type: 'hjemmel.v1.RightsEvent' });
    bySubject.set(event.subject, [...(bySubject.get(event.subject) ?? []), event.eventId]);
  }
  const published = Map.groupBy(events, ({ event }) => event.subject);
  expect(bySubject).toEqual(
    new Map(Array.from(published, ([subject, list]) => [subject, list.map(({ event }) => event.eventId)])),
  );
});

test('a topic that is not there is named as the reason, and the publisher goes on', async () => {
  const publisher = createPublisher({
    brokers,
    clientId: 'publisher-test',
    topics: { ...topics, marketing: `${topicPrefix}nowhere` },
  });
  const mail: Publishable = {
    stream: 'marketing',
    event: {
      ...consents(1)[0]!.event,
      action: 'sent',
      purpose: 'marketing',
      legalBasis: 'consent',
      dataCategories: ['email'],
      channel: 'email',
    },
  };
  await expect(publisher.publish(mail)).rejects.toThrow('does not exist on the Kafka cluster: create it');
  await publisher.publish(consents(1));
  await publisher.close();
});
