import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { StreamEvent } from '#libs/events';
import { createTraffic } from '../apps/local/src/traffic/traffic.js';
import { expectedFindings, placeOf } from '../drill/final-findings.js';
import { auditing, publish, rulebook, topicRecords, verified } from './support/auditing.js';
import type { Auditing } from './support/auditing.js';
import { testServers } from './support/servers.js';

jest.setTimeout(240_000);

const NOW = Date.UTC(2026, 0, 1);
const TASKS = 8;
let world: Auditing;

beforeEach(async () => {
  world = await auditing(testServers(), TASKS);
});
afterEach(() => world.close());

const traffic = (count: number): StreamEvent[] => createTraffic({ seed: 11, now: NOW }).take(count);

test('a cold start on four full topics finds what ordered reading finds', async () => {
  await publish(world, traffic(40_000));
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
