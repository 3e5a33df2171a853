import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { StreamEvent } from '#libs/events';
import { SubjectFacts, USES_LIMIT, Uses, factOf, judgeDuties, openDuties, overdueByNow, useOf } from '#libs/judge';
import type { UseFact } from '#libs/judge';
import { acme, mail, right } from '../../../../test/support/acme.js';
import { histories, instants, iso, shuffle } from '../../../../test/support/histories.js';

const registers = acme({ erasureOnWithdrawal: { clause: 'times', within: 'P1M' } });
const [register] = registers;

/** Takes events in batches as an auditor does: facts before uses, and the uses after a late erasure or withdrawal again. */
class Intake {
  readonly facts = new SubjectFacts();
  uses = new Uses();
  readonly all: UseFact[] = [];

  take(batch: readonly StreamEvent[]): void {
    const latest = Math.max(...this.all.map((use) => use.at));
    let again = Infinity;
    for (const event of batch) {
      const fact = factOf(event);
      if (fact !== null && this.facts.add(fact) && fact.at <= latest) again = Math.min(again, fact.at);
    }
    const uses = batch.flatMap((event) => useOf(event) ?? []);
    for (const use of uses) this.uses.add(use, this.facts);
    for (const use of this.all) if (use.at >= again) this.uses.add(use, this.facts);
    this.all.push(...uses);
  }
}

const HOUR = 3_600_000;

/** Instants around the ends of November and, a period later, of February. */
const monthEnd = fc
  .tuple(fc.constantFrom(10, 10, 13), fc.constantFrom(28, 29, 30), fc.constantFrom(9, 10))
  .map(([month, day, hour]) => Date.UTC(2021, month, day) + hour * HOUR);

/** Mails for one purpose, erasures and withdrawals, so close together that each order and each tie comes up. */
const closeTogether = fc.array(
  fc.oneof(
    fc
      .tuple(monthEnd, fc.constantFrom('consent', 'legitimate_interests'), fc.option(monthEnd))
      .map(([at, legalBasis, collectedAt]) => mail(iso(at), { legalBasis: legalBasis as 'consent', collectedAt })),
    fc
      .tuple(monthEnd, fc.constantFrom('data_erased', 'consent_withdrawn'))
      .map(([at, action]) => right(iso(at), action as 'data_erased')),
  ),
  { minLength: 2, maxLength: 9 },
);

test('the duties by the uses kept are the duties by all, in any order of arrival and at any time', () => {
  if (register === undefined) throw new Error('no register');
  fc.assert(
    fc.property(
      fc.oneof(histories, closeTogether),
      fc.integer(),
      fc.array(fc.nat(3), { maxLength: 25 }),
      fc.array(
        instants.map((at) => at + 1),
        { minLength: 1, maxLength: 4 },
      ),
      fc.nat(700),
      (events, seed, cuts, times, days) => {
        const intake = new Intake();
        const left = shuffle(events, seed);
        for (const cut of cuts) {
          intake.take(left.splice(0, cut));
          intake.uses = Uses.from(intake.uses);
        }
        intake.take(left);
        const { facts } = intake;
        for (const at of [...times, Date.UTC(2022, 3, 1) + days * 86_400_000]) {
          const by = (uses: Iterable<UseFact>) => {
            const sweep = { register, registers, controller: 'acme', facts, uses, at };
            return { overdue: judgeDuties(sweep), open: openDuties(sweep), ever: overdueByNow(sweep) };
          };
          expect(by(intake.uses)).toEqual(by(intake.all));
        }
      },
    ),
    { numRuns: 600 },
  );
});

test('of a million uses between two acts few are kept', () => {
  const uses = new Uses();
  const facts = new SubjectFacts();
  const start = Date.UTC(2021, 0, 1);
  const add = (i: number, fields: Partial<UseFact> = {}) =>
    uses.add({ at: start + i * 1_000, purpose: 'news', basis: 'consent', collectedAt: null, ...fields }, facts);
  for (let i = 0; i < 20_000; i++) add(i);
  for (let i = 0; i < 20_000; i++) add(i, { collectedAt: start - 1_000 });
  for (let i = 0; i < 20_000; i++) add(i, { basis: 'contract', collectedAt: start + i * 500 });
  expect(uses.size).toBeLessThanOrEqual(3);
});

test('what is kept is limited: first to what matters now, then at all', () => {
  const uses = new Uses();
  const facts = new SubjectFacts();
  const add = (i: number, purpose: string, collectedAt: number | null = null) =>
    uses.add({ at: i, purpose, basis: 'contract', collectedAt }, facts);
  for (let i = 0; i < USES_LIMIT * 10; i++) expect(add(i, 'news', -i)).toBe(true);
  expect(uses.size).toBeLessThan(10);
  expect(Math.min(...[...uses].map((use) => use.collectedAt ?? 0))).toBe(1 - USES_LIMIT * 10);
  for (let i = 0; uses.size < USES_LIMIT; i++) expect(add(i, `p-${i}`)).toBe(true);
  expect(add(0, 'one-more')).toBe(false);
  expect(uses.size).toBe(USES_LIMIT);
  expect(add(1, 'p-2')).toBe(true);
  expect([...uses]).toContainEqual({ at: 1, purpose: 'p-2', basis: 'contract', collectedAt: null });
  expect(uses.size).toBe(USES_LIMIT);
});
