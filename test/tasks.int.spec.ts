import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { StreamEvent } from '#libs/events';
import { createTraffic } from '../apps/local/src/traffic/traffic.js';
import { expectedFindings, placeOf } from '../drill/final-findings.js';
import { auditing, entriesReach, owned, publish, rulebook, topicRecords, verified } from './support/auditing.js';
import type { Auditing } from './support/auditing.js';
import { testServers } from './support/servers.js';
import type { ServiceProcess } from './support/service-process.js';

jest.setTimeout(240_000);

const NOW = Date.UTC(2026, 0, 1);
const TASKS = 8;
const POLL_MS = 200;
let world: Auditing;

beforeEach(async () => {
  world = await auditing(testServers(), TASKS);
});
afterEach(async () => {
  await failPoint('off');
  await world.close();
});

const traffic = (count: number): StreamEvent[] => createTraffic({ seed: 11, now: NOW }).take(count);

/** Inserts of blocks take that long, `times` times. */
const slowInserts = (times: number, blockTimeMS: number) =>
  failPoint({ times }, { failCommands: ['insert'], blockConnection: true, blockTimeMS });

async function failPoint(mode: unknown, how: object = {}): Promise<void> {
  const namespace = `${world.mongodb.db.databaseName}.blocks`;
  const data = { appName: 'hjemmel-auditor', namespace, ...how };
  await world.mongodb.client.db('admin').command({ configureFailPoint: 'failCommand', mode, data });
}

/** Number of inserts of blocks that MongoDB has begun and not ended. */
async function insertsUnderWay(): Promise<number> {
  const database = world.mongodb.db.databaseName;
  const operations = await world.mongodb.client
    .db('admin')
    .aggregate([{ $currentOp: {} }])
    .toArray();
  return operations.filter(({ command }) => command?.insert === 'blocks' && command.$db === database).length;
}

async function until(done: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await done())) {
    world.requireAuditor();
    await sleep(POLL_MS);
  }
}

/** Resolves when each task has one owner among these auditors, and none has two tasks more than another. */
async function evenlyShared(auditors: readonly ServiceProcess[]): Promise<void> {
  await until(() => {
    const shares = auditors.map(owned);
    const all = shares.flat().sort((a, b) => a - b);
    const sizes = shares.map(({ length }) => length);
    return all.join() === ALL.join() && Math.max(...sizes) - Math.min(...sizes) <= 1;
  });
}
const ALL = Array.from({ length: TASKS }, (_, task) => task);

interface Ownership {
  readonly writer: string;
  readonly topics: Set<string>;
}

/** Who wrote each task's chain, in its order. Expects that nobody wrote again after somebody else had. */
async function ownerships(): Promise<Map<number, Ownership[]>> {
  const byTask = new Map<number, Ownership[]>();
  for await (const { task, writer, ranges } of world.trail.heads()) {
    const chain = byTask.get(task) ?? [];
    byTask.set(task, chain);
    if (chain.at(-1)?.writer !== writer) chain.push({ writer, topics: new Set() });
    for (const { topic } of ranges) chain.at(-1)?.topics.add(topic);
  }
  for (const chain of byTask.values()) expect(new Set(chain.map(({ writer }) => writer)).size).toBe(chain.length);
  return byTask;
}

test('two to four auditors share the tasks evenly, each with all four topics; and all are killed at once', async () => {
  const events = traffic(4_000);
  const publishing = publish(world, events.slice(0, 3_000), 100);
  const auditors = [world.start(), world.start()];
  await evenlyShared(auditors);
  await entriesReach(world, 500);
  auditors.push(world.start());
  await evenlyShared(auditors);
  auditors.push(world.start());
  await evenlyShared(auditors);
  expect(auditors.map((auditor) => owned(auditor).length)).toEqual([2, 2, 2, 2]);
  await publishing;
  for (const auditor of auditors) auditor.kill('SIGKILL');
  await Promise.all(auditors.map(({ exited }) => exited));
  await publish(world, events.slice(3_000));
  await evenlyShared([world.start(), world.start()]);
  await verified(world);
  for (const chain of (await ownerships()).values()) {
    expect(chain.at(-1)?.topics).toEqual(new Set(Object.values(world.topics)));
  }
});

test('a rebalance in the middle of a batch: who had the task finds its block written', async () => {
  const first = world.start();
  await first.said('tasks assigned');
  // As many as are handled at the same time.
  await slowInserts(4, 12_000);
  const events = traffic(4_000);
  await publish(world, events.slice(0, 3_000));
  await until(async () => (await insertsUnderWay()) === 4);
  const second = world.start();
  await evenlyShared([first, second]);
  const moved = new Set(owned(second));
  await until(async () => {
    for await (const { task } of world.trail.heads()) moved.delete(task);
    return moved.size === 0;
  });
  expect(await insertsUnderWay()).toBeGreaterThanOrEqual(4);
  await publish(world, events.slice(3_000));
  await verified(world);
  await ownerships();
});

test('an auditor stopped past its session time-out writes nothing when it wakes up', async () => {
  const events = traffic(10_000);
  await publish(world, events.slice(0, 9_000));
  await slowInserts(4, 3_000);
  const zombie = world.start();
  // As many as are handled at the same time; so that it holds records of the other tasks that it has not written.
  await until(async () => (await insertsUnderWay()) === 4);
  process.kill(zombie.pid, 'SIGSTOP');
  const heir = world.start();
  await evenlyShared([heir]);
  const before = await world.trail.count();
  await entriesReach(world, before + 4_000);
  process.kill(zombie.pid, 'SIGCONT');
  await zombie.said('another process wrote to this task');
  await evenlyShared([zombie, heir]);
  await publish(world, events.slice(9_000));
  await verified(world);
  const chains = await ownerships();
  expect([...chains.values()].some((chain) => chain.length > 1)).toBe(true);
});

test('a cold start on four full topics finds what ordered reading finds', async () => {
  await publish(world, traffic(20_000));
  const [records, by] = [await topicRecords(world), await rulebook()];
  // What reading one topic after the other would come to.
  const expected = expectedFindings(() => records, by);
  const topicByTopic = [...records].sort((a, b) =>
    a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.offset - b.offset,
  );
  const unmerged = expectedFindings(() => topicByTopic, by, 'as they came');
  const wrong = records.filter((record) => unmerged.get(placeOf(record)) !== expected.get(placeOf(record))).length;
  expect(wrong).toBeGreaterThan(records.length / 100);

  const auditors = [world.start(), world.start()];
  const { mistaken, amendments } = await verified(world);
  expect(auditors.every(({ running }) => running())).toBe(true);
  expect(mistaken).toBeLessThan(records.length / 1_000);
  expect(amendments).toBeLessThan(records.length / 1_000);
});
