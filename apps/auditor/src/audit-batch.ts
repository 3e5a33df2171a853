import { hash } from 'node:crypto';
import { encodeEntry } from '#libs/events';
import type { AuditEntry, Decoded, EntryAccount, StreamEvent } from '#libs/events';
import { factOf, findingText, judge, unreadable, useOf } from '#libs/judge';
import type { Fact, Finding, SubjectFacts, UseFact } from '#libs/judge';
import type { Registers, TransferLaw } from '#libs/register';
import type { SourceRecord } from '#libs/stream';
import { subjectKey } from '#libs/subjects';
import { Tally } from './tally.js';

/** What judging needs to know and to remember of subjects; `TaskSubjects` is one. */
export interface Subjects<S extends KnownSubject = KnownSubject> {
  get(key: string): S;
  learn(subject: S, learnt: { fact: Fact | null; use: UseFact | null; occurredAt: number }): void;
}

export interface KnownSubject {
  readonly facts: SubjectFacts;
  tag(eventId: string): Buffer;
}

/** What an event is held against. */
export interface Rulebook {
  readonly registers: Registers;
  readonly law: TransferLaw;
}

export interface AuditedBatch<S = unknown> {
  /** Number of records audited, from the first; fewer than given where the entries would exceed `maxBytes`. */
  readonly count: number;
  /** One for each audited record, in order. */
  readonly entries: readonly Buffer[];
  /** The subject of each audited record; undefined where it cannot be read. */
  readonly about: readonly VaultRow<S>[];
  /** Audited records that cannot be read. */
  readonly unreadable: readonly SourceRecord[];
  readonly tally: Tally;
  /** Audited events whose record key is not that of their subject, so that they may be in the wrong task. */
  readonly misplaced: number;
}

/** Whom an entry is about and what it was judged from; null: it cannot be read. */
export type VaultRow<S> = null | {
  readonly kind: 'finding';
  readonly subject: S;
  readonly event: StreamEvent;
  readonly value: Buffer | null;
  readonly timestamp: number | null;
  readonly source: SourceRecord;
  readonly register: string | null;
  readonly said: string;
};

/** Keys of the subjects that the readable ones of these events are about. */
export function subjectKeys(decoded: readonly Decoded[]): Set<string> {
  const keys = new Set<string>();
  for (const one of decoded) if (one.ok) keys.add(keyOf(one.event));
  return keys;
}

/**
 * Judges the records of a batch in order and makes their entries.
 *
 * What all of them teach is learnt before the first is judged: facts are asked as of each event's time, so it can only
 * help, and records of different topics that were published together come in no certain order.
 *
 * Nothing here waits or looks anything up; what changes is `subjects`, by the facts of the given records (also of those
 * left for the next block: learning them twice changes nothing).
 *
 * @param decoded the records' values, decoded, in the same order
 * @param now when it is judged, ms since the epoch
 * @param maxBytes of all entries together; one is made whatever its length
 * @param accountFor what the block accounts for where it takes this many records; goes into its first entry
 */
export function auditBatch<S extends KnownSubject>(
  records: readonly SourceRecord[],
  decoded: readonly Decoded[],
  subjects: Subjects<S>,
  rulebook: Rulebook,
  now: number,
  maxBytes: number,
  accountFor: (count: number) => EntryAccount,
): AuditedBatch<S> {
  const entries: Buffer[] = [];
  const unread: SourceRecord[] = [];
  const tally = new Tally();
  const known = learn(decoded, subjects);
  let first: AuditEntry | null = null;
  const about: VaultRow<S>[] = [];
  let bytes = 0;
  let misplaced = 0;
  for (let i = 0; i < records.length && bytes < maxBytes; i++) {
    const record = records[i] as SourceRecord;
    const one = decoded[i] as Decoded;
    let entry: AuditEntry;
    if (one.ok) {
      const subject = known[i] as S;
      if (record.key === null || record.key.toString() !== keyOf(one.event)) misplaced++;
      const timestamp = record.timestamp >= 0 ? record.timestamp : null;
      const finding = judge({ event: one.event, timestamp, facts: subject.facts, ...rulebook });
      const { register } = finding;
      const said = hash('sha256', findingText(finding), 'hex').slice(0, 16);
      about.push({
        kind: 'finding',
        subject,
        event: one.event,
        value: record.value,
        timestamp,
        source: record,
        register,
        said,
      });
      entry = findingEntry(record, one.event, finding, subject.tag(one.event.event.eventId), now);
      const { controller } = one.event.event;
      tally.add(rulebook.registers.of(controller) === undefined ? null : controller, finding);
    } else {
      const finding = unreadable(one.fault);
      entry = unreadableEntry(record, finding, now);
      about.push(null);
      unread.push(record);
      tally.add(null, finding);
    }
    first ??= entry;
    const encoded = encodeEntry(entry);
    bytes += encoded.length;
    entries.push(encoded);
  }
  // Only now is it known how far the block goes.
  if (first !== null) entries[0] = encodeEntry({ ...first, account: accountFor(entries.length) });
  return { count: entries.length, entries, about, unreadable: unread, tally, misplaced };
}

/** Adds what the events teach of their subjects; gives the subject of each, undefined where it cannot be read. */
function learn<S extends KnownSubject>(decoded: readonly Decoded[], subjects: Subjects<S>): (S | undefined)[] {
  return decoded.map((one) => {
    if (!one.ok) return undefined;
    const subject = subjects.get(keyOf(one.event));
    const { occurredAt } = one.event.event;
    subjects.learn(subject, { fact: factOf(one.event), use: useOf(one.event), occurredAt });
    return subject;
  });
}

function keyOf({ event }: StreamEvent): string {
  return subjectKey(event.controller, event.subject);
}

function findingEntry(
  record: SourceRecord,
  { stream, event }: StreamEvent,
  { verdict, reasons, assumptions, register }: Finding,
  tag: Buffer,
  recordedAt: number,
): AuditEntry {
  return {
    kind: 'finding',
    recordedAt,
    source: sourceOf(record),
    tag,
    occurredAt: event.occurredAt,
    stream,
    controller: event.controller,
    service: event.service,
    purpose: stream === 'rights' ? null : event.purpose,
    legalBasis: stream === 'rights' ? null : event.legalBasis,
    verdict,
    reasons,
    assumptions,
    register: register === null ? null : digest(register),
    amends: null,
    valueSha256: null,
    account: null,
    act: null,
  };
}

function unreadableEntry(record: SourceRecord, { verdict, reasons }: Finding, recordedAt: number): AuditEntry {
  return {
    kind: 'unreadable',
    recordedAt,
    source: sourceOf(record),
    tag: null,
    occurredAt: null,
    stream: null,
    controller: null,
    service: null,
    purpose: null,
    legalBasis: null,
    verdict,
    reasons,
    assumptions: [],
    register: null,
    amends: null,
    valueSha256: hash('sha256', record.value ?? Buffer.alloc(0), 'buffer'),
    account: null,
    act: null,
  };
}

function sourceOf({ topic, partition, offset, timestamp }: SourceRecord): AuditEntry['source'] {
  return { topic, partition, offset, timestamp };
}

const digests = new Map<string, Buffer>();

function digest(hex: string): Buffer {
  let bytes = digests.get(hex);
  if (bytes === undefined) digests.set(hex, (bytes = Buffer.from(hex, 'hex')));
  return bytes;
}
