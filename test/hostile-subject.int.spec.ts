import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { StreamEvent } from '#libs/events';
import { entriesOf } from '#libs/trail';
import { createTraffic } from '../apps/local/src/traffic/traffic.js';
import { auditing, publish, type Auditing } from './support/auditing.js';
import { testServers } from './support/servers.js';

jest.setTimeout(300_000);

const NOW = Date.UTC(2026, 0, 1);
const HOSTILE = 6_000;
const OTHERS = 2_000;
/** The same number of records is to take no more than so many times as long, whoever they are about. */
const SLOWER = 10;
const MINUTE = 60_000;
const POLL_MS = 100;

let worlds: Auditing[] = [];
beforeEach(() => {
  worlds = [];
});
afterEach(async () => {
  await Promise.all(worlds.map((world) => world.close()));
});

async function newWorld(): Promise<Auditing> {
  const world = await auditing(testServers(), 2);
  worlds.push(world);
  return world;
}

/** One person's events, each a minute before the one that was published before it; every tenth is evidence. */
function ofOne(count: number): StreamEvent[] {
  return Array.from({ length: count }, (_, i): StreamEvent => {
    const base = {
      eventId: randomUUID(),
      occurredAt: NOW - i * MINUTE,
      controller: 'jetpak',
      service: 'newsletter',
      subject: 'somebody-busy',
    };
    if (i % 10 === 0) {
      const action = i % 20 === 0 ? 'consent_given' : 'consent_withdrawn';
      const rest = { purposes: ['marketing'], requestId: null, requestKind: null, evidence: null };
      return { stream: 'rights', event: { ...base, action, ...rest } };
    }
    const processing = { purpose: 'marketing', legalBasis: 'consent' as const, dataCategories: ['email'] };
    const rest = { collectedAt: null, justification: null, action: 'sent' as const, channel: 'email' as const };
    return { stream: 'marketing', event: { ...base, ...processing, ...rest, personalised: false } };
  });
}

/** How long it takes from the first record published to all of them in the trail, ms. */
async function timeOf(world: Auditing, events: readonly StreamEvent[]): Promise<number> {
  const auditor = world.start();
  await auditor.said('tasks assigned');
  const started = performance.now();
  await publish(world, events);
  for (let covered = 0; covered < events.length; await sleep(POLL_MS)) {
    world.requireAuditor();
    const { partitions } = await world.trail.accountOffsets();
    covered = partitions.reduce((sum, { to }) => sum + to, 0);
  }
  return performance.now() - started;
}

test('a person with very many events, evidence coming ever later, does not slow the others, and nobody is missed', async () => {
  const others = createTraffic({ seed: 11, now: NOW }).take(HOSTILE + OTHERS);
  const usual = await timeOf(await newWorld(), others);

  const busy = ofOne(HOSTILE);
  const each = HOSTILE / OTHERS;
  const mixed = others.slice(0, OTHERS).flatMap((event, i) => [event, ...busy.slice(i * each, (i + 1) * each)]);
  const world = await newWorld();
  const hostile = await timeOf(world, mixed);
  expect(hostile).toBeLessThan(SLOWER * usual + 5_000);

  const seen = new Map<string, number>();
  for await (const block of world.trail.blocks()) {
    for (const { entry } of entriesOf(block)) {
      if (entry.kind !== 'finding' || entry.source === null) continue;
      const place = `${entry.source.topic} ${entry.source.partition} ${entry.source.offset}`;
      seen.set(place, (seen.get(place) ?? 0) + 1);
    }
  }
  expect(new Set(seen.values())).toEqual(new Set([1]));
  const published = await Promise.all(Object.values(world.topics).map((topic) => world.admin.fetchTopicOffsets(topic)));
  expect(seen.size).toBe(published.flat().reduce((sum, { high }) => sum + Number(high), 0));
});
