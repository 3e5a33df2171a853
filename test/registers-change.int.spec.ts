import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { stringify } from 'yaml';
import { compileRegister, loadTransferLaw, Registers } from '#libs/register';
import type { RegisterFile } from '#libs/register';
import { differences, expectedFindings, FinalFindings } from '../drill/final-findings.js';
import { ACME, mail, right } from './support/acme.js';
import { auditing, publish, topicRecords } from './support/auditing.js';
import type { Auditing } from './support/auditing.js';
import { Follower } from './support/follow.js';
import { testServers } from './support/servers.js';

jest.setTimeout(400_000);

const PARTITIONS = 4;
const ENV = { HJEMMEL_REGISTERS_POLL_SECONDS: '1' };
let world: Auditing;
let trail: Follower;
let dir: string;

beforeEach(async () => {
  world = await auditing(testServers(), PARTITIONS);
  trail = new Follower(world);
  dir = await mkdtemp(join(tmpdir(), 'hjemmel-registers-'));
});
afterEach(async () => {
  await world.close();
  await rm(dir, { recursive: true });
});

const FIRST: RegisterFile = ACME;
/** Says nothing of news any more, from a day that is past. */
const SECOND: RegisterFile = {
  ...ACME,
  version: 2,
  inForce: { ...ACME.inForce, from: '2021-01-01' },
  purposes: Object.fromEntries(Object.entries(ACME.purposes).filter(([id]) => id !== 'news')),
  recipients: ACME.recipients
    .filter(({ purposes }) => !Array.isArray(purposes) || !purposes.includes('news'))
    .map((recipient) => (recipient.id === 'buyer' ? { ...recipient, purposes: 'all' as const } : recipient)),
};

async function keepRegister(name: string, text: string): Promise<void> {
  await writeFile(join(dir, `.${name}`), text);
  await rename(join(dir, `.${name}`), join(dir, name));
}

const ids = (files: readonly RegisterFile[]) => files.map((file) => compileRegister(file).id).sort();

const mails = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => mail('2022-01-01T00:00:00Z', { subject: `s-${(from + i) % 50}` }));

test('a new version is taken up while running, by all auditors, and no event is judged twice', async () => {
  await keepRegister('acme-1.yaml', stringify(FIRST));
  const auditors = [world.start({ HJEMMEL_REGISTERS: dir, ...ENV }), world.start({ HJEMMEL_REGISTERS: dir, ...ENV })];
  await Promise.all(auditors.map((auditor) => auditor.said('tasks assigned')));
  await publish(world, mails(0, 200));
  await trail.reach('finding', 200);

  const steady = new AbortController();
  let published = 200;
  const publishing = (async () => {
    while (!steady.signal.aborted) {
      await publish(world, mails(published, 40));
      published += 40;
      await sleep(100);
    }
  })();
  await keepRegister('acme-2.yaml', stringify(SECOND));
  await Promise.all(auditors.map((auditor) => auditor.said('other registers are judged by from now on')));
  const taken = published;
  while (published < taken + 200) await sleep(50);
  steady.abort();
  await publishing;
  // Consent of before comes to light: findings of both versions are looked at again, each by its own.
  await publish(
    world,
    Array.from({ length: 50 }, (_, i) =>
      right('2021-06-01T00:00:00Z', 'consent_given', { subject: `s-${i}`, purposes: ['news'] }),
    ),
  );
  await trail.reach('finding', published + 50);

  const registers = new Registers([FIRST, SECOND].map((file) => compileRegister(file)));
  const records = await topicRecords(world);
  let faults: string[] = [];
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(100)) {
    await trail.read();
    const finals = new FinalFindings();
    for (const placed of trail.entries) finals.add(placed);
    const by = { registers, law: loadTransferLaw(), pinned: finals.registers };
    faults = [
      ...finals.faults,
      ...differences(
        finals.standing,
        expectedFindings(() => records, by),
      ),
    ];
    if (faults.length === 0) break;
  }
  expect(faults).toEqual([]);

  // Each task's log says what its entries are judged by; findings name nothing else.
  const inForce = new Map<number, string[]>();
  const stated = new Map<number, string[][]>();
  const used = new Set<string>();
  for (const { task, entry } of trail.entries) {
    const loaded = entry.account?.registers?.map(({ sha256 }) => sha256.toString('hex')).sort();
    if (loaded !== undefined) {
      inForce.set(task, loaded);
      stated.set(task, [...(stated.get(task) ?? []), loaded]);
    }
    const register = entry.register?.toString('hex');
    if (entry.kind !== 'finding' || register === undefined) continue;
    used.add(register);
    expect(inForce.get(task)).toContain(register);
    // The second is in force at the time of all events, so whoever knows it judges by it.
    if (inForce.get(task)?.length === 2) expect([register]).toEqual(ids([SECOND]));
  }
  expect([...used].sort()).toEqual(ids([FIRST, SECOND]));
  expect(stated.size).toBe(PARTITIONS);
  for (const sets of stated.values()) expect([sets[0], sets.at(-1)]).toEqual([ids([FIRST]), ids([FIRST, SECOND])]);
  const amended = trail.of('amendment').map(({ entry }) => entry.register?.toString('hex'));
  expect(new Set(amended)).toEqual(new Set(ids([FIRST])));
});

test('a faulty file changes nothing and is told once; put right, it is taken', async () => {
  await keepRegister('acme-1.yaml', stringify(FIRST));
  const auditor = world.start({ HJEMMEL_REGISTERS: dir, ...ENV });
  await publish(world, mails(0, 50));
  await trail.reach('finding', 50);
  await keepRegister('acme-2.yaml', stringify(SECOND).replace('hjemmel: register/1', 'hjemmel: register/9'));
  await auditor.said('are not in order');
  await sleep(3_000);
  await publish(world, mails(50, 50));
  await trail.reach('finding', 100);
  expect(auditor.log.filter(({ msg }) => msg.includes('are not in order'))).toHaveLength(1);
  expect(new Set(trail.of('finding').map(({ entry }) => entry.register?.toString('hex')))).toEqual(
    new Set(ids([FIRST])),
  );
  await keepRegister('acme-2.yaml', stringify(SECOND));
  await auditor.said('other registers are judged by from now on');
  await publish(world, mails(100, 50));
  await trail.reach('finding', 150);
  expect(trail.of('finding').at(-1)?.entry.register?.toString('hex')).toBe(ids([SECOND])[0]);
});
