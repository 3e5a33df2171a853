import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { AuditEntry } from '#libs/events';
import { MongoConnection, MongoLogReader, MongoPruner } from '#libs/trail';
import { histories, type MadeBlock, type MadeEntry } from '../../../test/support/finding-histories.js';
import { TestLog } from '../../../test/support/log.js';
import { NaiveViews } from '../../../test/support/naive-views.js';
import { testServers } from '../../../test/support/servers.js';
import { appendBlocks, readAll } from '../../../test/support/views.js';
import type { EntryPlace } from './projection.js';
import type { Scope } from './read/filter.js';
import { ReadModels } from './read/read-models.js';
import { SORTS } from './read/rows.js';
import { prepareViews } from './store/prepare.js';
import { Projector } from './store/projector.js';
import { rebuild } from './store/rebuild.js';

jest.setTimeout(120_000);

const { mongoUri, database } = testServers();
const url = new URL(mongoUri);
url.pathname = `/${database}`;
const quiet = { info: () => undefined, warn: () => undefined };
const connection = new MongoConnection(url.href, 'pruned-views-test', quiet);
const reader = new MongoLogReader(connection, { cacheBytes: 0 });
const EVERYBODY: Scope = { controllers: 'all' };

beforeAll(() => prepareViews(connection));
afterAll(async () => {
  await connection.db.dropDatabase();
  await connection.close();
});

/** One history of several, each of whose chains goes on where those before it ended. */
function joined(parts: readonly MadeBlock[][]): MadeBlock[] {
  const ends = new Map<number, number>();
  return parts.flatMap((part) => {
    const begins = new Map(ends);
    return part.map(({ task, recordedAt, entries }) => {
      const begin = begins.get(task) ?? 0;
      const moved = entries.map((made) => {
        const { amends } = made.entry;
        const block = made.block + begin;
        ends.set(task, Math.max(ends.get(task) ?? 0, block + 1));
        const entry = { ...made.entry, amends: amends && { ...amends, block: amends.block + begin } };
        return { ...made, block, entry };
      });
      return { task, recordedAt, entries: moved };
    });
  });
}

/**
 * A log with half of a history, and where to cut it: in the middle of a block.
 *
 * @param early done when there are but a few blocks
 */
async function begin(history: readonly MadeBlock[], early: (log: TestLog) => Promise<void> = async () => undefined) {
  const collections = await connection.db.collections();
  await Promise.all(collections.map((collection) => collection.deleteMany({})));
  const log = new TestLog(connection);
  await log.prepare();
  const half = history.slice(0, history.length / 2);
  await appendBlocks(log, half.slice(0, 5));
  await early(log);
  await appendBlocks(log, half.slice(5));
  const pruner = new MongoPruner(connection);
  const plan = await pruner.plan({ before: log.size - 20, recordedBefore: Infinity });
  expect(plan.to).toBeGreaterThan(0);
  const cut = log.places[plan.to] as EntryPlace;
  expect(cut.index).toBeGreaterThan(0);
  const prune = async (): Promise<void> => {
    await pruner.record(plan, 'test');
    await pruner.sweep();
  };
  return { log, rest: history.slice(half.length), cut, minimum: plan.to, prune };
}

/** Takes the log over as a notary does that begins: it looks for what was pruned at once. */
async function project({ size }: TestLog): Promise<void> {
  const notary = new Projector(connection, reader);
  while (!(await notary.step(size)));
}

/** What read models must list of what is left of a history. */
function leftOf(history: readonly MadeBlock[], { places }: TestLog, minimum: number): NaiveViews {
  const left = new Set(places.slice(minimum).map(({ task, block, index }) => `${task}/${block}/${index}`));
  return new NaiveViews(
    history.map((block) => ({
      ...block,
      entries: block.entries.filter(({ task, block: n, index }) => left.has(`${task}/${n}/${index}`)),
    })),
  );
}

async function lists(models: ReadModels): Promise<string[][]> {
  await models.refresh();
  return Promise.all(SORTS.map((sort) => readAll(models, {}, EVERYBODY, sort, 50)));
}

const history = joined(fc.sample(histories, { seed: 3, numRuns: 30 }));

test('what is left after pruning is listed the same by read models that were kept and by those made anew', async () => {
  const { log, rest, cut, minimum, prune } = await begin(history);
  await project(log);
  await prune();
  // Late evidence on what was pruned, of a block that is there still for the sake of its other entries.
  const gone = history
    .flatMap(({ entries }) => entries)
    .find(
      ({ task, block, index, entry }) =>
        task === cut.task && block === cut.block && index < cut.index && entry.kind === 'finding' && !entry.repeat,
    ) as MadeEntry;
  const reasons = [{ rule: 'consent-missing', effect: 'violation', clause: null, message: 'Late.' }] as const;
  const { task, block, index } = gone;
  const late: AuditEntry = {
    ...gone.entry,
    kind: 'amendment',
    verdict: 'violation',
    reasons,
    amends: { task, block, index },
  };
  const end = Math.max(...history.filter((one) => one.task === task).map(({ entries }) => entries[0]?.block ?? 0));
  const place = { task, block: end + 1, index: 0 };
  const after = [...rest, { task, recordedAt: late.recordedAt, entries: [{ ...place, entry: late }] }];
  await appendBlocks(log, after);
  await project(log);

  const naive = leftOf(history, log, minimum);
  const models = new ReadModels(connection);
  const expected = SORTS.map((sort) => naive.list({}, EVERYBODY, sort));
  expect(await lists(models)).toEqual(expected);
  await rebuild(connection, reader);
  expect(await lists(models)).toEqual(expected);
  expect(await models.count({}, EVERYBODY)).toBe(expected[0]?.length);
  const counts = [...(await models.statistics({}, EVERYBODY, ['verdict', 'day']))];
  expect(Object.fromEntries(counts.map(({ key, count }) => [JSON.stringify(key), count]))).toEqual(
    naive.statistics({}, EVERYBODY, ['verdict', 'day']),
  );
});

test('read models that are behind what was pruned are made anew', async () => {
  const { log, rest, minimum, prune } = await begin(history, project);
  await prune();
  await appendBlocks(log, rest);
  await project(log);
  const naive = leftOf(history, log, minimum);
  expect(await lists(new ReadModels(connection))).toEqual(SORTS.map((sort) => naive.list({}, EVERYBODY, sort)));
});
