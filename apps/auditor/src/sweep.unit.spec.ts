import { describe, expect, test } from '@jest/globals';
import type { EntryAccount } from '#libs/events';
import { SubjectFacts, Uses } from '#libs/judge';
import type { DutyRecord, RightsFact } from '#libs/judge';
import { acme } from '../../../test/support/acme.js';
import { sealed } from './draft.fixture.js';
import { Draft } from './draft.js';
import { dueOf, sweepDuties } from './sweep.js';
import type { SweptSubject } from './sweep.js';

const DAY = 86_400_000;
const RECEIVED = Date.UTC(2024, 0, 1);
const DUE = Date.UTC(2024, 1, 1);
const ACCOUNT: EntryAccount = { task: 3, block: 7, previous: null, ranges: [], registers: null };
const registers = acme();
const resolve = (id: string) => [...registers].find((register) => register.id === id);

class TestSubject implements SweptSubject {
  readonly facts = new SubjectFacts();
  readonly uses = new Uses();
  duties: readonly DutyRecord[] = [];
  constructor(readonly key: string) {}
  tag(text: string): Buffer {
    return Buffer.alloc(32, `${this.key} ${text}`);
  }
}

function request(action: 'request_received' | 'request_answered', at: number, requestId = 'r-1'): RightsFact {
  return { kind: 'rights', at, action, purposes: [], requestId, requestKind: 'access' };
}

function asked(key: string, ...ids: string[]): TestSubject {
  const subject = new TestSubject(key);
  for (const id of ids) subject.facts.add(request('request_received', RECEIVED, id));
  return subject;
}

function sweep(subjects: readonly TestSubject[], at: number, { n = 7, maxBytes = 1e6 } = {}) {
  const draft = new Draft<TestSubject>(3, n, at, maxBytes);
  const swept = sweepDuties(draft, subjects, at, registers, resolve);
  for (const { subject, duties } of swept.results) if (duties !== undefined) subject.duties = duties;
  return { ...swept, rows: draft.rows, entries: sealed(draft, ACCOUNT) };
}

describe('sweepDuties', () => {
  test('says nothing in time, and when to look again', () => {
    const { entries, results } = sweep([asked('acme/s-1', 'r-1')], DUE);
    expect(entries).toEqual([]);
    expect(results).toMatchObject([{ next: DUE + 1 }]);
    expect(results[0]).not.toHaveProperty('duties');
  });

  test('adds an entry for what was not fulfilled in time, once', () => {
    const subject = asked('acme/s-1', 'r-1');
    const { entries, rows, results, found } = sweep([subject], DUE + DAY);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      kind: 'duty',
      source: null,
      tag: subject.tag('request-overdue/r-1'),
      occurredAt: DUE,
      stream: null,
      controller: 'acme',
      service: null,
      purpose: null,
      legalBasis: null,
      verdict: 'violation',
      reasons: [{ rule: 'request-overdue' }],
      amends: null,
    });
    expect(rows).toMatchObject([{ kind: 'duty', occurredAt: DUE }]);
    expect(results).toMatchObject([{ duties: [{ duty: 'request-overdue', requestId: 'r-1', block: 7, index: 0 }] }]);
    expect(found).toMatchObject([{ controller: 'acme', amendment: false }]);
    expect(sweep([subject], DUE + 9 * DAY, { n: 8 }).entries).toEqual([]);
  });

  test('amends what was said by what is known now, with the entry that it was said in', () => {
    const subject = asked('acme/s-1', 'r-1');
    const { entries: before } = sweep([subject], DUE + DAY);
    subject.facts.add(request('request_answered', DUE + 2 * DAY));
    const late = sweep([subject], DUE + 3 * DAY, { n: 8 });
    expect(late.entries).toMatchObject([
      { kind: 'amendment', verdict: 'violation', amends: { task: 3, block: 7, index: 0 } },
    ]);
    expect(late.entries[0]?.reasons[0]?.message).toContain('answered late');
    subject.facts.add(request('request_answered', DUE - DAY));
    const inTime = sweep([subject], DUE + 4 * DAY, { n: 9 });
    expect(inTime.entries).toMatchObject([{ kind: 'amendment', verdict: 'compliant', amends: { block: 7, index: 0 } }]);
    for (const { entries } of [late, inTime]) {
      expect(entries[0]).toMatchObject({
        tag: before[0]?.tag,
        occurredAt: DUE,
        source: null,
        register: before[0]?.register,
      });
    }
    expect(inTime.found).toMatchObject([{ amendment: true }]);
    expect(sweep([subject], DUE + 5 * DAY, { n: 10 }).entries).toEqual([]);
  });

  test('leaves to the next block what one has no room for', () => {
    const subjects = [asked('acme/s-1', 'r-1', 'r-2', 'r-3'), asked('acme/s-2', 'r-1')];
    const at = DUE + DAY;
    const first = sweep(subjects, at, { maxBytes: 1 });
    expect(first.entries).toHaveLength(1);
    expect(first.results).toMatchObject([{ subject: subjects[0], next: at }]);
    expect(first.results).toHaveLength(1);
    const second = sweep(subjects, at, { n: 8 });
    expect(second.entries).toHaveLength(3);
    const tags = [...first.entries, ...second.entries].map(({ tag }) => tag?.toString());
    expect(new Set(tags).size).toBe(4);
    expect(sweep(subjects, at, { n: 9 }).entries).toEqual([]);
  });
});

test('of subjects with long lists of duties a block takes some', () => {
  const ids = Array.from({ length: 700 }, (_, i) => `${i}`.padEnd(1_000, 'x'));
  const subjects = Array.from({ length: 6 }, (_, i) => asked(`acme/s-${i}`, ...ids));
  const at = DUE + DAY;
  const [first, second, third] = [7, 8, 9].map((n) => {
    const left = subjects.filter(({ duties }) => duties.length === 0);
    return sweep(left, at, { n, maxBytes: 1e8 }).results.length;
  });
  expect([first, second, third]).toEqual([3, 3, 0]);
});

describe('dueOf', () => {
  const due = (subject: TestSubject, now: number) => dueOf(subject, now, registers, resolve);

  test('is when something falls due, and at once where something is to be said', () => {
    const subject = asked('acme/s-1', 'r-1');
    expect(due(subject, DUE - DAY)).toBe(DUE + 1);
    expect(due(subject, DUE + DAY)).toBe(0);
    sweep([subject], DUE + DAY);
    expect(due(subject, DUE + DAY)).toBeNull();
    subject.facts.add(request('request_answered', DUE - DAY));
    expect(due(subject, DUE + DAY)).toBe(0);
    expect(due(new TestSubject('acme/s-2'), DUE)).toBeNull();
  });

  test('is at once where it takes a register that is not at hand', () => {
    const subject = asked('acme/s-1', 'r-1');
    sweep([subject], DUE + DAY);
    expect(dueOf(subject, DUE + DAY, registers, () => undefined)).toBe(0);
  });
});
