import { describe, expect, test } from '@jest/globals';
import type { StreamEvent } from '#libs/events';
import { SubjectFacts, factOf, findingText, judge, type Finding } from '#libs/judge';
import { ACME, LAW, acme, mail, order, right, sharing } from '../../../test/support/acme.js';

const registers = acme();
const [register] = registers.of('acme')!;
const judged = (event: StreamEvent, of = registers): Finding =>
  judge({ event, timestamp: null, registers: of, facts: SubjectFacts.from([factOf(event) ?? []].flat()), law: LAW });

const AT = '2021-01-01T00:00:00Z';
/** An order of which nothing is to be said; of a letter only because the register's author assumed it. */
const orderOn = (...dataCategories: string[]): StreamEvent => order(AT, { action: 'placed', dataCategories });
const LETTER = 'correspondence';

describe('a finding without reasons', () => {
  const compliant = { verdict: 'compliant', reasons: [], register: register!.id };

  test('is made once for each register and all that is assumed', () => {
    const plain = judged(orderOn('name'));
    const assumed = judged(orderOn('name', LETTER));
    expect(plain).toEqual({ ...compliant, assumptions: [] });
    expect(assumed).toEqual({ ...compliant, assumptions: ['assumed'] });
    expect(judged(orderOn('email'))).toBe(plain);
    expect(judged(orderOn(LETTER))).toBe(assumed);
    // Nor does it matter what was judged, as long as it is the same register.
    expect(judged(right(AT, 'consent_withdrawn'))).toBe(plain);
  });

  test('by another register is another one', () => {
    const other = acme({ version: 2 });
    const id = other.of('acme')![0]!.id;
    expect(id).not.toBe(register!.id);
    for (let i = 0; i < 2; i++) {
      expect(judged(orderOn('name'), other)).toEqual({ ...compliant, assumptions: [], register: id });
      expect(judged(orderOn('name'))).toEqual({ ...compliant, assumptions: [] });
    }
  });

  test('says each assumption once, in order, whatever order they were relied on in', () => {
    const categories = [
      { clause: 'assumed', list: [LETTER] },
      { clause: 'assumed-too', list: ['name'] },
    ];
    const two = acme({
      clauses: { ...ACME.clauses, 'assumed-too': { summary: 'Not said either.', assumption: 'As the other.' } },
      purposes: { ...ACME.purposes, orders: { ...ACME.purposes['orders']!, categories } },
    });
    const both = { verdict: 'compliant', assumptions: ['assumed', 'assumed-too'] };
    expect(judged(orderOn(LETTER, 'name'), two)).toMatchObject(both);
    expect(judged(orderOn('name', LETTER), two)).toMatchObject(both);
    expect(judged(orderOn('name', LETTER, 'name'), two)).toMatchObject(both);
    expect(judged(orderOn(LETTER), two)).toMatchObject({ verdict: 'compliant', assumptions: ['assumed'] });
  });

  test('stays as it was said, whatever is judged afterwards', () => {
    const finding = judged(orderOn(LETTER, LETTER));
    const said = structuredClone(finding);
    judged(orderOn('name'));
    judged(orderOn('payment-card', 'name'));
    expect(finding).toEqual(said);
  });

  test('is not kept without end', () => {
    // Each of these rests on its assumption once more than the one before.
    const kinds = Array.from({ length: 1_002 }, (_, i) => orderOn(...Array<string>(i + 1).fill(LETTER)));
    const findings = kinds.map((event) => judged(event));
    expect(findings[0]).toEqual({ ...compliant, assumptions: ['assumed'] });
    expect(new Set(findings.map((finding) => findingText(finding))).size).toBe(1);
    expect(judged(kinds[0]!)).not.toBe(findings[0]);
    expect(judged(kinds[0]!)).toEqual(findings[0]);
  });
});

describe('a finding with reasons', () => {
  /** Events that say something of their own each, with assumptions and without. */
  const events: readonly StreamEvent[] = [
    mail(AT),
    orderOn('payment-card', LETTER),
    orderOn('national-id', 'secrets'),
    sharing(AT, { dataCategories: [LETTER], recipientUse: 'own_marketing', undertakings: [] }),
    order(AT, { purpose: 'nothing-declared' }),
    order('2019-01-01T00:00:00Z'),
  ];

  test('stays as it was said, whatever is judged afterwards', () => {
    for (const event of events) {
      const finding = judged(event);
      const said = structuredClone(finding);
      expect(said.reasons.length).toBeGreaterThan(0);
      for (const other of [...events, orderOn('name'), orderOn(LETTER)]) judged(other);
      expect(finding).toEqual(said);
    }
  });

  test('shares its reasons with no other, not even of the same event', () => {
    for (const event of events) {
      const [first, second] = [judged(event), judged(event)];
      expect(second).toEqual(first);
      expect(second.reasons).not.toBe(first.reasons);
      if (first.assumptions.length > 0) expect(second.assumptions).not.toBe(first.assumptions);
    }
  });
});
