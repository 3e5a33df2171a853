import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import kafkajs from 'kafkajs';
import type { Admin, Kafka, KafkaMessage, Message } from 'kafkajs';
import { encodeRecord, recordKey, STREAMS, toHeaders } from '#libs/events';
import type { Stream, StreamEvent } from '#libs/events';
import { defaultRegistersDir, loadRegisters, loadTransferLaw } from '#libs/register';
import { entriesOf, MongoConnection, MongoTrailReader } from '#libs/trail';
import type { Account, PlacedEntry } from '#libs/trail';
import { offsetsOf } from '../../apps/local/src/stack/topics.js';
import { differences, expectedFindings, FinalFindings } from '../../drill/final-findings.js';
import type { Judgement, TopicRecord } from '../../drill/final-findings.js';
import type { TestServers } from './servers.js';
import { startService } from './service-process.js';
import type { ServiceProcess } from './service-process.js';

/** Topics, a database and auditors of one test, on the servers of the run. */
export interface Auditing {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly topics: Readonly<Record<Stream, string>>;
  readonly deadLetters: string;
  readonly partitions: number;
  readonly mongodb: MongoConnection;
  /** As MONGODB_URI takes it. */
  readonly mongodbUri: string;
  readonly trail: MongoTrailReader;
  /** Starts an auditor as its own process. */
  start(env?: Record<string, string>): ServiceProcess;
  /** Throws where auditors were started, and all have ended. */
  readonly requireAuditor: () => void;
  /** Ends what was started, with SIGKILL where it still runs. */
  close(): Promise<void>;
}

/** The least that Kafka allows by default, so that a killed member is missed soon. */
const SESSION_TIMEOUT_MS = '6000';
/** Of every test's vault. */
export const VAULT_KEY = Buffer.alloc(32, 'vault key of the tests').toString('base64');
const POLL_MS = 100;
const KEEP = { name: 'retention.ms', value: '-1' };

export async function auditing(servers: TestServers, partitions: number): Promise<Auditing> {
  const { kafkaBrokers, mongoUri, database, topicPrefix } = servers;
  const kafka = new kafkajs.Kafka({
    brokers: kafkaBrokers.split(','),
    clientId: 'auditor-test',
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = kafka.admin();
  await admin.connect();
  const topics = Object.fromEntries(STREAMS.map((stream) => [stream, topicPrefix + stream])) as Record<Stream, string>;
  const deadLetters = `${topicPrefix}dead-letter`;
  const all = [...Object.values(topics).map((topic) => [topic, partitions] as const), [deadLetters, 1] as const];
  await admin.createTopics({
    waitForLeaders: false,
    // The records carry the times of their events, which lie years back.
    topics: all.map(([topic, numPartitions]) => ({ topic, numPartitions, configEntries: [KEEP] })),
  });
  for (const [topic] of all) await offsetsOf(admin, topic);
  const url = new URL(mongoUri);
  url.pathname = `/${database}`;
  const quiet = { info: () => undefined, warn: () => undefined };
  const mongodb = new MongoConnection(url.href, 'auditor-test', quiet);
  const started: ServiceProcess[] = [];
  return {
    kafka,
    admin,
    topics,
    deadLetters,
    partitions,
    mongodb,
    mongodbUri: url.href,
    trail: new MongoTrailReader(mongodb),
    start(env = {}) {
      const auditor = startService('auditor', {
        ...process.env,
        KAFKA_BROKERS: kafkaBrokers,
        KAFKA_SESSION_TIMEOUT_MS: SESSION_TIMEOUT_MS,
        MONGODB_URI: url.href,
        HJEMMEL_VAULT_KEY: VAULT_KEY,
        HJEMMEL_GROUP: `${topicPrefix}auditor`,
        HJEMMEL_TOPIC_DEAD_LETTER: deadLetters,
        ...Object.fromEntries(STREAMS.map((stream) => [`HJEMMEL_TOPIC_${stream.toUpperCase()}`, topics[stream]])),
        ...env,
      });
      started.push(auditor);
      return auditor;
    },
    requireAuditor() {
      if (started.length === 0 || started.some(({ running }) => running())) return;
      throw new Error(
        `no auditor runs any more:\n${started.flatMap(({ log }) => log.map(({ msg }) => msg)).join('\n')}`,
      );
    },
    async close() {
      for (const auditor of started) auditor.kill('SIGKILL');
      await Promise.all(started.map(({ exited }) => exited));
      await mongodb.db.dropDatabase();
      await mongodb.close();
      await admin.deleteTopics({ topics: all.map(([topic]) => topic) });
      await admin.disconnect();
    },
  };
}

/** A Kafka record of an event, as a publisher makes it; its timestamp is the event's own time. */
export function toMessage(event: StreamEvent, partitions: number): Message & { partition: number } {
  const key = recordKey(event.event);
  let sum = 0;
  for (const char of key) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 1_000_003;
  return {
    key,
    partition: sum % partitions,
    value: encodeRecord(event),
    headers: { ...toHeaders(event) },
    timestamp: String(event.event.occurredAt),
  };
}

/** Publishes events, some hundred at a time and in order. */
export async function publish(
  { kafka, topics, partitions }: Auditing,
  events: Iterable<StreamEvent>,
  pauseMs = 0,
): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  const send = async (batch: StreamEvent[]) => {
    const topicMessages = STREAMS.map((stream) => ({
      topic: topics[stream],
      messages: batch.filter((event) => event.stream === stream).map((event) => toMessage(event, partitions)),
    }));
    await producer.sendBatch({ acks: -1, topicMessages: topicMessages.filter(({ messages }) => messages.length > 0) });
  };
  let batch: StreamEvent[] = [];
  for (const event of events) {
    batch.push(event);
    if (batch.length < 500) continue;
    await send(batch);
    batch = [];
    await sleep(pauseMs);
  }
  if (batch.length > 0) await send(batch);
  await producer.disconnect();
}

/** The tasks that an auditor has, by its log. */
export function owned({ log }: ServiceProcess): number[] {
  return (log.findLast(({ msg }) => msg === 'tasks assigned')?.['tasks'] as number[] | undefined) ?? [];
}

/** Resolves when at least `count` entries are in the trail. */
export async function entriesReach({ trail, requireAuditor }: Auditing, count: number): Promise<void> {
  while ((await trail.count()) < count) {
    requireAuditor();
    await sleep(POLL_MS);
  }
}

/** Every record of the topics that a read-committed consumer sees, by `<topic> <partition> <offset>`. */
export async function readAll(
  { kafka, admin }: Auditing,
  topics: readonly string[],
): Promise<Map<string, KafkaMessage>> {
  const records = new Map<string, KafkaMessage>();
  const open = new Set<string>();
  for (const topic of topics) {
    for (const { partition, low, high } of await offsetsOf(admin, topic)) {
      if (Number(high) > Number(low)) open.add(`${topic} ${partition} ${Number(high) - 1}`);
    }
  }
  if (open.size === 0) return records;
  const consumer = kafka.consumer({ groupId: `reader-${process.pid}-${Date.now()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  const done = Promise.withResolvers<void>();
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { topic, partition, lastOffset } }) => {
    for (const end of open) {
      const [openTopic, openPartition, offset] = end.split(' ') as [string, string, string];
      if (openTopic === topic && Number(openPartition) === partition && Number(lastOffset) >= Number(offset)) {
        open.delete(end);
      }
    }
    if (open.size === 0) done.resolve();
  });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch: { topic, partition, messages } }) => {
      for (const message of messages) records.set(`${topic} ${partition} ${message.offset}`, message);
    },
  });
  await done.promise;
  await consumer.disconnect();
  return records;
}

/** What the whole trail holds, checked: see `verified`. */
export interface Verified {
  readonly account: Account;
  readonly entries: readonly PlacedEntry[];
  /** Number of records of the topics, each with one finding. */
  readonly records: number;
  readonly amendments: number;
  /** Records whose first finding was not what stands in the end, or ought to. */
  readonly mistaken: number;
}

/** How long amendments may be on their way once all records are in the trail. */
const AMENDED_WITHIN_MS = 60_000;
const AMENDED_POLL_MS = 500;

/**
 * Waits until all records of the topics are in the trail, and then expects of the whole trail: every offset in exactly
 * one block; one finding on each record; and of each record stands in the end, amended where need be, what judging it
 * by all facts of its subject gives, whatever came first, and facts that nobody ever had to restore.
 */
export async function verified(world: Auditing): Promise<Verified> {
  const records = await topicRecords(world);
  await recordsReached(world, records);
  const by = await rulebook();
  let { finals, entries } = await readFindings(world.trail);
  const expected = expectedFindings(() => records, { ...by, pinned: finals.registers });
  const deadline = performance.now() + AMENDED_WITHIN_MS;
  while (differences(finals.standing, expected).length > 0 && performance.now() < deadline) {
    world.requireAuditor();
    // To read all of it takes a core that the auditor needs.
    await sleep(AMENDED_POLL_MS);
    ({ finals, entries } = await readFindings(world.trail));
  }
  expect([...finals.faults, ...differences(finals.standing, expected)]).toEqual([]);
  const mistaken = [...finals.first].filter(([place, text]) => text !== expected.get(place)).length;
  const account = await world.trail.accountOffsets({ whole: true });
  expect(account.faults).toEqual([]);
  return { account, entries, records: records.length, amendments: finals.amendments, mistaken };
}

/** What every auditor of the tests judges by. */
export async function rulebook(): Promise<Judgement> {
  return { registers: await loadRegisters(defaultRegistersDir()), law: loadTransferLaw() };
}

/** Resolves when all that the topics hold is in the trail. */
export async function recordsJudged(world: Auditing): Promise<void> {
  await recordsReached(world, await topicRecords(world));
}

/** Every committed record of the four topics. */
export async function topicRecords(world: Auditing): Promise<TopicRecord[]> {
  return [...(await readAll(world, Object.values(world.topics)))].map(toRecord);
}

async function readFindings(trail: MongoTrailReader): Promise<{ finals: FinalFindings; entries: PlacedEntry[] }> {
  const finals = new FinalFindings();
  const entries: PlacedEntry[] = [];
  for await (const block of trail.blocks()) {
    for (const placed of entriesOf(block)) {
      finals.add(placed);
      entries.push(placed);
    }
  }
  return { finals, entries };
}

/** Resolves when the last record of each topic-partition is in a block, so all before it are. */
async function recordsReached({ trail, requireAuditor }: Auditing, records: readonly TopicRecord[]): Promise<void> {
  const last = new Map<string, number>();
  for (const { topic, partition, offset } of records) {
    const key = `${topic} ${partition}`;
    last.set(key, Math.max(offset, last.get(key) ?? -1));
  }
  const reached = new Map<string, number>();
  const from = new Map<number, number>();
  for (;;) {
    for (const task of await trail.tasks()) {
      for await (const head of trail.heads({ task, from: from.get(task) ?? 0 })) {
        from.set(task, head.n + 1);
        for (const { topic, partition, to } of head.ranges) reached.set(`${topic} ${partition}`, to);
      }
    }
    if ([...last].every(([key, offset]) => (reached.get(key) ?? 0) > offset)) return;
    requireAuditor();
    await sleep(POLL_MS);
  }
}

function toRecord([place, { timestamp, value }]: [string, KafkaMessage]): TopicRecord {
  const [topic, partition, offset] = place.split(' ') as [string, string, string];
  return { topic, partition: Number(partition), offset: Number(offset), timestamp: Number(timestamp), value };
}
