import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FACTS_LIMIT, OfflineAudit, SubjectFacts, factOf, type Fact } from '#libs/judge';
import { LAW, acme, judgeLast, mail, order, right, sharing } from '../../../../test/support/acme.js';
import { histories, shuffle } from '../../../../test/support/histories.js';

/** So long an id that five of them are more than is kept. */
const LONG = 'x'.repeat(FACTS_LIMIT / 5);

const times = fc.integer({ min: 0, max: 9 });
const heavy: fc.Arbitrary<Fact> = fc.oneof(
  fc
    .tuple(times, fc.constantFrom('placed', 'paid'), fc.constantFrom('a', 'b'))
    .map(([at, action, id]): Fact => ({ kind: 'order', at, action: action as 'paid', orderId: id + LONG })),
  fc
    .tuple(
      times,
      fc.constantFrom('consent_given', 'objection_raised', 'data_erased', 'request_received', 'restriction_started'),
      fc.constantFrom('c', 'd'),
    )
    .map(([at, action, purpose]): Fact => ({
      kind: 'rights',
      at,
      action: action as 'data_erased',
      purposes: [purpose + LONG],
      requestId: null,
      requestKind: null,
    })),
);

/** The fact as text, without what makes it heavy. */
function brief(fact: Fact): string {
  return JSON.stringify(fact, (_key, value: unknown) => (typeof value === 'string' ? value.slice(0, 20) : value));
}

describe('more facts than are kept', () => {
  test('are left out from the same instant on, in whatever order they come', () => {
    fc.assert(
      fc.property(fc.array(heavy, { maxLength: 14 }), fc.integer(), (facts, seed) => {
        const text = (known: SubjectFacts) => ({
          from: known.exceededFrom,
          kept: [...known.all()].map((fact) => brief(fact)).sort(),
        });
        const known = SubjectFacts.from(facts);
        expect(text(SubjectFacts.from(shuffle(facts, seed)))).toEqual(text(known));
        expect(known.size).toBe([...known.all()].length);
        // By the definition: the first instant by which there is more than is kept.
        const different = [...new Map(facts.map((fact) => [brief(fact), fact])).values()];
        const first = [...Array(10).keys()].find((at) => different.filter((fact) => fact.at <= at).length > 4);
        expect(known.exceededFrom).toBe(first ?? Infinity);
        expect([...known.all()]).toHaveLength(different.filter((fact) => fact.at < known.exceededFrom).length);
        expect(text(SubjectFacts.from(known.all(), known.exceededFrom))).toEqual(text(known));
      }),
      { numRuns: 500 },
    );
  });

  test('a fact that changes what is left out is new, one that is left out itself is not', () => {
    const erased = (at: number): Fact => ({
      kind: 'rights',
      at,
      action: 'data_erased',
      purposes: [LONG],
      requestId: null,
      requestKind: null,
    });
    const facts = new SubjectFacts();
    for (let i = 0; i < 4; i++) expect(facts.add(erased(i))).toBe(true);
    expect(facts.add(erased(0))).toBe(false);
    expect(facts.add(erased(9))).toBe(true);
    expect(facts.exceededFrom).toBe(9);
    expect(facts.add(erased(10))).toBe(false);
    expect(facts.add(erased(5))).toBe(true);
    expect(facts.exceededFrom).toBe(5);
  });
});

describe('facts-exceeded', () => {
  const much = [1, 2, 3, 4, 5].map((day) =>
    right(`2021-01-0${day}T00:00:00Z`, 'objection_raised', { purposes: [LONG] }),
  );

  test('on every processing event from then on, and what needs the facts is not judged', () => {
    const after = judgeLast([...much, mail('2021-01-05T00:00:00Z')]);
    expect(after).toMatchObject({ verdict: 'gap', reasons: [{ rule: 'facts-exceeded', effect: 'gap', clause: null }] });
    const before = judgeLast([...much, mail('2021-01-04T23:59:59.999Z')]);
    expect(before.reasons.map(({ rule }) => rule)).toEqual(['consent-missing']);
    expect(judgeLast([...much, right('2021-01-06T00:00:00Z', 'consent_withdrawn')])).toMatchObject({
      verdict: 'compliant',
    });
  });

  test('what needs no facts is judged all the same', () => {
    const event = sharing('2021-02-01T00:00:00Z', {
      legalBasis: 'legitimate_interests',
      dataCategories: ['location'],
      recipient: { name: 'Host', role: 'processor', sector: 'hosting', country: 'IN' },
    });
    expect(judgeLast([...much, event])).toMatchObject({
      verdict: 'violation',
      reasons: [{ rule: 'facts-exceeded' }, { rule: 'category-undeclared' }, { rule: 'transfer-not-permitted' }],
    });
  });

  test('nor is it said where there is no register to hold the facts against', () => {
    const elsewhere = [...much, mail('2021-01-05T00:00:00Z')].map(
      (each) => ({ ...each, event: { ...each.event, controller: 'nobody' } }) as typeof each,
    );
    expect(judgeLast(elsewhere).reasons.map(({ rule }) => rule)).toEqual(['controller-unknown']);
  });

  test('an order that is left out counts for nothing before, whether it came first or last', () => {
    const latest = order('2021-01-09T00:00:00Z', { action: 'placed' });
    const event = mail('2021-01-04T12:00:00Z', { legalBasis: 'legitimate_interests' });
    for (const events of [
      [...much, latest, event],
      [latest, ...much, event],
    ]) {
      expect(judgeLast(events).reasons.map(({ rule }) => rule)).toEqual(['relationship-required']);
    }
  });

  test('a late fact that is one too many amends the findings after it alone', () => {
    const audit = new OfflineAudit<number>(acme(), LAW);
    audit.accept(1, mail('2021-01-01T12:00:00Z'), null);
    audit.accept(2, mail('2021-02-01T00:00:00Z'), null);
    const amended = much.flatMap((event, i) => audit.accept(10 + i, event, null).amendments);
    expect(amended).toMatchObject([{ ref: 2, finding: { verdict: 'gap' } }]);
  });
});

test('many facts that come in the wrong order are told once for each question, not for each fact', () => {
  const facts = new SubjectFacts();
  const count = 20_000;
  for (let i = count; i > 0; i--) {
    const action = i % 2 === 0 ? 'dispute_opened' : 'dispute_closed';
    facts.add({ kind: 'order', at: i, action, orderId: 'o' });
  }
  expect(facts.standing(count).openDisputes).toBe(1);
  expect(facts.standing(count - 1).openDisputes).toBe(0);
}, 2_000);

test('standings are as those of facts in order, whatever was asked in between', () => {
  fc.assert(
    fc.property(histories, fc.integer(), fc.array(fc.boolean()), (events, seed, asked) => {
      const facts = events.flatMap((event) => factOf(event) ?? []);
      const inOrder = SubjectFacts.from(facts.toSorted((a, b) => a.at - b.at));
      const known = new SubjectFacts();
      for (const [i, fact] of shuffle(facts, seed).entries()) {
        known.add(fact);
        if (asked[i] === true) known.standing(fact.at);
      }
      for (const { at } of facts) expect(known.standing(at)).toEqual(inOrder.standing(at));
    }),
    { numRuns: 500 },
  );
});

test('acts are found by purpose among many as among few', () => {
  const facts = new SubjectFacts();
  for (let i = 0; i < 100; i++) {
    facts.add({
      kind: 'rights',
      at: i,
      action: 'restriction_started',
      purposes: [`p-${i % 50}`],
      requestId: null,
      requestKind: null,
    });
  }
  expect(facts.restrictionStanding('p-3', 60)?.at).toBe(53);
  expect(facts.restrictionStanding('p-70', 99)).toBeUndefined();
  facts.add({
    kind: 'rights',
    at: 40,
    action: 'restriction_started',
    purposes: [],
    requestId: null,
    requestKind: null,
  });
  expect(facts.restrictionStanding('p-3', 52)?.at).toBe(40);
  expect(facts.restrictionStanding('p-70', 99)?.at).toBe(40);
});
