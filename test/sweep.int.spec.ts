import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { PlacedEntry } from '#libs/trail';
import { auditing, publish, verified } from './support/auditing.js';
import type { Auditing } from './support/auditing.js';
import { Follower } from './support/follow.js';
import { requestOf } from './support/people.js';
import { testServers } from './support/servers.js';

jest.setTimeout(400_000);

const DAY = 86_400_000;
const NOW = Date.now();
const EVERY_SECOND = { HJEMMEL_SWEEP_SECONDS: '1' };
let world: Auditing;
let trail: Follower;

beforeEach(async () => {
  world = await auditing(testServers(), 2);
  trail = new Follower(world);
});
afterEach(() => world.close());

const received = (subject: string, daysAgo: number) => requestOf(subject, 'request_received', NOW - daysAgo * DAY);
const answered = (subject: string, daysAgo: number) => requestOf(subject, 'request_answered', NOW - daysAgo * DAY);

const place = ({ task, block, index }: Pick<PlacedEntry, 'task' | 'block' | 'index'>) => `${task}/${block}/${index}`;

/** Resolves once a sweep was made that knew all that was published up to now: it finds somebody who is overdue. */
async function swept(): Promise<void> {
  const duties = trail.of('duty').length;
  // One of each task.
  const somebody = Array.from({ length: 8 }, (_, i) => received(`somebody ${duties} ${i}`, 50 + i));
  await publish(world, somebody);
  await trail.reach('duty', duties + somebody.length);
}

test('a duty is found once, whoever sweeps, and amended by what becomes known of it', async () => {
  await publish(world, [received('anna', 40), received('berit', 40), received('carl', 40), received('dag', 10)]);
  const first = world.start(EVERY_SECOND);
  await trail.reach('duty', 3);
  const found = trail.of('duty');
  for (const { entry } of found) {
    expect(entry).toMatchObject({ source: null, stream: null, controller: 'janus', verdict: 'violation' });
    expect(entry.reasons.map(({ rule }) => rule)).toEqual(['request-overdue']);
    expect(entry.occurredAt).toBeLessThan(NOW);
  }
  first.kill('SIGKILL');
  await first.exited;
  world.start(EVERY_SECOND);
  await swept();
  expect(trail.of('duty')).toHaveLength(3 + 8);

  await publish(world, [answered('anna', 1), answered('berit', 39)]);
  await trail.reach('amendment', 2);
  await swept();
  const amended = trail.of('amendment');
  expect(amended.map(({ entry }) => entry.verdict).sort()).toEqual(['compliant', 'violation']);
  const late = amended.find(({ entry }) => entry.verdict === 'violation');
  expect(late?.entry.reasons[0]?.message).toContain('answered late');
  for (const { entry } of amended) {
    const original = found.find((each) => entry.amends !== null && place(each) === place(entry.amends));
    expect([original?.entry.tag, original?.entry.occurredAt]).toEqual([entry.tag, entry.occurredAt]);
  }
  // And then it turns out that Anna had been answered in time as well.
  await publish(world, [answered('anna', 38)]);
  await trail.reach('amendment', 3);
  expect(trail.of('amendment').at(-1)?.entry).toMatchObject({ verdict: 'compliant', amends: late?.entry.amends });
  await swept();
  expect(trail.of('amendment')).toHaveLength(3);
  await verified(world);
});

test('what falls due as time goes by is found then; what a wrong clock found too early is excused until it is due', async () => {
  await publish(world, [received('eva', 10)]);
  const today = world.start(EVERY_SECOND);
  await swept();
  const before = trail.of('duty').length;
  today.kill('SIGTERM');
  expect(await today.exited).toBe(0);
  const later = world.start({ ...EVERY_SECOND, TEST_CLOCK_OFFSET_MS: String(30 * DAY) });
  await trail.reach('duty', before + 1);
  const eva = trail.of('duty').at(-1);
  expect(eva?.entry.reasons[0]?.rule).toBe('request-overdue');
  expect(eva?.entry.occurredAt).toBeGreaterThan(NOW);
  later.kill('SIGKILL');
  await later.exited;
  const right = world.start(EVERY_SECOND);
  await trail.reach('amendment', 1);
  const [excused] = trail.of('amendment');
  expect([excused?.entry.verdict, excused?.entry.tag]).toEqual(['compliant', eva?.entry.tag]);
  await swept();
  expect([trail.of('amendment').length, trail.of('duty').length]).toEqual([1, before + 1 + 8]);
  right.kill('SIGTERM');
  expect(await right.exited).toBe(0);
  world.start({ ...EVERY_SECOND, TEST_CLOCK_OFFSET_MS: String(30 * DAY) });
  await trail.reach('amendment', 2);
  expect(trail.of('amendment').at(-1)?.entry).toMatchObject({ verdict: 'violation', tag: eva?.entry.tag });
  await verified(world);
});
