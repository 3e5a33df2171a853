import { describe, expect, test } from '@jest/globals';
import type { EntryAccount, StreamEvent } from '#libs/events';
import { judge, SubjectFacts } from '#libs/judge';
import type { RightsFact } from '#libs/judge';
import { compileRegister, Registers } from '#libs/register';
import { ACME, acme, LAW } from '../../../test/support/acme.js';
import { amendFindings } from './amend.js';
import type { JudgedBefore, Rejudgement } from './amend.js';
import { sealed } from './draft.fixture.js';
import { Draft } from './draft.js';
import { saidOf } from './said.js';

const NOW = Date.UTC(2024, 5, 1);
const ACCOUNT: EntryAccount = { task: 3, block: 7, previous: null, ranges: [], registers: null };
const registers = acme();
const ID = registers.inForce('acme', NOW)?.id as string;
const resolve = (id: string) => [...registers].find((register) => register.id === id);

interface TestSubject {
  readonly key: string;
  readonly facts: SubjectFacts;
  tag(text: string): Buffer;
}

const subject = (): TestSubject => ({
  key: 'acme/s-1',
  facts: new SubjectFacts(),
  tag: (text) => Buffer.alloc(32, text),
});

function mail(n: number, day: number): StreamEvent {
  const base = { controller: 'acme', service: 'shop', subject: 's-1', purpose: 'news', legalBasis: 'consent' } as const;
  const event = { ...base, eventId: `mail ${n}`, occurredAt: Date.UTC(2024, 0, day), dataCategories: ['email'] };
  const rest = {
    collectedAt: null,
    justification: null,
    action: 'sent',
    channel: 'email',
    personalised: false,
  } as const;
  return { stream: 'marketing', event: { ...event, ...rest } };
}

const consent = (action: 'consent_given' | 'consent_withdrawn', day: number): RightsFact => ({
  kind: 'rights',
  at: Date.UTC(2024, 0, day),
  action,
  purposes: ['news'],
  requestId: null,
  requestKind: null,
});

/** A finding as it was made by what was known then. */
function judged(event: StreamEvent, facts: SubjectFacts, index: number): JudgedBefore {
  const finding = judge({ event, timestamp: null, facts, registers, law: LAW });
  const source = { topic: 'marketing', partition: 3, offset: 40 + index, timestamp: 5 };
  const said = saidOf(finding);
  return { block: 4, index, event, timestamp: null, source, register: finding.register, said, repeat: false };
}

function amend(
  rejudgements: readonly Rejudgement<TestSubject>[],
  { maxBytes = 1e6, begun = new WeakMap<Rejudgement<TestSubject>, number>() } = {},
) {
  const draft = new Draft<TestSubject>(3, 7, NOW, maxBytes);
  const amended = amendFindings(draft, rejudgements, { registers, law: LAW }, resolve, begun);
  return { ...amended, rows: draft.rows, entries: sealed(draft, ACCOUNT) };
}

describe('amendFindings', () => {
  test('amends what comes out different, names it, and keeps the rest of the entry', () => {
    const person = subject();
    person.facts.add(consent('consent_given', 1));
    const findings = [mail(0, 2), mail(1, 4)].map((event, i) => ({
      ...judged(event, person.facts, i),
      repeat: i === 1,
    }));
    person.facts.add(consent('consent_withdrawn', 3));
    const rejudgement = { subject: person, findings, last: true };
    const { entries, rows, done, amendments } = amend([rejudgement]);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      kind: 'amendment',
      recordedAt: NOW,
      source: { topic: 'marketing', partition: 3, offset: 41, timestamp: 5 },
      tag: person.tag('mail 1'),
      occurredAt: Date.UTC(2024, 0, 4),
      stream: 'marketing',
      controller: 'acme',
      service: 'shop',
      purpose: 'news',
      legalBasis: 'consent',
      verdict: 'violation',
      reasons: [{ rule: 'consent-withdrawn' }],
      amends: { task: 3, block: 4, index: 1 },
      account: ACCOUNT,
      repeat: true,
    });
    expect(rows).toMatchObject([
      { kind: 'amendment', amends: { block: 4, index: 1 }, occurredAt: Date.UTC(2024, 0, 4) },
    ]);
    expect(done).toEqual([rejudgement]);
    expect(amendments).toMatchObject([{ controller: 'acme', finding: { verdict: 'violation' } }]);
    const again = findings.map((finding, i) => (i === 1 ? { ...finding, said: rows[0]?.said as string } : finding));
    expect(amend([{ subject: person, findings: again, last: true }]).entries).toEqual([]);
  });

  test('judges by the register that was judged by, whatever is in force since', () => {
    const person = subject();
    const finding = judged(mail(0, 2), person.facts, 0);
    const stricter = { ...ACME, version: 2, clauses: { ...ACME.clauses, never: { summary: 'x', at: 'policy:1-1' } } };
    const later = new Registers([compileRegister(stricter)]);
    expect(later.inForce('acme', NOW)?.id).not.toBe(ID);
    const draft = new Draft<TestSubject>(3, 7, NOW, 1e6);
    const rejudgement = { subject: person, findings: [finding], last: true };
    amendFindings(draft, [rejudgement], { registers: later, law: LAW }, resolve, new WeakMap());
    expect(draft.count).toBe(0);
    person.facts.add(consent('consent_given', 1));
    amendFindings(draft, [rejudgement], { registers: later, law: LAW }, resolve, new WeakMap());
    expect(sealed(draft, ACCOUNT).map(({ register }) => register?.toString('hex'))).toEqual([ID]);
  });

  test('leaves alone what no register had a part in, and what nobody has the register of', () => {
    const person = subject();
    const finding = judged(mail(0, 2), person.facts, 0);
    person.facts.add(consent('consent_given', 1));
    const findings = [
      { ...finding, register: null },
      { ...finding, register: 'ab'.repeat(32) },
    ];
    const { entries, done } = amend([{ subject: person, findings, last: true }]);
    expect(entries).toEqual([]);
    expect(done).toHaveLength(1);
  });

  test('goes on in the next block where one is full, and says nothing twice', () => {
    const person = subject();
    const findings = [0, 1, 2, 3].map((i) => judged(mail(i, 2 + i), person.facts, i));
    person.facts.add(consent('consent_given', 1));
    const rejudgements = [
      { subject: person, findings: findings.slice(0, 3), last: false },
      { subject: person, findings: findings.slice(3), last: true },
    ];
    const begun = new WeakMap<Rejudgement<TestSubject>, number>();
    const first = amend(rejudgements, { maxBytes: 150, begun });
    expect(first.done).toEqual([]);
    const second = amend(rejudgements, { begun });
    expect(second.done).toEqual(rejudgements);
    const amended = [...first.entries, ...second.entries].map(({ amends }) => amends?.index);
    expect(amended).toEqual([0, 1, 2, 3]);
    expect(first.entries.length).toBeGreaterThan(0);
    expect(first.entries.length).toBeLessThan(3);
  });
});
