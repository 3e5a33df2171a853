import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { StreamEvent } from '#libs/events';
import { DUTIES } from '#libs/judge';
import { packageFile } from '#libs/register';
import { OpenDuties, parseVaultKeys, PeopleCounts, Roll } from '#libs/subjects';
import type { OpenDutyRow } from '#libs/subjects';
import { actorUri, entriesOf, MongoConnection, prepareDatabase } from '#libs/trail';
import { problemId } from '#libs/views';
import { createTraffic } from '../apps/local/src/traffic/traffic.js';
import { auditing, entriesReach, owned, publish, readAll, VAULT_KEY, verified } from './support/auditing.js';
import type { Auditing } from './support/auditing.js';
import { actOf, mailTo, requestOf } from './support/people.js';
import { testServers } from './support/servers.js';
import { bareEnv } from './support/bare-env.js';

jest.setTimeout(400_000);

const DAY = 86_400_000;
const MINUTE = 60_000;
const NOW = Date.now();
const PASSWORD = 'of the users of the roles';
const TASKS = 2;
const EVERY_SECOND = { HJEMMEL_SWEEP_SECONDS: '1' };
let world: Auditing;
let database: string;
/** With the rights of the api. */
let api: MongoConnection;

beforeEach(async () => {
  const servers = testServers();
  ({ database } = servers);
  world = await auditing(servers, TASKS);
  await prepareDatabase(world.mongodb.db, () => PASSWORD);
  api = new MongoConnection(uriOf('api'), 'counts-test', { info: () => undefined, warn: () => undefined });
});
afterEach(async () => {
  await api.close();
  await world.mongodb.db.command({ dropAllUsersFromDatabase: 1 });
  await world.mongodb.db.command({ dropAllRolesFromDatabase: 1 });
  await world.close();
});

const uriOf = (actor: 'auditor' | 'investigator' | 'api') => actorUri(world.mongodbUri, actor, database, PASSWORD);
/** An auditor acts as the user of its role, as in production. */
const start = (env: Record<string, string> = {}) => world.start({ MONGODB_URI: uriOf('auditor'), ...env });

/** How many people the entries of each problem are about, by the trail, the records and the vault. */
async function peopleByTrail(): Promise<Map<string, number>> {
  const records = await readAll(world, Object.values(world.topics));
  const about = new Map<string, string>();
  const tasks = await world.trail.tasks();
  for await (const { task, subject } of new Roll(world.mongodb, parseVaultKeys(VAULT_KEY)).subjects(tasks)) {
    for (const { block, index } of subject.duties) about.set(`${task}/${block}/${index}`, subject.key);
  }
  const people = new Map<string, Set<string>>();
  for await (const made of world.trail.blocks()) {
    for (const { task, block, index, entry } of entriesOf(made)) {
      const { source, amends, controller, service, stream, reasons } = entry;
      const place = amends === null ? `${task}/${block}/${index}` : `${amends.task}/${amends.block}/${amends.index}`;
      if (entry.kind === 'finding' && source !== null) {
        const record = records.get(`${source.topic} ${source.partition} ${source.offset}`);
        about.set(place, String(record?.key));
      }
      for (const { rule, clause } of reasons) {
        const id = problemId({ controller, rule, clause, service, kind: stream ?? 'duty' });
        people.set(id, (people.get(id) ?? new Set()).add(about.get(place) ?? 'nobody knows'));
      }
    }
  }
  expect([...people.values()].some((keys) => keys.has('nobody knows'))).toBe(false);
  return new Map(Array.from(people, ([id, keys]) => [id, keys.size]));
}

/** How many findings of the trail repeat no earlier one; where that is so for each event once, there are as many tags. */
async function firstsByTrail(): Promise<number> {
  const tags: string[] = [];
  for await (const made of world.trail.blocks()) {
    for (const { entry } of entriesOf(made)) {
      if (entry.kind === 'finding' && !entry.repeat) tags.push(String(entry.tag?.toString('hex')));
    }
  }
  expect(new Set(tags).size).toBe(tags.length);
  return tags.length;
}

test('INVARIANT: of each problem it is known how many people it touches, and each event is counted once, whoever dies', async () => {
  const traffic = createTraffic({ seed: 5, now: NOW }).take(6_000);
  // Requests fall due while it is looked, late evidence amends, and some come again.
  const late = traffic.filter((_, i) => i % 17 === 0);
  await publish(world, traffic.slice(0, 2_000));
  const first = start(EVERY_SECOND);
  const second = start(EVERY_SECOND);
  await entriesReach(world, 1_000);
  const more = publish(world, [...traffic.slice(2_000), ...late], 300);
  first.kill('SIGKILL');
  await entriesReach(world, 3_000);
  const third = start(EVERY_SECOND);
  await entriesReach(world, 4_500);
  second.kill('SIGKILL');
  await more;
  // All may be judged by now; who has the tasks last is who writes down what is left.
  while (owned(third).length < TASKS) await soon();
  await verified(world);
  third.kill('SIGTERM');
  expect(await third.exited).toBe(0);
  const expected = await peopleByTrail();
  expect(expected.size).toBeGreaterThan(20);
  expect(Math.max(...expected.values())).toBeGreaterThan(10);
  expect(await new PeopleCounts(api).counts(expected.keys())).toEqual(expected);
  expect(await firstsByTrail()).toEqual(new Set(traffic.map(({ event }) => event.eventId)).size);
  const sum = [...expected.values()].reduce((total, count) => total + count, 0);
  expect(await api.db.collection('problemPeople').countDocuments()).toBe(sum);
});

interface Line {
  readonly duty: string;
  readonly controller: string;
  readonly purpose: string | null;
  readonly verdict: string;
  readonly dueAt: string;
}

/** What `hjemmel duties` says falls due within thirty days of a time, in the form of the list of what falls due soon. */
async function openByCommand(at: number): Promise<OpenDutyRow[]> {
  const main = packageFile('dist', 'apps', 'cli', 'src', 'main.js');
  const args = [main, 'duties', '--json', '--upcoming', 'P30D', '--at', new Date(at).toISOString()];
  const env = { ...bareEnv(), MONGODB_URI: uriOf('investigator'), HJEMMEL_VAULT_KEY: VAULT_KEY };
  const out = await new Promise<string>((resolve, reject) => {
    const done = (fault: { code?: unknown } | null, text: string, said: string) =>
      fault === null || fault.code === 1 ? resolve(text) : reject(new Error(said));
    execFile(process.execPath, args, { env, maxBuffer: 1e8 }, done).stdin?.end();
  });
  const counts = new Map<string, OpenDutyRow>();
  for (const line of out.split('\n').filter(Boolean)) {
    const { duty, controller, purpose, verdict, dueAt } = JSON.parse(line) as Line;
    if (verdict !== 'open') continue;
    const due = duty === 'request-overdue' ? Date.parse(dueAt) : Math.floor(Date.parse(dueAt) / DAY) * DAY;
    const row = { controller, duty: duty as OpenDutyRow['duty'], purpose, dueAt: due };
    const key = JSON.stringify(row);
    counts.set(key, { ...row, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}

async function soon(): Promise<void> {
  world.requireAuditor();
  await sleep(100);
}

/** What falls due soon by both, once auditors have looked at all that was published up to now; but for its ends. */
async function bothOpen(): Promise<[string[], string[]]> {
  const reader = new OpenDuties(api);
  const since = Date.now();
  // Counted first: a list read before the last task was looked at would lack that.
  while ((await api.db.collection('openDuties').countDocuments()) < TASKS) await soon();
  let found = await reader.list();
  for (; (found.asOf ?? 0) < since; found = await reader.list()) await soon();
  const { asOf, rows } = found;
  const at = asOf as number;
  // Tasks are looked at at different times, and the command asks for one.
  const inside = ({ dueAt }: OpenDutyRow) => dueAt > at + MINUTE && dueAt < at + 30 * DAY - MINUTE;
  const told = (all: readonly OpenDutyRow[]) => all.filter(inside).map((row) => JSON.stringify(Object.entries(row).sort())).sort(); // prettier-ignore
  return [told(rows), told(await openByCommand(at))];
}

/** Janus' version of what is Jetpak's. */
const ofJanus = ({ stream, event }: StreamEvent) =>
  ({ stream, event: { ...event, controller: 'janus' } }) as StreamEvent;

/** Prospects whose data is to be erased some days before or after now, requests that wait, and withdrawals. */
function untilDue(): StreamEvent[] {
  return Array.from({ length: 45 }, (_, i) => [
    mailTo(`prospect-${i}`, NOW - (370 - i) * DAY),
    mailTo(`prospect-${i}-too`, NOW - (370 - i) * DAY),
    requestOf(`asking-${i}`, 'request_received', NOW - i * DAY),
    ...(i % 3 === 0 ? [requestOf(`asking-${i}`, 'request_answered', NOW - (i * DAY) / 2)] : []),
    ofJanus(mailTo(`withdrawing-${i}`, NOW - (i + 2) * DAY)),
    ofJanus(actOf(`withdrawing-${i}`, 'consent_withdrawn', NOW - (i + 1) * DAY)),
  ]).flat();
}

test('what falls due soon is what `hjemmel duties` lists, with as many of each', async () => {
  await publish(world, [...createTraffic({ seed: 7, now: NOW }).take(2_000), ...untilDue()]);
  const first = start(EVERY_SECOND);
  await verified(world);
  const [told, listed] = await bothOpen();
  for (const duty of DUTIES) expect(listed.filter((row) => row.includes(duty)).length).toBeGreaterThan(10);
  expect(told).toEqual(listed);
  first.kill('SIGKILL');
  await first.exited;

  start(EVERY_SECOND);
  await publish(world, [requestOf('asking-8', 'request_answered', NOW - DAY), requestOf('finn', 'request_received', NOW - 5 * DAY)]); // prettier-ignore
  await verified(world);
  const [after, listedAfter] = await bothOpen();
  expect(after).toEqual(listedAfter);
  expect(after).not.toEqual(told);
});
