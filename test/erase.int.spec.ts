import { execFile } from 'node:child_process';
import { createDecipheriv, createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { encodeRecord } from '#libs/events';
import type { StreamEvent } from '#libs/events';
import { generateSignerKey } from '#libs/log';
import { packageFile } from '#libs/register';
import { PeopleCounts } from '#libs/subjects';
import { entriesOf, MongoConnection, MongoLogReader, prepareDatabase } from '#libs/trail';
import type { PlacedEntry } from '#libs/trail';
import { createTraffic } from '../apps/local/src/traffic/traffic.js';
import { auditing, entriesReach, publish, readAll, recordsJudged, toMessage, VAULT_KEY } from './support/auditing.js';
import type { Auditing } from './support/auditing.js';
import { testServers } from './support/servers.js';
import { startService } from './support/service-process.js';
import { bareEnv } from './support/bare-env.js';

jest.setTimeout(180_000);

const NOW = Date.UTC(2026, 0, 1);
const DAY = 24 * 60 * 60 * 1_000;
const PARTITIONS = 2;
const CONTROLLER = 'jetpak';
const dir = mkdtempSync(join(tmpdir(), 'hjemmel-erase-'));
const PERSON = 'customer-7f3a-to-be-erased';
const OTHER = 'customer-9b1c-to-be-kept';
let servers: ReturnType<typeof testServers>;
let world: Auditing;

/** Somebody who may read every collection there is. */
let reader: MongoConnection;
/** Password of the users of the roles. */
const PASSWORD = randomUUID();

afterAll(() => rmSync(dir, { recursive: true, force: true }));
beforeEach(async () => {
  servers = testServers();
  world = await auditing(servers, PARTITIONS);
  await prepareDatabase(world.mongodb.db, () => PASSWORD);
  const admin = world.mongodb.client.db('admin');
  const [createUser, pwd] = [`reader-${randomUUID()}`, randomUUID()];
  const privileges = [{ resource: { anyResource: true }, actions: ['find', 'listCollections', 'listDatabases'] }];
  await admin.command({ createRole: createUser, privileges, roles: [] });
  await admin.command({ createUser, pwd, roles: [createUser] });
  const quiet = { info: () => undefined, warn: () => undefined };
  reader = new MongoConnection(uriOf(createUser, pwd, 'admin'), 'reader', quiet);
});
afterEach(async () => {
  const { username } = reader.client.options.credentials ?? {};
  await reader.close();
  const { db, client } = world.mongodb;
  await client.db('admin').command({ dropUser: username });
  await client.db('admin').command({ dropRole: username });
  await db.command({ dropAllUsersFromDatabase: 1 });
  await db.command({ dropAllRolesFromDatabase: 1 });
  await world.close();
});

function uriOf(user: string, password = PASSWORD, authSource = servers.database): string {
  const url = new URL(world.mongodbUri);
  [url.username, url.password] = [user, password];
  url.searchParams.set('authSource', authSource);
  return url.href;
}

/** Each program acts as the user of its role, as in production. Entries are counted: duties, found in time, are in the way. */
const start = (env: Record<string, string> = {}) =>
  world.start({ MONGODB_URI: uriOf('hjemmel-auditor'), HJEMMEL_SWEEP_SECONDS: '86400', ...env });

const base = (subject: string, day: number) => ({
  eventId: randomUUID(),
  occurredAt: NOW - 100 * DAY + day * DAY,
  controller: CONTROLLER,
  service: 'shop',
  subject,
});

function consent(subject: string, day: number): StreamEvent {
  const rest = { action: 'consent_given', purposes: ['marketing'], requestId: null, requestKind: null, evidence: null };
  return { stream: 'rights', event: { ...base(subject, day), ...rest } } as StreamEvent;
}

function mail(subject: string, day: number): StreamEvent {
  const processing = { purpose: 'marketing', legalBasis: 'consent', dataCategories: ['email'], collectedAt: null };
  const rest = { justification: null, action: 'sent', channel: 'email', personalised: false };
  return { stream: 'marketing', event: { ...base(subject, day), ...processing, ...rest } } as StreamEvent;
}

const story = (subject: string) => [consent(subject, 1), mail(subject, 2), consent(subject, 3), mail(subject, 4)];
const traffic = (count: number, seed: number) => createTraffic({ seed, now: NOW }).take(count);

/** A record that cannot be read, though it plainly is of that person. */
async function publishUnreadable(subject: string): Promise<void> {
  const event = mail(subject, 5);
  const producer = world.kafka.producer();
  await producer.connect();
  const message = { ...toMessage(event, PARTITIONS), value: encodeRecord(event).subarray(0, -1) };
  await producer.send({ topic: world.topics.marketing, messages: [message] });
  await producer.disconnect();
}

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function hjemmel(...args: string[]): Promise<Outcome> {
  return hjemmelWith({}, ...args);
}

function hjemmelWith(settings: Record<string, string>, ...args: string[]): Promise<Outcome> {
  const env = {
    ...bareEnv(),
    KAFKA_BROKERS: servers.kafkaBrokers,
    MONGODB_URI: uriOf('hjemmel-investigator'),
    HJEMMEL_VAULT_KEY: VAULT_KEY,
    HJEMMEL_TOPIC_DEAD_LETTER: world.deadLetters,
    ...settings,
  };
  const main = packageFile('dist', 'apps', 'cli', 'src', 'main.js');
  return new Promise((resolve) => {
    const done = (error: { code?: unknown } | null, out: string, err: string) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    execFile(process.execPath, ['--disable-warning=TimeoutNegativeWarning', main, ...args], { env }, done).stdin?.end();
  });
}

const erase = (subject: string) =>
  hjemmel('erase', '--controller', CONTROLLER, '--subject', subject, '--reason', 'request 7', '--yes');

/** `hjemmel verify`, once every entry is under a checkpoint. */
async function verify(signer: string, ...args: string[]): Promise<Outcome> {
  const log = new MongoLogReader(world.mongodb);
  while (((await log.checkpoint())?.size ?? 0) < (await world.trail.count())) await sleep(100);
  return hjemmelWith({ MONGODB_URI: uriOf('hjemmel-api'), HJEMMEL_SIGNING_KEY: signer }, 'verify', ...args);
}

async function entries(): Promise<PlacedEntry[]> {
  const all: PlacedEntry[] = [];
  for await (const block of world.trail.blocks()) all.push(...entriesOf(block));
  return all;
}

/** The values of the vault, opened by what is said of their form in docs/trail.md alone: no code of the vault's. */
async function openVault(): Promise<{ place: string; plain: Buffer }[]> {
  const { db } = world.mongodb;
  const hmac = (key: Buffer, text: Buffer) => createHmac('sha256', key).update(text).digest();
  const gcm = (key: Buffer, place: string, bytes: Buffer) => {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
    decipher.setAAD(Buffer.from(place));
    decipher.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
  };
  const settingsKey = Buffer.from(VAULT_KEY, 'base64');
  const dataKeys = new Map<number, Buffer>();
  for await (const { _id, wrapped } of db
    .collection<{ _id: number; wrapped: { buffer: Buffer } }>('vaultKeys')
    .find()) {
    dataKeys.set(_id, gcm(settingsKey, `vaultKeys/${_id}`, Buffer.from(wrapped.buffer)));
  }
  const values: { place: string; plain: Buffer }[] = [];
  for (const name of ['subjects', 'factsJournal', 'positions']) {
    for await (const document of db.collection(name).find({ body: { $exists: true } })) {
      const id = document._id as unknown as { buffer?: Buffer; task: number; n: number; writer: string };
      const own = id.buffer ? Buffer.from(id.buffer).toString('hex') : `${id.task}/${id.n}/${id.writer}`;
      const body = Buffer.from((document['body'] as { buffer: Buffer }).buffer);
      const key = hmac(dataKeys.get(document['g'] as number) as Buffer, body.subarray(0, 16));
      values.push({ place: `${name}/${own}`, plain: gcm(key, `${name}/${own}`, body.subarray(16)) });
    }
  }
  return values;
}

/** The person's secret, which stands behind the key in the subject's document or the journal. */
async function secretOf(subject: string): Promise<Buffer> {
  const key = Buffer.from(`${CONTROLLER}/${subject}`);
  for (const { place, plain } of await openVault()) {
    const at = plain.indexOf(key) + key.length;
    if (at < key.length || place.startsWith('positions')) continue;
    // In the journal an Avro union comes between: 02, the secret; 00, none.
    const secret = plain.subarray(place.startsWith('subjects') ? at : at + 1).subarray(0, 32);
    if (place.startsWith('subjects') || plain[at] === 2) return Buffer.from(secret);
  }
  throw new Error('the vault has no secret of this subject');
}

function needles(subject: string, events: readonly StreamEvent[], secrets: readonly Buffer[]): Buffer[] {
  const ids = events.map(({ event }) => event.eventId);
  return [
    ...[subject, ...ids, ...secrets.flatMap((one) => [one.toString('hex'), one.toString('base64')])].map((text) =>
      Buffer.from(text),
    ),
    ...ids.map((id) => Buffer.from(id.replaceAll('-', ''), 'hex')),
    ...secrets,
  ];
}

/** Where any of these stands: in any document of any database, the oplog among them, and in any value of the vault. */
async function found(wanted: readonly Buffer[]): Promise<string[]> {
  const places: string[] = [];
  const holds = (bytes: Buffer) => wanted.some((needle) => bytes.includes(needle));
  const { client } = reader;
  const { databases } = await client.db().admin().listDatabases();
  for (const { name } of databases) {
    for (const { name: collection } of await client.db(name).listCollections({ type: 'collection' }).toArray()) {
      const documents = client.db(name).collection(collection).find({}, { raw: true });
      for await (const raw of documents) if (holds(raw as unknown as Buffer)) places.push(`${name}.${collection}`);
    }
  }
  for (const { place, plain } of await openVault()) if (holds(plain)) places.push(place);
  return places;
}

test('nothing of an erased person is found in any collection, our topic, log or metric; all else goes on', async () => {
  const [mine, theirs] = [story(PERSON), story(OTHER)];
  await publish(world, [...mine, ...theirs, ...traffic(3_000, 1)]);
  await publishUnreadable(PERSON);
  await publishUnreadable(OTHER);
  const auditors = [start({ PORT: '0', LOG_LEVEL: 'debug' }), start({ PORT: '0', LOG_LEVEL: 'debug' })];
  const signer = generateSignerKey('log.test/trail');
  const notary = startService('notary', {
    MONGODB_URI: uriOf('hjemmel-notary'),
    HJEMMEL_SIGNING_KEY: signer,
    LOG_LEVEL: 'debug',
  });
  await recordsJudged(world);
  const held = join(dir, 'held.checkpoint');
  expect(await verify(signer, '--save', held)).toMatchObject({ code: 0 });
  const secret = await secretOf(PERSON);
  const wanted = needles(PERSON, mine, [secret]);
  expect((await found(wanted)).map((place) => place.split('/')[0])).toContain('positions');
  const tagged = (await entries()).filter(({ entry }) => entry.tag !== null);
  const tag = (event: StreamEvent) => createHmac('sha256', secret).update(event.event.eventId).digest();
  const ours = tagged.filter(({ entry }) => mine.some((event) => entry.tag?.equals(tag(event))));
  expect(ours).toHaveLength(4);
  const [someEntry] = ours.map(({ task, block, index }) => `${task}/${block}/${index}`) as [string];
  expect(await hjemmel('reveal', someEntry, '--reason', 'request 6')).toMatchObject({
    code: 0,
    out: `${JSON.stringify({ position: someEntry, controller: CONTROLLER, subject: PERSON })}\n`,
  });
  const { task, block, index } = ours[0] as PlacedEntry;
  const logIndex = await new MongoLogReader(world.mongodb).logIndexOf(task, block, index);
  expect(await hjemmel('reveal', String(logIndex), '--reason', 'request 6')).toMatchObject({
    code: 0,
    out: `${JSON.stringify({ position: someEntry, controller: CONTROLLER, subject: PERSON })}\n`,
  });
  const listed = await hjemmel('reveal', '--controller', CONTROLLER, '--subject', PERSON, '--reason', 'request 6');
  const positions = listed.out.trim().split('\n').map((line) => (JSON.parse(line) as { position: string }).position); // prettier-ignore
  expect(positions.sort()).toEqual(ours.map(({ task, block, index }) => `${task}/${block}/${index}`).sort());

  const more = publish(world, traffic(6_000, 2), 100);
  await entriesReach(world, 3_013 + 1_000);
  const erased = await erase(PERSON);
  expect(erased).toMatchObject({ code: 0, err: '' });
  expect(erased.out).toContain('whom 4 entries are about');
  expect(erased.out).toContain('Destroyed 1 letter');
  await more;
  const total = 3_010 + 6_000 + 4;
  await recordsJudged(world);

  expect(await found(wanted)).toEqual([]);
  expect((await found(needles(OTHER, theirs, []))).map((place) => place.split('/')[0])).toContain('positions');
  const letters = [...(await readAll(world, [world.deadLetters])).values()];
  expect(letters.map(({ key }) => String(key))).toEqual([`${CONTROLLER}/${OTHER}`]);
  expect(String(letters[0]?.headers?.['hjemmel_reason'])).toBe('event-unreadable');
  for (const auditor of auditors) {
    expect(auditor.running()).toBe(true);
    const { url } = await auditor.said('listening');
    const told = JSON.stringify(auditor.log) + (await (await fetch(`${String(url)}/metrics`)).text());
    for (const text of [PERSON, secret.toString('hex'), ...mine.map(({ event }) => event.eventId)]) {
      expect(told).not.toContain(text);
    }
  }

  expect((await world.trail.accountOffsets({ whole: true })).faults).toEqual([]);
  const all = await entries();
  // Findings may have been amended meanwhile.
  expect(all.filter(({ entry }) => entry.kind !== 'amendment')).toHaveLength(total);
  const acts = all.filter(({ entry }) => entry.act !== null);
  expect(acts.map(({ entry }) => [entry.kind, entry.act?.reason])).toEqual([
    ['reveal', 'request 6'],
    ['reveal', 'request 6'],
    ['reveal', 'request 6'],
    ['erased', 'request 7'],
  ]);
  expect(await verify(signer, '--held', held)).toMatchObject({ code: 0 });
  expect(JSON.stringify(notary.log)).not.toContain(PERSON);
  notary.kill('SIGTERM');
  expect(await notary.exited).toBe(0);
  for (const { entry } of acts) {
    expect(entry.tag).toEqual(createHmac('sha256', secret).update(String(entry.act?.id)).digest());
  }
  expect(await hjemmel('reveal', someEntry, '--reason', 'request 8')).toMatchObject({ code: 1, out: '' });
  expect(await erase(PERSON)).toMatchObject({ code: 1, err: expect.stringContaining('Nothing is known') });

  await publish(world, [mine[1] as StreamEvent]);
  await recordsJudged(world);
  const again = (await entries()).filter(({ entry }) => entry.tag?.equals(tag(mine[1] as StreamEvent)));
  expect(again).toHaveLength(1);
  const anew = await hjemmel('reveal', '--controller', CONTROLLER, '--subject', PERSON, '--reason', 'request 9');
  expect(anew.out.trim().split('\n')).toHaveLength(1);
  expect((await secretOf(PERSON)).equals(secret)).toBe(false);
});

test('an owner that was paused before the erasure and wakes up after it does not bring the person back', async () => {
  const mine = story(PERSON);
  await publish(world, [...mine, ...traffic(500, 3)]);
  const auditor = start();
  await recordsJudged(world);
  const wanted = needles(PERSON, mine, [await secretOf(PERSON)]);
  auditor.kill('SIGSTOP');
  expect(await erase(PERSON)).toMatchObject({ code: 0 });
  auditor.kill('SIGCONT');
  await publish(world, traffic(500, 4));
  await recordsJudged(world);
  auditor.kill('SIGTERM');
  expect(await auditor.exited).toBe(0);
  expect(await found(wanted)).toEqual([]);
  expect((await world.trail.accountOffsets({ whole: true })).faults).toEqual([]);
});

test('an owner that has nothing to do forgets the person too', async () => {
  const mine = story(PERSON);
  await publish(world, mine);
  const auditor = start();
  await recordsJudged(world);
  const wanted = needles(PERSON, mine, [await secretOf(PERSON)]);
  expect(await erase(PERSON)).toMatchObject({ code: 0 });
  await auditor.said('another process wrote to this task');
  auditor.kill('SIGTERM');
  expect(await auditor.exited).toBe(0);
  expect(await found(wanted)).toEqual([]);
});

/** People by problem. */
async function counted(): Promise<Map<string, number>> {
  const ids = await world.mongodb.db.collection<{ _id: { p: string } }>('problemPeople').distinct('_id.p');
  return new PeopleCounts(world.mongodb).counts(ids as string[]);
}

test('whom problems touched goes on to count, and that it was an erased person nothing tells', async () => {
  const bad = [mail(PERSON, 0), mail(OTHER, 0)];
  await publish(world, [...bad, ...story(PERSON), ...traffic(500, 8)]);
  const auditor = start();
  await recordsJudged(world);
  const secret = await secretOf(PERSON);
  const documents = world.mongodb.db.collection<{ _id: { p: string; t: { buffer: Buffer } } }>('problemPeople');
  const own = async (): Promise<Buffer[]> => {
    const tokens = (await documents.find().toArray()).map(({ _id: { p, t } }) => [p, Buffer.from(t.buffer)] as const);
    const token = (p: string) => createHmac('sha256', secret).update(`problem/${p}`).digest().subarray(0, 8);
    return tokens.filter(([p, t]) => t.equals(token(p))).map(([, t]) => t);
  };
  while ((await own()).length === 0) await sleep(100);
  const tokens = await own();
  const places = [`${servers.database}.problemPeople`, 'local.oplog.rs'];
  expect(new Set((await found(tokens)).map((place) => place.split('/')[0]))).toEqual(
    new Set([...places, 'factsJournal']),
  );
  const before = await counted();

  expect(await erase(PERSON)).toMatchObject({ code: 0 });
  expect(await found(needles(PERSON, [...bad.slice(0, 1)], [secret]))).toEqual([]);
  expect(new Set(await found(tokens))).toEqual(new Set(places));
  expect(await counted()).toEqual(before);

  await publish(world, [mail(PERSON, 6)]);
  await recordsJudged(world);
  auditor.kill('SIGTERM');
  expect(await auditor.exited).toBe(0);
  const sum = (counts: Map<string, number>) => [...counts.values()].reduce((total, count) => total + count, 0);
  expect(sum(await counted())).toBe(sum(before) + tokens.length);
  expect(await own()).toEqual(tokens);
});

test('an erasure that was broken off between its block and the destroying is done by whoever opens the task', async () => {
  const mine = [...story(PERSON), consent(PERSON, 5)];
  await publish(world, [...mine.slice(0, 4), ...traffic(500, 5)]);
  const first = start();
  await recordsJudged(world);
  first.kill('SIGTERM');
  await first.exited;
  const second = start();
  await publish(world, mine.slice(4));
  await recordsJudged(world);
  second.kill('SIGKILL');
  await second.exited;
  const { db } = world.mongodb;
  const names = ['subjects', 'factsJournal'] as const;
  const before = await Promise.all(
    names.map((name) => db.collection(name).find({}, { promoteValues: false }).toArray()),
  );
  expect(before.map((documents) => documents.length > 0)).toEqual([true, true]);
  const wanted = needles(PERSON, mine, [await secretOf(PERSON)]);
  expect(await erase(PERSON)).toMatchObject({ code: 0 });
  expect(await found(wanted)).toEqual([]);
  // As if the command had died at once: what it destroyed is put back, the positions aside.
  for (const [i, name] of names.entries()) {
    for (const document of before[i] ?? []) {
      await db.collection(name).replaceOne({ _id: document._id }, document, { upsert: true });
    }
  }
  const third = start();
  await publish(world, [mine[1] as StreamEvent]);
  await recordsJudged(world);
  third.kill('SIGTERM');
  expect(await third.exited).toBe(0);
  const secret = await secretOf(PERSON);
  expect(wanted.some((needle) => needle.equals(secret))).toBe(false);
  expect(await erase(PERSON)).toMatchObject({ code: 0 });
  expect(await found(wanted)).toEqual([]);
});

test('commands that cannot work say why in a line and leave the trail alone', async () => {
  await publish(world, story(PERSON));
  const auditor = start();
  await recordsJudged(world);
  const person = ['--controller', CONTROLLER, '--subject', PERSON];
  const because = ['--reason', 'request 7'];
  const cases: [string, Record<string, string>, string[]][] = [
    ['--reason', {}, ['erase', ...person]],
    ['--reason is empty', {}, ['erase', ...person, '--reason', ' ', '--yes']],
    ['--reason holds the id', {}, ['erase', ...person, '--reason', `request of ${PERSON.toUpperCase()}.`, '--yes']],
    ['--actor holds the id', {}, ['reveal', ...person, ...because, '--actor', PERSON]],
    ['add --yes', {}, ['erase', ...person, ...because]],
    ['HJEMMEL_VAULT_KEY is not set', { HJEMMEL_VAULT_KEY: '' }, ['erase', ...person, ...because, '--yes']],
    ['none of the given keys', { HJEMMEL_VAULT_KEY: 'ab'.repeat(32) }, ['erase', ...person, ...because, '--yes']],
    ['Or use --no-dead-letters', { KAFKA_BROKERS: '' }, ['erase', ...person, ...because, '--yes']],
    ['may not do this', { MONGODB_URI: uriOf('hjemmel-api') }, ['erase', ...person, ...because, '--yes']],
    ['does not know this user', { MONGODB_URI: uriOf('nobody') }, ['reveal', '0/0/0', ...because]],
    ['belong together', {}, ['reveal', '--controller', CONTROLLER, ...because]],
    ['the one or the other', {}, ['reveal', ...because]],
    ['is no position', {}, ['reveal', '0/0', ...because]],
    ['has no entry 0/99/0', {}, ['reveal', '0/99/0', ...because]],
    ['The log has no entry 7', {}, ['reveal', '7', ...because]],
  ];
  for (const [says, settings, args] of cases) {
    const { code, out, err } = await hjemmelWith(settings, ...args);
    expect({ says, code, out }).toEqual({ says, code: 2, out: '' });
    expect(err).toContain(says);
    expect(err).not.toContain('    at ');
  }
  expect(await world.trail.count()).toBe(4);
  auditor.kill('SIGTERM');
  expect(await auditor.exited).toBe(0);
});

test('hjemmel vault rotate puts the vault under another key while auditors are running', async () => {
  const NEW = Buffer.alloc(32, 'another key').toString('base64');
  const both = { HJEMMEL_VAULT_KEY: `${NEW},${VAULT_KEY}` };
  const first = start();
  await publish(world, story(PERSON));
  await recordsJudged(world);
  first.kill('SIGTERM');
  await first.exited;
  const second = start(both);
  const more = publish(world, traffic(4_000, 6), 500);
  const rotated = await hjemmelWith(both, 'vault', 'rotate');
  expect(rotated).toMatchObject({ code: 0, err: '' });
  expect(rotated.out).toContain('is no longer needed: take it out of HJEMMEL_VAULT_KEY');
  await more;
  await recordsJudged(world);
  second.kill('SIGTERM');
  expect(await second.exited).toBe(0);
  const [place] = await entries();
  const position = `${place?.task}/${place?.block}/${place?.index}`;
  expect(await hjemmelWith({ HJEMMEL_VAULT_KEY: NEW }, 'reveal', position, '--reason', 'a test')).toMatchObject({
    code: 0,
  });
  const third = start();
  expect(await third.exited).toBe(2);
  await third.said('none of the given keys');
});
