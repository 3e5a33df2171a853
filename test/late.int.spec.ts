import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { decodeRecord, parseEvent, recordKey, WriterSchemas } from '#libs/events';
import type { AuditEntry, Stream, StreamEvent } from '#libs/events';
import { findingText, OfflineAudit } from '#libs/judge';
import { defaultRegistersDir, loadRegisters, loadTransferLaw, packageFile } from '#libs/register';
import { auditing, publish, readAll, toMessage, verified } from './support/auditing.js';
import type { Auditing } from './support/auditing.js';
import { Follower } from './support/follow.js';
import { actOf, mailTo } from './support/people.js';
import { testServers } from './support/servers.js';

jest.setTimeout(400_000);

/** In so many parts each conformance case comes; most have fewer events. */
const STEPS = 8;
const DAY = 86_400_000;
const HOUR = DAY / 24;
/** Of the events; the records come much later. */
const BEGIN = Date.UTC(2024, 0, 1);
let world: Auditing;
let trail: Follower;

beforeEach(async () => {
  world = await auditing(testServers(), 2);
  trail = new Follower(world);
});
afterEach(() => world.close());

/** Records that tell when they were written, and so are taken in the order in which they were published. */
async function publishNow(events: readonly StreamEvent[]): Promise<void> {
  const producer = world.kafka.producer();
  await producer.connect();
  for (const event of events) {
    const message = { ...toMessage(event, world.partitions), timestamp: String(Date.now()) };
    await producer.send({ topic: world.topics[event.stream], messages: [message] });
  }
  await producer.disconnect();
}

describe('evidence that comes late', () => {
  test('amends exactly the findings it changes, once, and names them; evidence on that amends them again', async () => {
    const days = Array.from({ length: 10 }, (_, i) => BEGIN + i * DAY);
    await publish(world, [
      actOf('ann', 'consent_given', BEGIN - DAY),
      ...days.map((at) => mailTo('ann', at)),
      actOf('bob', 'consent_given', BEGIN - DAY),
      ...days.map((at) => mailTo('bob', at)),
    ]);
    world.start();
    expect((await verified(world)).amendments).toBe(0);
    await publishNow([actOf('ann', 'consent_withdrawn', BEGIN + 5 * DAY - HOUR)]);
    await trail.reach('amendment', 5);
    await verified(world);
    const amended = trail.of('amendment').map(({ entry }) => entry);
    expect(amended.map(({ occurredAt }) => occurredAt).sort()).toEqual(days.slice(5));
    for (const { amends, verdict, reasons } of amended) {
      const first = trail.entries.find(({ block, index, task }) => {
        return block === amends?.block && index === amends.index && task === amends.task;
      });
      expect(first?.entry).toMatchObject({ kind: 'finding', verdict: 'compliant' });
      expect([verdict, reasons[0]?.rule]).toEqual(['violation', 'consent-withdrawn']);
    }
    // She had consented again before the last two.
    await publishNow([actOf('ann', 'consent_given', BEGIN + 8 * DAY - HOUR)]);
    await trail.reach('amendment', 7);
    await verified(world);
    const again = trail.of('amendment').slice(5);
    expect(again.map(({ entry }) => [entry.occurredAt, entry.verdict]).sort()).toEqual([
      [days[8], 'compliant'],
      [days[9], 'compliant'],
    ]);
    const firsts = new Set(trail.of('finding').map(({ task, block, index }) => `${task}/${block}/${index}`));
    for (const { entry } of again) {
      expect(firsts).toContain(`${entry.amends?.task}/${entry.amends?.block}/${entry.amends?.index}`);
    }
    // What changes nothing amends nothing.
    await publishNow([actOf('ann', 'consent_given', BEGIN + 9 * DAY - HOUR)]);
    expect((await verified(world)).amendments).toBe(7);
  });

  test('amends thousands of findings exactly once, through kill -9 again and again', async () => {
    const mails = 3_000;
    const events = Array.from({ length: mails }, (_, i) => mailTo('carl', BEGIN + i * HOUR));
    await publish(world, [actOf('carl', 'consent_given', BEGIN - DAY), ...events]);
    let auditor = world.start();
    expect((await verified(world)).amendments).toBe(0);
    // Withdrawn and given again, ever later: all findings after it change each time.
    for (let round = 0; round < 4; round++) {
      const before = trail.of('amendment').length;
      const at = BEGIN + 450 * round * HOUR - 1;
      await publishNow([actOf('carl', round % 2 === 0 ? 'consent_withdrawn' : 'consent_given', at)]);
      // Killed at another point of its work each time: as it takes the record, as it amends, as it goes on.
      await trail.reach('amendment', before + (round % 3 === 0 ? 0 : 1));
      await sleep(30 * round);
      auditor.kill('SIGKILL');
      await auditor.exited;
      await trail.read();
      auditor = world.start();
    }
    const { amendments } = await verified(world);
    expect(amendments).toBeGreaterThanOrEqual(mails / 2);
    expect(amendments).toBeLessThanOrEqual(4 * mails);
  });

  test('goes through more findings than one block judges again, while others are served', async () => {
    const many = Array.from({ length: 5_000 }, (_, i) => mailTo('dora', BEGIN + i * HOUR));
    await publish(world, many);
    world.start();
    expect((await verified(world)).amendments).toBe(0);
    await publishNow([actOf('dora', 'consent_given', BEGIN - DAY), mailTo('emil', BEGIN)]);
    await trail.reach('amendment', 5_000);
    expect((await verified(world)).amendments).toBe(5_000);
    const blocks = new Set(trail.of('amendment').map(({ task, block }) => `${task}/${block}`));
    expect(blocks.size).toBeGreaterThanOrEqual(2);
  });
});

interface Case {
  readonly name: string;
  readonly input: readonly { readonly stream: Stream; readonly event: object; readonly timestamp?: string }[];
}

/** The events of each conformance case, of a person of its own. */
function conformanceCases(): StreamEvent[][] {
  const dir = packageFile('test', 'cases');
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  return files.map((file) => {
    const { name, input } = JSON.parse(readFileSync(join(dir, file), 'utf8')) as Case;
    return input.flatMap(({ stream, event }) => {
      const parsed = parseEvent(stream, event);
      if (!parsed.ok) return [];
      const subject = `${name} ${parsed.event.event.subject}`;
      return [{ stream, event: { ...parsed.event.event, subject } } as StreamEvent];
    });
  });
}

test('the conformance cases end alike in whatever order they come, and as they do without a server', async () => {
  const registers = await loadRegisters(defaultRegistersDir());
  const cases = conformanceCases();
  expect(cases.length).toBeGreaterThan(150);
  const orders: Record<string, (events: readonly StreamEvent[]) => StreamEvent[]> = {
    forward: (events) => [...events],
    backward: (events) => [...events].reverse(),
    shuffled: (events) => [...events].sort((a, b) => (a.event.eventId.slice(4) < b.event.eventId.slice(4) ? -1 : 1)),
  };
  const queues = Object.entries(orders).flatMap(([order, arrange]) =>
    cases.map((events) =>
      arrange(events).map((event) => {
        const subject = `${event.event.subject} ${order}`;
        return { ...event, event: { ...event.event, subject } } as StreamEvent;
      }),
    ),
  );
  world.start();
  // A little of each at a time, and waited for: no batch has much of the same case.
  const producer = world.kafka.producer();
  await producer.connect();
  for (let step = 0, sent = 0; step < STEPS; step++) {
    const events = queues.flatMap((queue) =>
      queue.length <= STEPS
        ? (queue[step] ?? [])
        : queue.slice((queue.length * step) / STEPS, (queue.length * (step + 1)) / STEPS),
    );
    const topicMessages = Object.entries(world.topics).map(([stream, topic]) => ({
      topic,
      messages: events
        .filter((event) => event.stream === stream)
        .map((event) => ({ ...toMessage(event, world.partitions), timestamp: String(Date.now()) })),
    }));
    await producer.sendBatch({ topicMessages });
    await trail.reach('finding', (sent += events.length));
  }
  await producer.disconnect();
  const { entries, amendments } = await verified(world);
  expect(amendments).toBeGreaterThan(50);

  const standing = new Map<string, AuditEntry>();
  for (const { entry } of entries) {
    if (entry.source !== null)
      standing.set(`${entry.source.topic} ${entry.source.partition} ${entry.source.offset}`, entry);
  }
  const online = new Map<string, string>();
  const writers = new WriterSchemas();
  const recordedAt = new Map<string, number>();
  for (const [place, { value, timestamp }] of await readAll(world, Object.values(world.topics))) {
    const decoded = decodeRecord(value, writers);
    const entry = standing.get(place);
    if (!decoded.ok || entry === undefined) throw new Error(`${place} is not what was published`);
    recordedAt.set(JSON.stringify(decoded.event), Number(timestamp));
    const register = entry.register?.toString('hex') ?? null;
    online.set(JSON.stringify(decoded.event), findingText({ ...entry, register } as Parameters<typeof findingText>[0]));
  }
  const offline = new Map<string, string>();
  const audit = new OfflineAudit<string>(registers, loadTransferLaw());
  for (const event of queues.flat()) {
    const ref = JSON.stringify(event);
    const { finding, amendments: changed } = audit.accept(ref, event, recordedAt.get(ref) as number);
    offline.set(ref, findingText(finding));
    for (const amendment of changed) offline.set(amendment.ref, findingText(amendment.finding));
  }
  expect([...online].sort()).toEqual([...offline].sort());
  expect(new Set(queues.flat().map(({ event }) => recordKey(event))).size).toBeGreaterThan(450);
});
