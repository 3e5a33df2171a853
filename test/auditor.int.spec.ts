import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import type { KafkaMessage } from 'kafkajs';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { encodeRecord, toConfluent } from '#libs/events';
import type { StreamEvent } from '#libs/events';
import { createTraffic } from '../apps/local/src/traffic/traffic.js';
import { auditing, entriesReach, publish, readAll, toMessage, verified } from './support/auditing.js';
import type { Auditing } from './support/auditing.js';
import { testServers } from './support/servers.js';

jest.setTimeout(180_000);

const NOW = Date.UTC(2026, 0, 1);
const SEED = 20260101;
const PARTITIONS = 4;
let world: Auditing;

beforeEach(async () => {
  world = await auditing(testServers(), PARTITIONS);
});
afterEach(() => world.close());

const traffic = (count: number): StreamEvent[] => createTraffic({ seed: SEED, now: NOW }).take(count);

/** Sends the same event again and again, to see its entries' tags. */
const repeated: StreamEvent = {
  stream: 'marketing',
  event: {
    eventId: randomUUID(),
    occurredAt: NOW,
    controller: 'jetpak',
    service: 'newsletter',
    subject: 'customer-repeated',
    purpose: 'marketing',
    legalBasis: 'consent',
    dataCategories: ['email'],
    collectedAt: null,
    justification: null,
    action: 'sent',
    channel: 'email',
    personalised: false,
  },
};

describe('every offset is in exactly one block, and judged by all facts before it,', () => {
  test('in quiet times; the four topics are merged by time', async () => {
    await publish(world, traffic(4_000));
    world.start();
    const { records, entries } = await verified(world);
    expect(records).toBe(4_000);
    expect(new Set(entries.map(({ entry }) => entry.verdict))).toEqual(new Set(['compliant', 'violation', 'gap']));
    let late = 0;
    const last = new Map<number, number>();
    for (const { task, entry } of entries) {
      const timestamp = entry.source?.timestamp ?? 0;
      if (timestamp < (last.get(task) ?? 0)) late++;
      last.set(task, Math.max(timestamp, last.get(task) ?? 0));
    }
    expect(late).toBe(0);
  });

  test('when the auditor is killed in the middle, again and again', async () => {
    const published = publish(world, [repeated, ...traffic(8_000), repeated], 20);
    for (const share of [1, 1_500, 4_000]) {
      const auditor = world.start();
      await entriesReach(world, share);
      auditor.kill('SIGKILL');
      expect(await auditor.exited).toBeNull();
    }
    world.start();
    await published;
    const { records, entries } = await verified(world);
    expect(records).toBe(8_002);
    const tags = entries.filter(({ entry }) => entry.service === 'newsletter' && entry.occurredAt === NOW);
    expect(tags).toHaveLength(2);
    expect(tags[0]?.entry.tag).toEqual(tags[1]?.entry.tag);
  });

  test('when a second auditor joins and the first one leaves', async () => {
    const events = traffic(9_000);
    const published = publish(world, events.slice(0, 7_000), 50);
    const first = world.start();
    await entriesReach(world, 1);
    const second = world.start();
    await second.said('tasks assigned');
    await entriesReach(world, 3_500);
    first.kill('SIGTERM');
    expect(await first.exited).toBe(0);
    await published;
    await publish(world, events.slice(7_000));
    await verified(world);
    const owners = new Map<number, Set<string>>();
    for await (const { task, writer } of world.trail.heads())
      owners.set(task, (owners.get(task) ?? new Set()).add(writer));
    expect(owners.size).toBe(PARTITIONS);
    expect([...owners.values()].some((writers) => writers.size > 1)).toBe(true);
    expect(second.log.filter(({ msg }) => msg === 'tasks assigned').at(-1)?.['tasks']).toEqual([0, 1, 2, 3]);
  });

  test('when two auditors believe they own the same tasks', async () => {
    const published = publish(world, traffic(6_000), 50);
    const group = { HJEMMEL_GROUP: `${world.topics.orders}-another` };
    const auditors = [world.start(), world.start(group)];
    await Promise.any(auditors.map((auditor) => auditor.said('another process wrote to this task')));
    await published;
    await verified(world);
  });

  test('when it is stopped by SIGTERM and started again', async () => {
    const published = publish(world, traffic(5_000), 20);
    const auditor = world.start();
    await entriesReach(world, 1_000);
    auditor.kill('SIGTERM');
    expect(await auditor.exited).toBe(0);
    expect(auditor.log.at(-1)?.msg).toBe('stopped');
    expect(await world.mongodb.db.collection('factsJournal').countDocuments()).toBe(0);
    world.start();
    await published;
    await verified(world);
  });
});

describe('offsets without a committed record', () => {
  test('are accounted for: transactions committed, aborted and interleaved', async () => {
    const producers = ['a', 'b'].map((name) =>
      world.kafka.producer({ transactionalId: `${world.topics.orders}-${name}`, maxInFlightRequests: 1 }),
    );
    await Promise.all(producers.map((producer) => producer.connect()));
    const [a, b] = producers as [(typeof producers)[0], (typeof producers)[0]];
    const committed = new Set<string>();
    let sent = 0;
    const messages = (count: number, kept: boolean) =>
      traffic(3_000)
        .filter(({ stream }) => stream === 'marketing')
        .slice(sent, (sent += count))
        .map((event) => {
          const value = encodeRecord(event);
          if (kept) committed.add(value.toString('hex'));
          return { ...toMessage(event, PARTITIONS), value };
        });
    const topic = world.topics.marketing;
    for (let round = 0; round < 5; round++) {
      const outer = await a.transaction();
      await outer.send({ topic, messages: messages(7, false) });
      const inner = await b.transaction();
      await inner.send({ topic, messages: messages(7, false) });
      await inner.abort();
      await outer.send({ topic, messages: messages(7, false) });
      await outer.abort();
      const good = await b.transaction();
      await good.send({ topic, messages: messages(7, true) });
      await good.commit();
    }
    await Promise.all(producers.map((producer) => producer.disconnect()));
    world.start();
    await entriesReach(world, committed.size);
    await publish(world, [repeated]);
    await entriesReach(world, committed.size + 1);
    const { faults, entries, partitions } = await world.trail.accountOffsets({ whole: true });
    expect({ faults, entries }).toEqual({ faults: [], entries: 36 });
    const covered = partitions.filter((one) => one.topic === topic).reduce((sum, { to }) => sum + to, 0);
    expect(covered).toBeGreaterThan(140);
    const seen = await readAll(world, [topic]);
    for (const [place, { value }] of seen) if (!committed.has(value?.toString('hex') ?? '')) seen.delete(place);
    expect(seen.size).toBe(35);
  });

  test('are named as lost where Kafka deleted records before they were read', async () => {
    await publish(world, traffic(2_000));
    const offsets = await world.admin.fetchTopicOffsets(world.topics.orders);
    const deleted = offsets
      .map(({ partition, high }) => ({ partition, offset: String(Math.floor(Number(high) / 2)) }))
      .sort((a, b) => a.partition - b.partition);
    await world.admin.deleteTopicRecords({ topic: world.topics.orders, partitions: deleted });
    const auditor = world.start();
    const { account } = await verified(world);
    const lost = account.partitions.filter(({ topic }) => topic === world.topics.orders);
    expect(lost.map(({ partition, lost: count }) => ({ partition, offset: String(count) }))).toEqual(deleted);
    await auditor.said('Kafka deleted records before they were audited');
  });
});

describe('a record that is no event', () => {
  test('costs one unreadable entry, and goes to the dead letters as it came', async () => {
    const good = toMessage(repeated, PARTITIONS);
    const wrongFingerprint = Buffer.concat([
      Buffer.from('c3010102030405060708', 'hex'),
      encodeRecord(repeated).subarray(10),
    ]);
    const bad = [
      { value: null },
      { value: Buffer.alloc(0) },
      { value: Buffer.from('{"json":true}') },
      { value: encodeRecord(repeated).subarray(0, 40) },
      { value: Buffer.concat([encodeRecord(repeated), Buffer.from([0])]) },
      { value: wrongFingerprint },
      { value: toConfluent(encodeRecord(repeated), 7), headers: { trace: 'abc' } },
    ].map((message, i) => ({ key: `somebody/${i}`, partition: 1, timestamp: String(NOW + i), ...message }));
    const producer = world.kafka.producer();
    await producer.connect();
    await producer.send({ topic: world.topics.marketing, messages: [good, ...bad, good] });
    await producer.disconnect();
    const auditor = world.start();
    const { entries } = await verified(world);
    const unreadable = entries.filter(({ entry }) => entry.kind === 'unreadable');
    expect(unreadable).toHaveLength(bad.length);
    for (const { entry } of unreadable) expect(entry.reasons[0]?.rule).toBe('event-unreadable');
    expect(unreadable.at(-1)?.entry.reasons[0]?.message).toContain('no SCHEMA_REGISTRY_URL is set');

    const letters = [...(await readAll(world, [world.deadLetters])).values()];
    const offsets = unreadable.map(({ entry }) => entry.source?.offset ?? -1).sort((x, y) => x - y);
    letters.sort((x, y) => Number(original(x.headers).offset - original(y.headers).offset));
    expect(letters.map(({ headers }) => original(headers))).toEqual(
      offsets.map((offset, i) => ({
        topic: world.topics.marketing,
        partition: 1,
        offset: BigInt(offset),
        timestamp: BigInt(NOW + i),
        reason: 'event-unreadable',
      })),
    );
    expect(letters.map(({ key, value }) => ({ key: key?.toString(), value }))).toEqual(
      bad.map(({ key, value }) => ({ key, value })),
    );
    expect(letters.at(-1)?.headers?.['trace']?.toString()).toBe('abc');
    expect(JSON.stringify(auditor.log)).not.toContain('somebody');
  });
});

test('a dead letter that its topic does not take goes there without what is too large, and a warning says so', async () => {
  const config = [{ name: 'max.message.bytes', value: '2000' }];
  await world.admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: world.deadLetters, configEntries: config }],
  });
  const messages = [100, 5_000, 200].map((length, i) => ({
    key: `somebody/${i}`,
    value: Buffer.alloc(length, 'x'),
    partition: 1,
    timestamp: String(NOW + i),
    headers: { trace: 'abc' },
  }));
  const producer = world.kafka.producer();
  await producer.connect();
  await producer.send({ topic: world.topics.marketing, messages });
  await producer.disconnect();
  const auditor = world.start();
  const { entries } = await verified(world);
  expect(entries.map(({ entry }) => entry.kind)).toEqual(['unreadable', 'unreadable', 'unreadable']);
  const letters = [...(await readAll(world, [world.deadLetters])).values()];
  letters.sort((x, y) => Number(original(x.headers).offset - original(y.headers).offset));
  expect(letters.map(({ value }) => value?.length ?? null)).toEqual([100, null, 200]);
  expect(letters.map(({ headers }) => headers?.['hjemmel_value_omitted']?.toString())).toEqual([undefined, '5000', undefined]); // prettier-ignore
  expect(letters.map(({ headers }) => headers?.['trace']?.toString())).toEqual(['abc', undefined, 'abc']);
  await auditor.said('raise max.message.bytes');
});

describe('an auditor that cannot work', () => {
  test('says which settings are wrong and ends with 2', async () => {
    const auditor = world.start({ KAFKA_BROKERS: 'nowhere', PORT: 'x' });
    expect(await auditor.exited).toBe(2);
    expect(auditor.log.filter(({ level }) => level === 60)).toHaveLength(2);
    const loud = world.start({ LOG_LEVEL: 'loud' });
    expect(await loud.exited).toBe(2);
    await loud.said('LOG_LEVEL: `loud` is none of trace, debug, info, warn, error, fatal, silent.');
  });

  test('says so where topics have unequal partition counts, and ends with 2', async () => {
    await world.admin.createPartitions({ topicPartitions: [{ topic: world.topics.rights, count: 5 }] });
    const auditor = world.start();
    expect(await auditor.exited).toBe(2);
    await auditor.said(`\`${world.topics.rights}\` 5`);
  });

  test('says so where a topic is shorter than the trail, and ends with 2', async () => {
    await publish(world, traffic(500));
    const before = world.start();
    await entriesReach(world, 500);
    before.kill('SIGTERM');
    await before.exited;
    const topics = Object.values(world.topics);
    await world.admin.deleteTopics({ topics });
    await world.admin.createTopics({
      waitForLeaders: false,
      topics: topics.map((topic) => ({ topic, numPartitions: PARTITIONS })),
    });
    const after = world.start();
    expect(await after.exited).toBe(2);
    await after.said('the topic was deleted or cut short');
  });
});

test('serves health and metrics, and no metric names a person', async () => {
  await publish(world, traffic(1_000));
  const auditor = world.start({ PORT: '0' });
  const { url } = await auditor.said('listening');
  await verified(world);
  const ready = await fetch(`${String(url)}/health/ready`);
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ok', kafka: true, mongodb: true }]);
  expect((await fetch(`${String(url)}/health/live`)).status).toBe(200);
  const metrics = await (await fetch(`${String(url)}/metrics`)).text();
  const counted = [...metrics.matchAll(/^hjemmel_events_total\{.*\} (\d+)$/gm)].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  );
  expect(counted).toBe(1_000);
  expect(metrics).toMatch(/^hjemmel_lag_records\{task="0"\} 0$/m);
  const [someone] = traffic(1);
  expect(metrics).not.toContain(someone?.event.subject);
});

function original(headers: KafkaMessage['headers']) {
  const of = (name: string) => headers?.[name] as Buffer;
  return {
    topic: of('kafka_dlt-original-topic').toString(),
    partition: of('kafka_dlt-original-partition').readInt32BE(),
    offset: of('kafka_dlt-original-offset').readBigInt64BE(),
    timestamp: of('kafka_dlt-original-timestamp').readBigInt64BE(),
    reason: of('hjemmel_reason').toString(),
  };
}
