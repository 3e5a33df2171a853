import { contentOf, isSingleObject } from '#libs/events';
import type { Decoded } from '#libs/events';
import { factOf, judge, unreadable, useOf } from '#libs/judge';
import type { Fact, SubjectFacts, UseFact } from '#libs/judge';
import type { Registers, TransferLaw } from '#libs/register';
import type { SourceRecord } from '#libs/stream';
import { subjectKey } from '#libs/subjects';
import type { Draft } from './draft.js';
import { findingEntry, unreadableEntry } from './entries.js';
import { problemsOf } from './problems.js';
import { saidOf } from './said.js';
import { Tally } from './tally.js';

/** What judging needs to know and to remember of subjects; `TaskSubjects` is one. */
export interface Subjects<S extends KnownSubject = KnownSubject> {
  learn(subject: S, learnt: Learnt): void;
  /** Whether an earlier finding is of the same event; to be asked once for each finding. */
  recognise(subject: S, content: Uint8Array): boolean;
}

export interface KnownSubject {
  /** See `subjectKey`. */
  readonly key: string;
  readonly facts: SubjectFacts;
  /** 32 bytes, or a string with a character for each. */
  tag(text: string): Buffer | string;
}

/** What an event teaches of its subject; times in ms since the epoch. */
export interface Learnt {
  readonly fact: Fact | null;
  readonly use: UseFact | null;
  readonly occurredAt: number;
}

/** What an event is held against. */
export interface Rulebook {
  readonly registers: Registers;
  readonly law: TransferLaw;
}

export interface AuditedBatch {
  /** Number of records audited, from the first; fewer than given where the block was full. */
  readonly count: number;
  /** Audited records that cannot be read. */
  readonly unreadable: readonly SourceRecord[];
  readonly tally: Tally;
  /** Audited events whose record key is not that of their subject, so that they may be in the wrong task. */
  readonly misplaced: number;
}

/** Keys of the subjects that these events are about; null where one cannot be read. */
export function subjectKeys(decoded: readonly Decoded[]): (string | null)[] {
  return decoded.map((one) => (one.ok ? subjectKey(one.event.event.controller, one.event.event.subject) : null));
}

/**
 * Adds what the events of a batch teach of their subjects.
 *
 * Also what records teach that are then left for the next block: learning it twice changes nothing.
 *
 * @param known the subject of each, by its key
 */
export function learnBatch<S extends KnownSubject>(
  decoded: readonly Decoded[],
  known: readonly (S | undefined)[],
  subjects: Subjects<S>,
): void {
  for (const [i, one] of decoded.entries()) {
    const subject = known[i];
    if (!one.ok || subject === undefined) continue;
    const { event } = one;
    subjects.learn(subject, { fact: factOf(event), use: useOf(event), occurredAt: event.event.occurredAt });
  }
}

/**
 * Judges the records of a batch in order and adds their entries to the block, as far as it takes them.
 *
 * What all of them teach is learnt before the first is judged: facts are asked as of each event's time, so it can only
 * help, and records of different topics that were published together come in no certain order.
 *
 * Nothing here waits or looks anything up; what changes is the draft, and which events of a subject are known.
 *
 * @param decoded the records' values, decoded, in the same order
 * @param known the subject of each that can be read
 */
export function auditBatch<S extends KnownSubject>(
  draft: Draft<S>,
  records: readonly SourceRecord[],
  decoded: readonly Decoded[],
  known: readonly (S | undefined)[],
  subjects: Pick<Subjects<S>, 'recognise'>,
  rulebook: Rulebook,
): AuditedBatch {
  const unread: SourceRecord[] = [];
  const tally = new Tally();
  const { registers, law } = rulebook;
  const { recordedAt } = draft;
  let misplaced = 0;
  let count = 0;
  for (; count < records.length && !draft.full; count++) {
    const record = records[count] as SourceRecord;
    const one = decoded[count] as Decoded;
    if (!one.ok) {
      const finding = unreadable(one.fault);
      draft.add(unreadableEntry(record, finding, recordedAt), null);
      unread.push(record);
      tally.add(null, finding);
      continue;
    }
    const { event } = one;
    const { controller, eventId } = event.event;
    const subject = known[count] as S;
    if (record.key === null || !isText(record.key, subject.key)) misplaced++;
    const timestamp = record.timestamp >= 0 ? record.timestamp : null;
    const finding = judge({ event, timestamp, facts: subject.facts, registers, law });
    const value = record.value !== null && isSingleObject(record.value) ? record.value : null;
    const repeat = subjects.recognise(subject, contentOf(value, event));
    const entry = findingEntry(record, event, finding, { tag: subject.tag(eventId), repeat }, recordedAt);
    draft.add(entry, {
      subject,
      kind: 'finding',
      event,
      value,
      timestamp,
      source: record,
      register: finding.register,
      said: saidOf(finding),
      repeat,
      problems: problemsOf(entry),
    });
    tally.add(registers.of(controller) === undefined ? null : controller, finding);
  }
  return { count, unreadable: unread, tally, misplaced };
}

/** Whether the bytes are this text in UTF-8. */
function isText(bytes: Buffer, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return bytes.equals(Buffer.from(text));
    if (unit !== bytes[i]) return false;
  }
  return bytes.length === text.length;
}
