import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { MongoConnection } from '#libs/trail';
import { testServers } from '../../../test/support/servers.js';
import { TriageBook } from './book.js';
import { HJEMMEL, type Statement } from './entry.js';
import { TriageStore } from './store.js';

const { mongoUri, database } = testServers();
const url = new URL(mongoUri);
url.pathname = `/${database}`;
const connection = new MongoConnection(url.href, 'triage-test', { info: () => undefined, warn: () => undefined });
const store = new TriageStore(connection);
/** ms; behind all that is said. */
const NOW = 10_000_000;
const OFFICER = { subject: 'u1', name: 'Olav Officer' };

const saying = (action: Statement['action'], rest: Partial<Statement> = {}): Statement => ({
  ...{ action, comment: null, reason: null, assignee: null },
  ...rest,
});

beforeEach(async () => {
  await store.prepare();
  await connection.db.collection('triage').deleteMany({});
});

afterAll(async () => {
  await connection.db.dropDatabase();
  await connection.close();
});

test('what was said is there, in order, for those who come later', async () => {
  expect(await store.add('p1-a', 0, saying('acknowledge'), OFFICER, 1_000)).toBe(true);
  expect(await store.add('p1-a', 1, saying('resolve', { reason: 'fixed', comment: 'Done.' }), OFFICER, 2_000)).toBe(
    true,
  );
  expect(await store.add('p1-b', 0, saying('comment', { comment: 'Hm.' }), OFFICER, 1_500)).toBe(true);
  expect(await store.of('p1-a')).toEqual([
    { ...saying('acknowledge'), problem: 'p1-a', n: 0, actor: OFFICER, at: 1_000 },
    { ...saying('resolve', { reason: 'fixed', comment: 'Done.' }), problem: 'p1-a', n: 1, actor: OFFICER, at: 2_000 },
  ]);
  const book = new TriageBook(store);
  expect(await book.refresh(NOW)).toHaveLength(3);
  expect(book.state('p1-a')).toMatchObject({ status: 'resolved', resolvedAt: 2_000 });
  expect(book.resolved()).toEqual(new Map([['p1-a', 2_000]]));
  expect(book.entries('p1-c')).toEqual([]);
});

test('a clock that is ahead hides nothing that others say', async () => {
  const book = new TriageBook(store);
  await store.add('p1-a', 0, saying('acknowledge'), HJEMMEL, NOW + 3_600_000);
  await book.refresh(NOW);
  await store.add('p1-b', 0, saying('resolve', { reason: 'fixed' }), OFFICER, NOW + 1);
  expect((await book.refresh(NOW + 2)).map(({ problem }) => problem)).toEqual(['p1-b']);
});

test('who was told that there is more than they know, knows it then, however old its time', async () => {
  const book = new TriageBook(store);
  await store.add('p1-b', 0, saying('comment'), OFFICER, NOW);
  await book.refresh(NOW);
  await store.add('p1-a', 0, saying('resolve', { reason: 'fixed' }), OFFICER, 0);
  await book.refresh(NOW);
  expect(book.state('p1-a').status).toBe('open');
  expect(await store.add('p1-a', book.entries('p1-a').length, saying('comment'), OFFICER, NOW)).toBe(false);
  await book.reread('p1-a');
  expect(book.state('p1-a').status).toBe('resolved');
});

test('of two who speak at once one is told that there is more to read', async () => {
  const both = await Promise.all([
    store.add('p1-a', 0, saying('resolve', { reason: 'accepted' }), OFFICER, 1_000),
    store.add('p1-a', 0, saying('acknowledge'), OFFICER, 1_000),
  ]);
  expect([...both].sort()).toEqual([false, true]);
  expect(await store.of('p1-a')).toHaveLength(1);
});

test('a book takes over each entry once, those of a clock that is behind too', async () => {
  const book = new TriageBook(store);
  await store.add('p1-a', 0, saying('resolve', { reason: 'fixed' }), OFFICER, 100_000);
  expect(await book.refresh(NOW)).toHaveLength(1);
  expect(await book.refresh(NOW)).toEqual([]);
  await store.add('p1-a', 1, saying('reopen'), HJEMMEL, 99_000);
  expect((await book.refresh(NOW)).map(({ n }) => n)).toEqual([1]);
  expect(book.state('p1-a').recurred).toBe(true);
  expect(book.resolved().size).toBe(0);
});
