import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { Binary, type ObjectId } from 'mongodb';
import { MongoConnection, MongoLogReader } from '#libs/trail';
import { histories, type MadeBlock } from '../../../test/support/finding-histories.js';
import { TestLog } from '../../../test/support/log.js';
import { NaiveViews } from '../../../test/support/naive-views.js';
import { testServers } from '../../../test/support/servers.js';
import { appendBlocks, readAll } from '../../../test/support/views.js';
import type { Scope } from './read/filter.js';
import { Finder } from './read/finder.js';
import { ReadModels } from './read/read-models.js';
import { DIMENSIONS, SORTS, type StatisticsRow } from './read/rows.js';
import { forEachMoment } from './moments.js';
import {
  toCountRows,
  type CountDocument,
  type HourDocument,
  type SetDocument,
  type SetName,
} from './store/documents.js';
import { prepareViews } from './store/prepare.js';
import { Projector } from './store/projector.js';
import { rebuild } from './store/rebuild.js';
import { recurred } from './store/recurred.js';
import { SetTaken, viewCollections, ViewSet } from './store/view-set.js';
import { SetKeeper } from './store/set-keeper.js';

jest.setTimeout(180_000);

const { mongoUri, database } = testServers();
const url = new URL(mongoUri);
url.pathname = `/${database}`;
const quiet = { info: () => undefined, warn: () => undefined };
const connection = new MongoConnection(url.href, 'views-test', quiet);
const reader = new MongoLogReader(connection, { cacheBytes: 0 });
let log: TestLog;

const NO_CUT = { index: 0, starts: new Map<number, number>(), first: null };
const EVERYBODY: Scope = { controllers: 'all' };
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
console.info(`seed ${seed} (SEED=${seed} repeats it)`);

beforeAll(() => prepareViews(connection));

/** An empty log, and no read models. */
async function begin(): Promise<void> {
  const collections = await connection.db.collections();
  await Promise.all(collections.map((collection) => collection.deleteMany({})));
  log = new TestLog(connection);
  await log.prepare();
}

beforeEach(begin);

afterAll(async () => {
  await connection.db.dropDatabase();
  await connection.close();
});

const append = (blocks: readonly MadeBlock[]) => appendBlocks(log, blocks);

/** Takes the whole log over. */
async function project(projector = new Projector(connection, reader)): Promise<void> {
  while (!(await projector.step(log.size)));
}

/** Gives the shapes of a set other numbers: the last the first, and so on. */
async function renumber(set: SetName): Promise<void> {
  const { shapes, findings } = viewCollections(connection, set);
  const all = await shapes.find().toArray();
  const renumbered = (id: number): number => all.length - 1 - id;
  await shapes.deleteMany({});
  await shapes.insertMany(all.map((shape) => ({ ...shape, _id: renumbered(shape._id) })));
  for (const { _id, shape, history } of await findings.find().toArray()) {
    const earlier = history?.map((version) => ({ ...version, shape: renumbered(version.shape) }));
    await findings.updateOne({ _id }, { $set: { shape: renumbered(shape), ...(earlier && { history: earlier }) } });
  }
}

const START = Date.UTC(2026, 2, 1);
const time = fc
  .tuple(fc.integer({ min: -6 * 24, max: 9 * 24 }), fc.constantFrom(0, 0, 1, 1_234_567))
  .map(([hours, ms]) => START + hours * 3_600_000 + ms);
const range = fc.record({ from: time, to: time }, { requiredKeys: [] });
const some = <T>(...values: T[]) => fc.subarray(values, { minLength: 1 });
const times = { occurred: range, recorded: range };
const byAnything = fc.record(
  {
    controllers: some('janus', 'jetpak', 'acme', 'nobody'),
    verdicts: some('violation', 'gap', 'unreadable', 'compliant'),
    rules: some('purpose-undeclared', 'consent-missing', 'request-overdue', 'event-unreadable'),
    clauses: some('purposes', 'consent'),
    purposes: some('orders', 'news'),
    services: some('shop', 'mailer'),
    kinds: some('orders', 'marketing', 'sharing', 'rights', 'duty', 'unreadable'),
    ...times,
  },
  { requiredKeys: [] },
);
/** By times alone too, of which any mistake shows. */
const filters = fc.oneof(byAnything, fc.record(times, { requiredKeys: [] }));
const scopes = fc.oneof(
  fc.constant(EVERYBODY),
  fc.subarray(['janus', 'jetpak', 'acme']).map((list): Scope => ({ controllers: new Set(list) })),
);
const questions = fc.array(
  fc.record({
    filter: filters,
    scope: scopes,
    sort: fc.constantFrom(...SORTS),
    limit: fc.integer({ min: 1, max: 20 }),
    by: fc.subarray([...DIMENSIONS], { maxLength: 3 }),
  }),
  { minLength: 8, maxLength: 12 },
);

test('whatever the log says, lists, counts, statistics and problems are what going through all of it gives', async () => {
  const property = fc.asyncProperty(
    histories,
    questions,
    fc.integer({ min: 1, max: 5 }),
    async (history, asked, step) => {
      await begin();
      const projector = new Projector(connection, reader);
      const models = new ReadModels(connection);
      for (let i = 0; i < history.length; i += step) {
        await append(history.slice(i, i + step));
        await project(projector);
        // Read along, so that what changes in memory is tested, and not only what is loaded.
        await models.refresh();
      }
      const naive = new NaiveViews(history);
      expect(models.through).toBe(log.size);
      for (const { filter, scope, sort, limit, by } of asked) {
        const expected = naive.list(filter, scope, sort);
        expect(await readAll(models, filter, scope, sort, limit)).toEqual(expected);
        expect(await models.count(filter, scope)).toBe(expected.length);
        const rows = [...(await models.statistics(filter, scope, by))];
        expect(rows).toEqual([...rows].sort(byKey));
        expect(Object.fromEntries(rows.map(({ key, count }) => [JSON.stringify(key), count]))).toEqual(
          naive.statistics(filter, scope, by),
        );
        const found = await models.problems(filter, scope, START);
        expect(Object.fromEntries(found.map(({ id, findings }) => [id, findings]))).toEqual(
          naive.problems(filter, scope),
        );
      }
    },
  );
  await fc.assert(property, { seed, numRuns: 25 });
});

describe('with a history', () => {
  const [history] = fc.sample(
    histories.filter((blocks) => blocks.flatMap(({ entries }) => entries).length > 60),
    {
      seed: 7,
      numRuns: 1,
    },
  ) as [MadeBlock[]];

  async function contents(set: 'A' | 'B') {
    const of = (name: string) =>
      connection.db
        .collection(`${name}${set}`)
        .find({}, { sort: { _id: 1 }, projection: { through: 0 } })
        .toArray();
    // What came and went again is none, in one step as in two.
    const counts = ((await of('viewCounts')) as unknown as CountDocument[]).flatMap((one) => [...toCountRows(one)]);
    const moments = momentsOf((await of('viewHours')) as unknown as HourDocument[]);
    return {
      shapes: await of('viewShapes'),
      findings: await of('viewFindings'),
      counts: counts.filter(({ n }) => n !== 0).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
      moments,
    };
  }

  test('built anew they are the same, and are then the ones that are read', async () => {
    const projector = new Projector(connection, reader);
    for (const block of history) {
      await append([block]);
      await project(projector);
    }
    const before = await contents('A');
    expect(before.findings.length).toBeGreaterThan(20);
    const seen: string[] = [];
    expect(await rebuild(connection, reader, ({ phase }) => void seen.push(phase))).toBe(log.size);
    expect(seen).toContain('building');
    expect(await contents('B')).toEqual(before);
    const models = new ReadModels(connection);
    await models.refresh();
    expect(await readAll(models, {}, EVERYBODY, 'occurredAt', 7)).toEqual(
      new NaiveViews(history).list({}, EVERYBODY, 'occurredAt'),
    );
    // And the next time into the first set, which was used before.
    await rebuild(connection, reader);
    expect(await contents('A')).toEqual(before);
  });

  test('a reader that is there when they are built anew goes over to them', async () => {
    await append(history.slice(0, 3));
    const projector = new Projector(connection, reader);
    await project(projector);
    const models = new ReadModels(connection);
    await models.refresh();
    await rebuild(connection, reader);
    await append(history.slice(3));
    await project(projector);
    await models.refresh();
    expect(models.through).toBe(log.size);
    expect(await models.count({}, EVERYBODY)).toBe(new NaiveViews(history).listed({}, EVERYBODY).length);
  });

  test('hours whose moments came in several parts are read whole', async () => {
    await append(history);
    await project();
    const hours = connection.db.collection<HourDocument>('viewHoursA');
    // Each moment in one of its own.
    const parts = (await hours.find().toArray()).flatMap(({ _id, moments }) =>
      moments.flatMap(({ buffer }) =>
        Array.from({ length: buffer.length / 20 }, (_, i) => ({
          _id: { ..._id, part: 3 * i },
          moments: [new Binary(buffer.subarray(20 * i, 20 * (i + 1)))],
        })),
      ),
    );
    expect(parts.some(({ _id }) => _id.part > 0)).toBe(true);
    await hours.deleteMany({});
    await hours.insertMany(parts);
    const models = new ReadModels(connection);
    const naive = new NaiveViews(history);
    for (const { occurredAt } of naive.findings.slice(0, 20)) {
      const filter = { occurred: { from: occurredAt + 1 } };
      expect(await models.count(filter, EVERYBODY)).toBe(naive.listed(filter, EVERYBODY).length);
    }
  });

  test('what was pruned is in no list, and the others are in it to the last', async () => {
    await append(history);
    await project();
    const blocks = history.filter(({ task }) => task === 0);
    const start = (blocks[Math.ceil(blocks.length / 2)] as MadeBlock).entries[0]?.block as number;
    expect(start).toBeGreaterThan(0);
    await new ViewSet(connection, 'A').forget({ index: 1, starts: new Map([[0, start]]), first: null });
    const models = new ReadModels(connection);
    const naive = new NaiveViews(history);
    const times = { from: START - 30 * 86_400_000 };
    const isLeft = (id: string) => !id.startsWith('0/') || Number(id.split('/')[1]) >= start;
    for (const sort of SORTS) {
      for (const filter of [{ occurred: times }, { recorded: times }]) {
        const all = naive.list(filter, EVERYBODY, sort);
        const left = all.filter(isLeft);
        expect(left.length).toBeLessThan(all.length);
        expect(await readAll(models, filter, EVERYBODY, sort, 2)).toEqual(left);
      }
    }
  });

  test('of two that keep them at the same time none counts what the other counted', async () => {
    const projectors = [new Projector(connection, reader), new Projector(connection, reader)];
    for (const block of history) {
      await append([block]);
      await Promise.all(projectors.map((projector) => projector.step(log.size)));
    }
    await Promise.all(projectors.map((projector) => project(projector)));
    const both = await contents('A');
    await rebuild(connection, reader);
    expect(await contents('B')).toEqual(both);
  });

  test('a step that fails in the middle leaves nothing, and the next one does all of it', async () => {
    const failing = new Projector(connection, reader);
    await project(failing);
    await append(history);
    const { db } = connection;
    await db.collection('viewFindingsA').insertOne({ _id: firstFinding(history) as never });
    await expect(failing.step(log.size)).rejects.toThrow(/duplicate key/);
    expect(await db.collection('viewCountsA').countDocuments()).toBe(0);
    expect(await db.collection('viewShapesA').countDocuments()).toBe(0);
    await db.collection('viewFindingsA').deleteMany({});
    await project(failing);
    const after = await contents('A');
    await rebuild(connection, reader);
    expect(await contents('B')).toEqual(after);
  });

  test('of two that build the same set one builds it, and the other changes nothing', async () => {
    await append(history);
    const set = new ViewSet(connection, 'A');
    const claims = await Promise.allSettled([set.claim(null), set.claim(null)]);
    const refused = claims.flatMap((claim) => (claim.status === 'rejected' ? [claim.reason as unknown] : []));
    expect(refused).toEqual([new SetTaken()]);
    const one = claims.flatMap((claim) => (claim.status === 'fulfilled' ? [claim.value] : []))[0] as ObjectId;
    // Whoever comes while it is being cleared joins.
    const joined = await set.claim(await set.state());
    expect(joined).toEqual(one);
    await set.clear(joined);
    await project();
    const before = await contents('A');
    await expect(set.clear(one)).rejects.toThrow(SetTaken);
    await expect(set.begin(one, 0)).rejects.toThrow(SetTaken);
    expect(await contents('A')).toEqual(before);
  });

  test('one whose building is begun anew by another changes nothing in it any more', async () => {
    await append(history);
    const set = new ViewSet(connection, 'B');
    const one = await SetKeeper.begin(connection, set, null, NO_CUT);
    const other = await SetKeeper.begin(connection, set, await set.state(), NO_CUT);
    // At the same log index, but not the same building.
    await expect(one.step(log.size)).rejects.toThrow(SetTaken);
    await expect(one.activate()).rejects.toThrow(SetTaken);
    await expect(SetKeeper.begin(connection, set, null, NO_CUT)).rejects.toThrow(SetTaken);
    while (other.through < log.size) await other.step(log.size);
    await project();
    expect(await contents('B')).toEqual(await contents('A'));
  });

  test('what crashed while it was cleared is gone on with, and a set from before buildings is kept on', async () => {
    await append(history.slice(0, 3));
    await project();
    const set = new ViewSet(connection, 'A');
    const states = connection.db.collection<SetDocument>('viewState');
    await states.updateOne({ _id: 'A' }, { $unset: { building: true } });
    await append(history.slice(3));
    await project();
    const before = await contents('A');
    expect((await set.state())?.building).toBeUndefined();
    await set.claim(await set.state());
    await project();
    expect((await set.state())?.removed).toBeGreaterThan(0);
    expect(await contents('A')).toEqual(before);
  });

  test('a reader of a set that is built anew with the same name reads it from the beginning', async () => {
    await append(history);
    await project();
    await connection.db.collection('viewCountsA').updateMany({}, { $set: { n: {} } });
    const models = new ReadModels(connection);
    await models.refresh();
    expect(await models.count({}, EVERYBODY)).toBe(0);
    const set = new ViewSet(connection, 'A');
    await set.claim(await set.state());
    await project();
    await models.refresh();
    expect(await models.count({}, EVERYBODY)).toBe(new NaiveViews(history).listed({}, EVERYBODY).length);
  });

  test('the feed brings each change once, in the order of the log, from anywhere', async () => {
    await append(history);
    await project();
    const models = new ReadModels(connection);
    const { rows: all, ...end } = await models.feed(-1, EVERYBODY, 1_000);
    expect(end).toEqual({ at: log.size - 1, more: false });
    const indexes = all.map(({ logIndex }) => logIndex);
    expect(indexes).toEqual([...indexes].sort((a, b) => a - b));
    const middle = indexes[10] as number;
    const { rows: some, at, more } = await models.feed(middle, EVERYBODY, 5);
    expect(some.map(({ logIndex }) => logIndex)).toEqual(indexes.slice(11, 16));
    expect([at, more]).toEqual([indexes[15], true]);
    const { rows: janus } = await models.feed(-1, { controllers: new Set(['janus']) }, 1_000);
    expect(janus.map(({ logIndex }) => logIndex)).toEqual(
      all.filter(({ shape }) => shape.controller === 'janus').map(({ logIndex }) => logIndex),
    );
  });

  test('who sees none of what came need not look there again', async () => {
    await append(history);
    await project();
    const nobody = { controllers: new Set(['nobody']) };
    expect(await new ReadModels(connection).feed(-1, nobody, 5)).toEqual({ rows: [], at: log.size - 1, more: false });
  });

  test('INVARIANT: nobody is shown shapes of another set than the findings are of', async () => {
    await append(history);
    await project();
    const models = new ReadModels(connection);
    const all = (await models.feed(-1, EVERYBODY, 1_000)).rows;
    const janus: Scope = { controllers: new Set(['janus']) };
    const [some] = all.filter(({ shape }) => shape.controller === 'janus');
    const expected = await models.finding(some!, janus);
    // Built anew, as from a log whose beginning was pruned: the same numbers stand for other shapes.
    const swap = async (): Promise<void> => {
      await rebuild(connection, reader);
      await renumber('B');
      await models.refresh();
    };
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the finder as this
    const { one } = Finder.prototype;
    jest.spyOn(Finder.prototype, 'one').mockImplementationOnce(async function (this: Finder, place) {
      const found = await one.call(this, place);
      await swap();
      return found;
    });
    expect(await models.finding(some!, janus)).toMatchObject({ shape: expected!.shape });
  });

  test('a finding shows what was said of it before, and only to who may see it', async () => {
    await append(history);
    await project();
    const naive = new NaiveViews(history).findings.find(
      ({ versions }) => versions.length > 2 && versions.some(({ verdict }) => verdict !== 'compliant'),
    );
    if (naive === undefined) throw new Error('the history amends nothing twice');
    const [task, block, index] = naive.id.split('/').map(Number) as [number, number, number];
    const models = new ReadModels(connection);
    const place = { task, block, index };
    const found = await models.finding(place, EVERYBODY);
    expect(found?.history.map(({ shape }) => shape.verdict)).toEqual(
      naive.versions.slice(0, -1).map(({ verdict }) => verdict),
    );
    expect(found?.history.map(({ recordedAt }) => recordedAt)).toEqual(
      naive.versions.slice(0, -1).map(({ recordedAt }) => recordedAt),
    );
    expect(found?.recordedAt).toBe(naive.recordedAt);
    const controller = found?.shape.controller as string;
    expect(await models.finding(place, { controllers: new Set([controller]) })).not.toBeNull();
    expect(await models.finding(place, { controllers: new Set(['other']) })).toBeNull();
  });

  test('a problem says when it was seen and recorded, first and last', async () => {
    await append(history);
    await project();
    const naive = new NaiveViews(history).times();
    const found = await new ReadModels(connection).problems({}, EVERYBODY, START);
    expect(found.length).toBeGreaterThan(5);
    for (const { id, firstSeen, lastSeen, firstRecorded, lastRecorded } of found) {
      const { seen, recorded } = naive[id]!;
      expect({ id, firstSeen, lastSeen, firstRecorded, lastRecorded }).toEqual({
        id,
        firstSeen: Math.min(...seen),
        lastSeen: Math.max(...seen),
        firstRecorded: Math.min(...recorded),
        lastRecorded: Math.max(...recorded),
      });
    }
  });

  test('a resolved problem has come up again where a finding of after that stands', async () => {
    await append(history);
    await project();
    const models = new ReadModels(connection);
    const seen = new Set<boolean>();
    for (const { id } of await models.problems({}, EVERYBODY, START)) {
      const { items } = await models.findings({ problems: [id] }, EVERYBODY, {
        sort: '-recordedAt',
        limit: 500,
        after: null,
      });
      const times = items.map(({ occurredAt, recordedAt }) => Math.min(occurredAt ?? recordedAt, recordedAt));
      for (const at of [times[0] as number, Math.min(...times), Math.min(...times) - 1, Math.max(...times)]) {
        const expected = times.some((time) => time > at);
        expect(await recurred(connection, new Map([[id, at]]))).toEqual(expected ? [id] : []);
        seen.add(expected);
      }
    }
    expect(seen.size).toBe(2);
    expect(await recurred(connection, new Map([['p1-0000000000000000', 0]]))).toEqual([]);
  });

  test('a finding that was taken back is no recurrence', async () => {
    await append(history);
    await project();
    const { shapes, findings } = viewCollections(connection, 'A');
    const models = new ReadModels(connection);
    const [problem] = await models.problems({}, EVERYBODY, START);
    const id = problem!.id;
    const resolved = new Map([[id, 0]]);
    expect(await recurred(connection, resolved)).toEqual([id]);
    // As if later evidence had made all of them compliant: the shape is still known to have been seen.
    const of = (await shapes.find({ 'reasons.problem': id }).toArray()).map((shape) => shape._id);
    await findings.deleteMany({ shape: { $in: of } });
    expect(await recurred(connection, resolved)).toEqual([]);
  });
});

/** Part by part, what has no value first. */
function byKey({ key: a }: StatisticsRow, { key: b }: StatisticsRow): number {
  const i = a.findIndex((part, at) => part !== b[at]);
  const [left, right] = [a[i] ?? null, b[i] ?? null];
  if (left === right) return 0;
  return left === null || (right !== null && left < right) ? -1 : 1;
}

/** How many there are of each moment that is. */
function momentsOf(hours: readonly HourDocument[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { _id, moments } of hours) {
    for (const packed of moments) {
      forEachMoment({ hour: _id.hour, bytes: packed.value() }, (shape, at, other, n) => {
        const key = `${_id.by} ${at} ${other} ${shape}`;
        sums.set(key, (sums.get(key) ?? 0) + n);
      });
    }
  }
  return new Map([...sums].filter(([, n]) => n !== 0).sort());
}

/** Place of the first finding that nothing amends. */
function firstFinding(history: readonly MadeBlock[]) {
  const first = new NaiveViews(history).listed({}, EVERYBODY).find(({ versions }) => versions.length === 1);
  const [task, block, index] = (first?.id ?? '').split('/').map(Number);
  return { task, block, index };
}
