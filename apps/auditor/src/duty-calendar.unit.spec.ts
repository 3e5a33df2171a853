import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { StreamEvent } from '#libs/events';
import { factOf, openDuties, standingDuties, SubjectFacts, sweepSubject, useOf, Uses } from '#libs/judge';
import type { DutyRecord, RightsFact, UseFact } from '#libs/judge';
import { acme } from '../../../test/support/acme.js';
import { histories, instants } from '../../../test/support/histories.js';
import { DutyCalendar } from './duty-calendar.js';
import { saidDigest } from './said.js';
import { dueOf } from './sweep.js';
import type { SweptSubject } from './sweep.js';

const DAY = 86_400_000;
const NOON = DAY / 2;
const NOW = Date.UTC(2024, 2, 1) + NOON;
const registers = acme();
const resolve = (id: string) => [...registers].find((register) => register.id === id);

class TestSubject implements SweptSubject {
  readonly facts = new SubjectFacts();
  readonly uses = new Uses();
  duties: readonly DutyRecord[] = [];
  constructor(readonly key = 'acme/s-1') {}
  tag(): Buffer {
    throw new Error('nothing of a person is asked for');
  }

  /** A request received at a time, ms. */
  asks(at: number, requestId: string | null = 'r-1'): this {
    return this.acts('request_received', at, { requestId });
  }

  acts(action: RightsFact['action'], at: number, more: Partial<RightsFact> = {}): this {
    this.facts.add({ kind: 'rights', at, action, purposes: [], requestId: null, requestKind: null, ...more });
    return this;
  }

  /** Data for research is kept until a year after that of its collection. */
  isResearched(collectedAt: number, more: Partial<UseFact> = {}): this {
    const basis = 'legitimate_interests';
    this.uses.add({ at: collectedAt, purpose: 'research', basis, collectedAt, ...more }, this.facts);
    return this;
  }
}

function rowsOf(subjects: readonly TestSubject[], at: number, mostRows?: number) {
  const calendar = new DutyCalendar(at, registers, resolve, mostRows);
  for (const subject of subjects) calendar.add(subject);
  return calendar.rows();
}

const row = (duty: string, purpose: string | null, dueAt: number, count: number) => {
  return { controller: 'acme', duty, purpose, dueAt, count };
};

describe('DutyCalendar', () => {
  test('tells requests to the instant, and other duties by the day, each with how many there are', () => {
    const withdrawn = new TestSubject('acme/w')
      .acts('consent_given', NOW - 20 * DAY, { purposes: ['offers'] })
      .isResearched(NOW - 15 * DAY, { purpose: 'offers', basis: 'consent' })
      .acts('consent_withdrawn', NOW - 3 * DAY, { purposes: ['offers'] });
    const received = Date.UTC(2024, 1, 5) + 1_234;
    const rows = rowsOf(
      [new TestSubject('acme/a').asks(received), new TestSubject('acme/b').asks(received, null), withdrawn],
      NOW,
    );
    expect(rows).toEqual([
      row('request-overdue', null, Date.UTC(2024, 2, 5) + 1_234, 2),
      row('erasure-overdue', 'offers', NOW - NOON + 11 * DAY, 1),
    ]);
    const december = Date.UTC(2024, 11, 20);
    expect(rowsOf([new TestSubject().isResearched(Date.UTC(2022, 5, 1))], Date.UTC(2023, 11, 20))).toEqual([
      row('retention-overdue', 'research', Date.UTC(2024, 0, 1), 1),
    ]);
    const day = (at: number) => new TestSubject().isResearched(at);
    expect(rowsOf([day(Date.UTC(2023, 0, 1)), day(Date.UTC(2023, 11, 30))], december)).toEqual([
      row('retention-overdue', 'research', Date.UTC(2025, 0, 1), 2),
    ]);
  });

  test('leaves out what is fulfilled, overdue, beyond thirty days, or of nobody’s register', () => {
    const DUE = Date.UTC(2024, 3, 5);
    const asked = (key?: string) => new TestSubject(key).asks(Date.UTC(2024, 2, 5));
    expect(rowsOf([asked()], DUE)).toHaveLength(1);
    expect(rowsOf([asked()], DUE + 1)).toEqual([]);
    expect(rowsOf([asked()], DUE - 30 * DAY)).toHaveLength(1);
    expect(rowsOf([asked()], DUE - 30 * DAY - 1)).toEqual([]);
    expect(rowsOf([asked().acts('request_answered', DUE - DAY, { requestId: 'r-1' })], DUE)).toEqual([]);
    expect(rowsOf([asked('other/s-1')], DUE)).toEqual([]);
  });

  test('leaves out a duty of which it stands in the trail that it is broken', () => {
    // Both withdrawals ask for the same erasure; the first one's time has run out.
    const withdrawn = (at: number) => {
      const subject = new TestSubject()
        .acts('consent_given', NOW - 60 * DAY, { purposes: ['offers'] })
        .isResearched(NOW - 59 * DAY, { purpose: 'offers', basis: 'consent' })
        .acts('consent_withdrawn', at, { purposes: ['offers'] })
        .acts('consent_given', NOW - 10 * DAY, { purposes: ['offers'] });
      return subject.acts('consent_withdrawn', NOW - 2 * DAY, { purposes: ['offers'] });
    };
    expect(rowsOf([withdrawn(NOW - 12 * DAY)], NOW)).toHaveLength(1);
    expect(rowsOf([withdrawn(NOW - 40 * DAY)], NOW)).toEqual([]);
  });

  test('has a bound: what falls due latest is summed by controller, duty and day', () => {
    const first = Date.UTC(2024, 1, 5) + 1;
    const subjects = Array.from({ length: 50 }, (_, i) => new TestSubject().asks(first + i * 3_600_000));
    const all = rowsOf(subjects, NOW);
    expect(all).toHaveLength(50);
    const some = rowsOf(subjects, NOW, 20);
    expect(some.filter(({ count }) => count === 1)).toEqual(all.slice(0, 20));
    expect(some.filter(({ count }) => count > 1)).toEqual([
      row('request-overdue', null, Date.UTC(2024, 2, 5), 4),
      row('request-overdue', null, Date.UTC(2024, 2, 6), 24),
      row('request-overdue', null, Date.UTC(2024, 2, 7), 2),
    ]);
    expect(some.reduce((sum, { count }) => sum + count, 0)).toBe(50);
    expect(some.map(({ dueAt }) => dueAt)).toEqual(some.map(({ dueAt }) => dueAt).sort((a, b) => a - b));
  });
});

/** A subject of whom all this is known, swept at a time. */
function sweptAt(events: readonly StreamEvent[], at: number): { subject: TestSubject; due: number } {
  const subject = new TestSubject();
  for (const event of events) for (const fact of [factOf(event)]) if (fact !== null) subject.facts.add(fact);
  for (const event of events) for (const use of [useOf(event)]) if (use !== null) subject.uses.add(use, subject.facts);
  const { facts, uses } = subject;
  const asked = { registers, controller: 'acme', facts, uses, recorded: [], at, resolve, digest: saidDigest };
  const { fresh } = sweepSubject(asked);
  subject.duties = fresh.map(({ duty, purpose, requestId, dueAt, finding }, index) => {
    return { duty, purpose, requestId, dueAt, register: finding.register as string, block: 0, index, said: '' };
  });
  return { subject, due: dueOf(subject, at, registers, resolve) ?? Infinity };
}

test('INVARIANT: who has a duty that falls due soon is found by when a sweep is to look at them', () => {
  let found = 0;
  fc.assert(
    fc.property(histories, instants, fc.nat(40 * DAY), (events, at, later) => {
      const { subject, due } = sweptAt(events, at);
      const calendar = new DutyCalendar(Math.min(at + later, due), registers, resolve);
      calendar.add(subject);
      const rows = calendar.rows();
      found += rows.length;
      if (rows.length > 0) expect(due).toBeLessThanOrEqual(calendar.until + 1);
    }),
    { numRuns: 2_000 },
  );
  expect(found).toBeGreaterThan(20);
});

test('counts what `hjemmel duties` lists as open, but for what it lists as overdue', () => {
  fc.assert(
    fc.property(histories, instants, (events, at) => {
      const { subject } = sweptAt(events, at);
      const { facts, uses, duties: recorded } = subject;
      const register = registers.inForce('acme', at);
      if (register === undefined) return;
      const known = { registers, controller: 'acme', facts, uses, recorded, at, resolve };
      const identity = (of: { duty: string; purpose: string | null; requestId: string | null }) =>
        [of.duty, of.purpose, of.requestId].join();
      const overdue = standingDuties(known).filter(({ finding }) => finding.fulfilledAt === null);
      const broken = overdue.map(({ finding }) => identity(finding));
      const open = openDuties({ register, facts, uses, at }).filter((duty) => duty.dueAt <= at + 30 * DAY);
      const expected = open.filter((duty) => !broken.includes(identity(duty))).length;
      expect(rowsOf([subject], at).reduce((sum, { count }) => sum + count, 0)).toBe(expected);
    }),
  );
});
