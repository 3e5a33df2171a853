import { describe, expect, test } from '@jest/globals';
import { MongoServerError } from 'mongodb';
import { SubjectFacts, Uses } from '#libs/judge';
import type { DueSoon, Subject } from '#libs/subjects';
import { acme } from '../../../test/support/acme.js';
import { CalendarClock } from './calendar-clock.js';
import { CalendarKeeper } from './calendar-keeper.js';

const DAY = 86_400_000;
const NOW = Date.UTC(2024, 1, 10);
const registers = acme();
const rules = { registers, digestAt: () => 'registers' };

/** Somebody whose request of five days ago waits. */
function asking(i: number): Subject {
  const facts = new SubjectFacts();
  const request = {
    kind: 'rights',
    action: 'request_received',
    purposes: [],
    requestId: `r-${i}`,
    requestKind: null,
  } as const;
  facts.add({ ...request, at: NOW - 5 * DAY });
  return { key: `acme/s-${i}`, facts, uses: new Uses(), duties: [{ register: `of ${i}` }] } as unknown as Subject;
}

/** A keeper, and what became of it. */
function setUp({ people = 0, isKnown = true, fault = null as Error | null } = {}) {
  const told = {
    now: NOW,
    begun: 0,
    closed: 0,
    kept: [] as DueSoon[],
    required: [] as string[],
    parts: [] as number[],
  };
  const upcoming = (digest: string, until: number) => {
    expect([digest, until]).toEqual(['registers', told.now + 30 * DAY + 1]);
    if (!isKnown) return null;
    told.begun++;
    const all = Array.from({ length: people }, (_, i) => asking(i));
    const next = async (limit: number) => {
      if (fault !== null) throw fault;
      const some = all.splice(0, limit);
      told.parts.push(some.length);
      return some.length > 0 ? some : null;
    };
    return { through: 7, next, close: async () => void told.closed++ };
  };
  const subjects = { upcoming, keepOpenDuties: async (found: DueSoon) => void told.kept.push(found) };
  const book = {
    resolve: () => undefined,
    require: async (ids: Iterable<string>) => void told.required.push(...ids),
  };
  const clock = new CalendarClock(60_000, () => told.now);
  told.now += 60_000;
  return { told, keeper: new CalendarKeeper(subjects as never, clock, book) };
}

describe('CalendarKeeper', () => {
  test('looks at some people between two batches, and keeps what it found in the end', async () => {
    const { told, keeper } = setUp({ people: 450 });
    let times = 1;
    while (await keeper.goOn(rules, Infinity)) times++;
    expect(told.parts).toEqual([200, 200, 50, 0]);
    expect(times).toBe(4);
    expect(told.kept).toMatchObject([{ asOf: told.now, through: 7, rows: [{ duty: 'request-overdue', count: 450 }] }]);
    expect([told.begun, told.closed, told.required.length]).toEqual([1, 1, 450]);
    expect(await keeper.goOn(rules, Infinity)).toBe(false);
    expect(told.begun).toBe(1);
    told.now += 60_000;
    while (await keeper.goOn(rules, Infinity)) times++;
    expect(told.kept).toHaveLength(2);
  });

  test('keeps that there is nothing, too', async () => {
    const { told, keeper } = setUp();
    expect(await keeper.goOn(rules, Infinity)).toBe(false);
    expect(told.kept).toEqual([{ asOf: told.now, through: 7, rows: [] }]);
  });

  test('does not look while records are being caught up with, or it is not known whom to look at', async () => {
    const behind = setUp({ people: 1 });
    expect(await behind.keeper.goOn(rules, NOW - DAY)).toBe(false);
    expect(behind.told.begun).toBe(0);
    const unknown = setUp({ people: 1, isKnown: false });
    expect(await unknown.keeper.goOn(rules, Infinity)).toBe(false);
    expect(unknown.told.kept).toEqual([]);
  });

  test('gives a look up where MongoDB is away, and no other fault', async () => {
    const away = setUp({ people: 1, fault: new MongoServerError({ code: 239, message: 'SnapshotTooOld' }) });
    expect(await away.keeper.goOn(rules, Infinity)).toBe(false);
    expect([away.told.closed, away.told.kept]).toEqual([1, []]);
    expect(await away.keeper.goOn(rules, Infinity)).toBe(false);
    expect(away.told.begun).toBe(1);
    away.told.now += 60_000;
    await away.keeper.goOn(rules, Infinity);
    expect(away.told.begun).toBe(2);
    const broken = setUp({ people: 1, fault: new Error('a value of the vault was changed') });
    await expect(broken.keeper.goOn(rules, Infinity)).rejects.toThrow('a value of the vault');
  });

  test('closes what it looks through when the task is closed', async () => {
    const { told, keeper } = setUp({ people: 450 });
    await keeper.goOn(rules, Infinity);
    await keeper.close();
    expect(told.closed).toBe(1);
  });
});
