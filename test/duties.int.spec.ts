import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { OrderEvent, RightsEvent, StreamEvent } from '#libs/events';
import { packageFile } from '#libs/register';
import { actorUri, entriesOf, prepareDatabase } from '#libs/trail';
import type { PlacedEntry } from '#libs/trail';
import { auditing, entriesReach, publish, VAULT_KEY } from './support/auditing.js';
import type { Auditing } from './support/auditing.js';
import { testServers } from './support/servers.js';
import { bareEnv } from './support/bare-env.js';

// A dozen programs are started, one after the other.
jest.setTimeout(600_000);

const PASSWORD = randomUUID();
const PERSON = 'customer-7f3a-whose-request-waits';
const OTHER = 'customer-9b1c-whose-request-was-answered-late';
let world: Auditing;
let mongoUri: string;
let database: string;

beforeAll(async () => {
  const servers = testServers();
  world = await auditing(servers, 2);
  await prepareDatabase(world.mongodb.db, () => PASSWORD);
  mongoUri = world.mongodbUri;
  database = servers.database;
});
afterAll(async () => {
  await world.mongodb.db.command({ dropAllUsersFromDatabase: 1 });
  await world.mongodb.db.command({ dropAllRolesFromDatabase: 1 });
  await world.close();
});

const base = (subject: string, at: string, controller = 'janus') => ({
  eventId: randomUUID(),
  occurredAt: Date.parse(at),
  controller,
  service: 'shop',
  subject,
});

function right(subject: string, at: string, action: RightsEvent['action'], controller?: string): StreamEvent {
  const event: RightsEvent = {
    ...base(subject, at, controller),
    action,
    purposes: [],
    requestId: 'r-1',
    requestKind: null,
    evidence: null,
  };
  return { stream: 'rights', event };
}

function order(subject: string, at: string): StreamEvent {
  const event: OrderEvent = {
    ...base(subject, at),
    purpose: 'purchase',
    legalBasis: 'contract',
    dataCategories: ['name'],
    collectedAt: null,
    justification: null,
    action: 'placed',
    orderId: 'o-1',
    customerType: 'private',
  };
  return { stream: 'orders', event };
}

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Line {
  readonly duty: string;
  readonly controller: string;
  readonly subject: string;
  readonly verdict: string;
  readonly reasons: readonly { readonly rule: string; readonly message: string }[];
  readonly dueAt: string;
  readonly purpose: string | null;
  readonly fulfilledAt: string | null;
  readonly position: string | null;
}

function duties(...args: string[]): Promise<Outcome> {
  const env = {
    ...bareEnv(),
    MONGODB_URI: actorUri(mongoUri, 'investigator', database, PASSWORD),
    HJEMMEL_VAULT_KEY: VAULT_KEY,
  };
  const main = packageFile('dist', 'apps', 'cli', 'src', 'main.js');
  return new Promise((resolve) => {
    const done = (error: { code?: unknown } | null, out: string, err: string) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    execFile(process.execPath, [main, 'duties', ...args], { env }, done).stdin?.end();
  });
}

async function lines(...args: string[]): Promise<Line[]> {
  const { out, err } = await duties('--json', ...args);
  expect(err).toBe('');
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}

async function entries(kind: string): Promise<PlacedEntry[]> {
  const all: PlacedEntry[] = [];
  for await (const block of world.trail.blocks()) all.push(...entriesOf(block));
  return all.filter(({ entry }) => entry.kind === kind);
}

const positionOf = ({ task, block, index }: PlacedEntry): string => `${task}/${block}/${index}`;

test('lists what is overdue and what falls due, before and after it stands in the trail, and names nobody unless on record', async () => {
  expect(await duties('--at', '2024-01-01T00:00:00Z')).toEqual({
    code: 0,
    err: '',
    out: 'As of 2024-01-01T00:00:00.000Z: 0 overdue, 0 fulfilled late, 0 to fall due by 2024-01-31T00:00:00.000Z.\n',
  });

  await publish(world, [
    right(PERSON, '2023-01-31T12:00:00Z', 'request_received'),
    right(OTHER, '2023-02-10T12:00:00Z', 'request_received'),
    order(OTHER, '2023-02-11T12:00:00Z'),
    right('of-another-controller', '2023-01-01T00:00:00Z', 'request_received', 'jetcards'),
  ]);
  // So seldom that no sweep comes before the test is at its end.
  const first = world.start({ HJEMMEL_SWEEP_SECONDS: '86400' });
  await entriesReach(world, 4);
  const open = await lines('--at', '2023-02-28T12:00:00Z', '--upcoming', 'P20D');
  expect(open).toEqual([
    expect.objectContaining({ duty: 'request-overdue', verdict: 'open', dueAt: '2023-02-28T12:00:00.000Z' }),
    expect.objectContaining({ duty: 'request-overdue', verdict: 'open', dueAt: '2023-03-10T12:00:00.000Z' }),
  ]);
  expect(await lines('--at', '2023-02-28T12:00:00Z', '--upcoming', 'P9D')).toHaveLength(1);
  expect(await lines('--at', '2023-02-28T12:00:00Z', '--controller', 'jetcards')).toEqual([]);
  const [overdue] = await lines('--at', '2023-02-28T12:00:00.001Z', '--upcoming', 'P1D');
  expect(overdue).toEqual({
    duty: 'request-overdue',
    controller: 'janus',
    subject: expect.stringMatching(/^[0-9a-f]{12}$/),
    verdict: 'violation',
    reasons: [expect.objectContaining({ rule: 'request-overdue' })],
    dueAt: '2023-02-28T12:00:00.000Z',
    purpose: null,
    fulfilledAt: null,
    position: null,
  });
  expect(overdue?.subject).toBe(open[0]?.subject);
  first.kill('SIGKILL');
  await first.exited;

  await publish(world, [right(OTHER, '2023-03-20T00:00:00Z', 'request_answered')]);
  world.start({ HJEMMEL_SWEEP_SECONDS: '1' });
  await entriesReach(world, 7);
  let found = await entries('duty');
  while (found.length < 2) {
    await sleep(100);
    found = await entries('duty');
  }
  const before = await world.trail.count();
  const now = await lines('--upcoming', 'PT0S');
  expect(now.map(({ position }) => position).sort()).toEqual(found.map(positionOf).sort());
  expect(now.map(({ dueAt, fulfilledAt }) => [dueAt, fulfilledAt])).toEqual([
    ['2023-02-28T12:00:00.000Z', null],
    ['2023-03-10T12:00:00.000Z', '2023-03-20T00:00:00.000Z'],
  ]);
  const table = await duties();
  expect(table).toMatchObject({ code: 1, err: '' });
  expect(table.out).toContain('1 overdue, 1 fulfilled late');
  expect(`${table.out}${JSON.stringify(now)}`).not.toMatch(/customer-|r-1/);
  expect(await entries('reveal')).toEqual([]);
  expect(await world.trail.count()).toBe(before);

  const refused = await duties('--reveal', `request of ${PERSON}`);
  expect(refused).toMatchObject({ code: 2, out: '' });
  expect(await entries('reveal')).toEqual([]);
  const named = await lines('--reveal', 'weekly review', '--actor', 'ida');
  expect(named.map(({ subject }) => subject)).toEqual([PERSON, OTHER]);
  const acts = await entries('reveal');
  expect(acts.map(({ entry }) => entry.act)).toEqual(
    expect.arrayContaining(named.map(() => expect.objectContaining({ actor: 'ida', reason: 'weekly review' }))),
  );
  const positions = acts.map(({ entry }) => positionOf(entry.act?.position as PlacedEntry));
  expect(positions.sort()).toEqual(found.map(positionOf).sort());
  expect(acts.every(({ entry }) => entry.tag !== null && entry.controller === 'janus')).toBe(true);
});

test.each([
  [['--at', 'yesterday'], /--at `yesterday` is no UTC time/],
  [['--upcoming', '30'], /--upcoming `30` is no period of time/],
  [['--actor', 'ida'], /--actor goes with --reveal/],
  [['--reveal', ' '], /empty/],
  [['--registers', 'nowhere'], /nowhere/],
])('%j is a wrong command', async (args, message) => {
  const { code, out, err } = await duties(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(message);
});
