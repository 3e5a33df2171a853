import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { encodeEntry, encodeRecord, recordKey, toConfluent } from '#libs/events';
import type { AuditEntry, Decoded, EntryAccount, StreamEvent } from '#libs/events';
import { SubjectFacts } from '#libs/judge';
import type { SourceRecord } from '#libs/stream';
import { acme, LAW } from '../../../test/support/acme.js';
import { auditBatch, learnBatch, subjectKeys } from './audit-batch.js';
import type { AuditedBatch, Learnt } from './audit-batch.js';
import { sealed } from './draft.fixture.js';
import { Draft } from './draft.js';
import type { DraftRow } from './draft.js';

const NOW = Date.UTC(2024, 5, 1);
const rulebook = { registers: acme(), law: LAW };

class TestSubject {
  readonly facts = new SubjectFacts();
  readonly events = new Set<string>();
  constructor(readonly key: string) {}
  tag(text: string): Buffer {
    return createHash('sha256').update(`${this.key} ${text}`).digest();
  }
}

class TestSubjects {
  readonly all = new Map<string, TestSubject>();
  get(key: string): TestSubject {
    const subject = this.all.get(key) ?? new TestSubject(key);
    this.all.set(key, subject);
    return subject;
  }
  learn(subject: TestSubject, { fact }: Learnt): void {
    if (fact !== null) subject.facts.add(fact);
  }
  recognise({ events }: TestSubject, content: Uint8Array): boolean {
    return events.size === events.add(Buffer.from(content).toString('hex')).size;
  }
}

const base = { controller: 'acme', service: 'shop', subject: 's-1' };
const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

function consent(n: number, action: 'consent_given' | 'consent_withdrawn', day: number): StreamEvent {
  const event = { ...base, eventId: id(n), occurredAt: Date.UTC(2024, 0, day), action, purposes: ['news'] };
  return { stream: 'rights', event: { ...event, requestId: null, requestKind: null, evidence: null } };
}

function mail(n: number, day: number, controller = 'acme'): StreamEvent {
  const event = { ...base, controller, eventId: id(n), occurredAt: Date.UTC(2024, 0, day), purpose: 'news' };
  const processing = { ...event, legalBasis: 'consent' as const, dataCategories: ['email'] };
  const rest = { collectedAt: null, justification: null, action: 'sent' as const, channel: 'email' as const };
  return { stream: 'marketing', event: { ...processing, ...rest, personalised: false } };
}

const FAULT: Decoded = { ok: false, fault: 'the record has no value' };
const readable = (event: StreamEvent): Decoded => ({ ok: true, event });

const accountFor = (count: number): EntryAccount => ({
  task: 3,
  block: 7,
  previous: Buffer.alloc(32, 7),
  ranges: [{ topic: 'marketing', partition: 3, from: 90, to: 100 + count, lost: false }],
  registers: null,
});

interface Outcome extends AuditedBatch {
  readonly entries: readonly AuditEntry[];
  readonly rows: readonly DraftRow<TestSubject>[];
}

function audit(
  decoded: Decoded[],
  subjects = new TestSubjects(),
  maxBytes = 1e6,
  keys?: (Buffer | null)[],
  valueOf: (event: StreamEvent, i: number) => Buffer = encodeRecord,
): Outcome {
  const records = decoded.map((one, i): SourceRecord => {
    const key = keys?.[i] === undefined ? Buffer.from(one.ok ? recordKey(one.event.event) : 'x') : keys[i];
    const value = one.ok ? valueOf(one.event, i) : Buffer.from(`value ${i}`);
    return { topic: 'marketing', partition: 3, offset: 100 + i, timestamp: NOW - 1_000, key, value, headers: {} };
  });
  const draft = new Draft<TestSubject>(3, 7, NOW, maxBytes);
  const known = subjectKeys(decoded).map((key) => (key === null ? undefined : subjects.get(key)));
  learnBatch(decoded, known, subjects);
  const audited = auditBatch(draft, records, decoded, known, subjects, rulebook);
  return { ...audited, entries: sealed(draft, accountFor(audited.count)), rows: draft.rows };
}

const verdictsOf = (audited: Outcome) => audited.entries.map(({ verdict }) => verdict);

describe('auditBatch', () => {
  test('judges each event by the facts of the whole batch, as of its own time', () => {
    const events = [
      mail(1, 1),
      mail(2, 3),
      consent(3, 'consent_given', 2),
      mail(4, 5),
      consent(5, 'consent_withdrawn', 4),
    ];
    expect(verdictsOf(audit(events.map(readable)))).toEqual([
      'violation',
      'compliant',
      'compliant',
      'violation',
      'compliant',
    ]);
  });

  test('remembers facts from batch to batch', () => {
    const subjects = new TestSubjects();
    audit([readable(consent(1, 'consent_given', 1))], subjects);
    expect(verdictsOf(audit([readable(mail(2, 3))], subjects))).toEqual(['compliant']);
  });

  test('makes one entry a record, in order, a repeated event included', () => {
    const audited = audit([readable(mail(1, 3)), FAULT, readable(mail(1, 3))]);
    expect(audited.entries.map(({ source }) => source?.offset)).toEqual([100, 101, 102]);
    expect(audited.count).toBe(3);
  });

  const repeatsOf = ({ entries }: Outcome) => entries.map(({ repeat }) => repeat);

  test('says which events were there before, in whatever framing', () => {
    const subjects = new TestSubjects();
    const events = [mail(1, 3), mail(1, 3), mail(1, 4), mail(2, 3), mail(1, 3, 'other'), mail(1, 3)].map(readable);
    const inTurns = (event: StreamEvent, i: number) =>
      i % 2 === 0 ? encodeRecord(event) : toConfluent(encodeRecord(event), 7);
    const audited = audit(events, subjects, 1e6, undefined, inTurns);
    expect(repeatsOf(audited)).toEqual([false, true, false, false, false, true]);
    expect(audited.rows.map((row) => row?.kind === 'finding' && row.repeat)).toEqual(repeatsOf(audited));
    expect(repeatsOf(audit([FAULT, readable(mail(2, 3))], subjects))).toEqual([false, true]);
  });

  test('no event is there before itself where the block is full first', () => {
    const subjects = new TestSubjects();
    const events = [readable(mail(1, 3)), readable(mail(2, 3))];
    expect(repeatsOf(audit(events, subjects, 1))).toEqual([false]);
    expect(repeatsOf(audit(events.slice(1), subjects))).toEqual([false]);
  });

  test('an entry says what was judged and by what, and names no person', () => {
    const [entry] = audit([readable(mail(1, 3))]).entries as [AuditEntry];
    expect(entry).toMatchObject({
      kind: 'finding',
      recordedAt: NOW,
      source: { topic: 'marketing', partition: 3, offset: 100, timestamp: NOW - 1_000 },
      occurredAt: Date.UTC(2024, 0, 3),
      stream: 'marketing',
      controller: 'acme',
      purpose: 'news',
      legalBasis: 'consent',
      verdict: 'violation',
      reasons: [{ rule: 'consent-missing' }],
      amends: null,
      valueSha256: null,
    });
    expect(entry.tag).toEqual(new TestSubject('acme/s-1').tag(id(1)));
    expect(entry.register?.toString('hex')).toBe(rulebook.registers.inForce('acme', NOW)?.id);
    const bytes = encodeEntry(entry);
    expect(bytes.includes('s-1')).toBe(false);
    expect(bytes.includes(id(1))).toBe(false);
  });

  test('the first entry says what the block accounts for, as far as it goes, and no other does', () => {
    const accounts = (audited: Outcome) => audited.entries.map(({ account }) => account);
    const events = [FAULT, readable(mail(1, 3)), readable(mail(2, 3))];
    expect(accounts(audit(events))).toEqual([accountFor(3), null, null]);
    expect(accounts(audit(events, new TestSubjects(), 200))).toEqual([accountFor(2), null]);
    expect(audit([]).entries).toEqual([]);
  });

  test('an unreadable record gets an entry with its digest, and is a dead letter', () => {
    const audited = audit([FAULT]);
    expect(audited.entries[0]).toMatchObject({
      kind: 'unreadable',
      verdict: 'unreadable',
      tag: null,
      controller: null,
      reasons: [{ rule: 'event-unreadable', message: 'the record has no value' }],
      valueSha256: createHash('sha256').update('value 0').digest(),
    });
    expect(audited.unreadable.map(({ offset }) => offset)).toEqual([100]);
  });

  test('stops where a block is full, and leaves the rest to the next block with the same outcome', () => {
    const subjects = new TestSubjects();
    const events = [readable(mail(1, 3)), readable(consent(2, 'consent_given', 1)), readable(mail(3, 3))];
    const first = audit(events, subjects, 1);
    expect(first.count).toBe(1);
    const rest = audit(events.slice(first.count), subjects);
    expect([...verdictsOf(first), ...verdictsOf(rest)]).toEqual(verdictsOf(audit(events)));
    expect(subjects.get('acme/s-1').facts.size).toBe(1);
  });

  test('says of each entry whom it is about and what it takes to judge it again', () => {
    const events = [readable(mail(1, 3)), FAULT, readable(mail(2, 3, 'other')), readable(mail(3, 3))];
    const keys = (maxBytes: number) => audit(events, new TestSubjects(), maxBytes).rows.map((row) => row?.subject.key);
    expect(keys(1e6)).toEqual(['acme/s-1', undefined, 'other/s-1', 'acme/s-1']);
    expect(keys(1)).toEqual(['acme/s-1']);
    const { rows } = audit(events);
    expect(rows[0]).toMatchObject({
      kind: 'finding',
      event: mail(1, 3),
      value: encodeRecord(mail(1, 3)),
      timestamp: NOW - 1_000,
      source: { topic: 'marketing', partition: 3, offset: 100 },
      register: rulebook.registers.inForce('acme', NOW)?.id,
      said: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    const said = rows.map((row) => row?.said);
    expect(said[0]).toBe(said[3]);
    expect(said[0]).not.toBe(said[2]);
  });

  test('counts keys that are not the subject’s', () => {
    const events = [mail(1, 3), mail(2, 3), mail(3, 3)].map(readable);
    const keys = [Buffer.from('acme/s-1'), Buffer.from('acme/s-2'), null];
    expect(audit(events, new TestSubjects(), 1e6, keys).misplaced).toBe(2);
  });

  test('counts by controller and verdict, and names no controller that no register knows', () => {
    const audited = audit([readable(mail(1, 3)), readable(mail(2, 3, 'somebody')), FAULT]);
    expect(audited.tally.summary()).toEqual({
      verdicts: [
        { controller: 'acme', verdict: 'violation', count: 1 },
        { controller: '(unknown)', verdict: 'gap', count: 1 },
        { controller: '(unknown)', verdict: 'unreadable', count: 1 },
      ],
      rules: [
        { rule: 'consent-missing', count: 1 },
        { rule: 'controller-unknown', count: 1 },
        { rule: 'event-unreadable', count: 1 },
      ],
    });
  });
});

test('subjectKeys names the subject of each readable event', () => {
  const events = [mail(1, 3), mail(2, 3), mail(3, 3, 'other')].map(readable);
  expect(subjectKeys([...events, FAULT])).toEqual(['acme/s-1', 'acme/s-1', 'other/s-1', null]);
});
