import { hash } from 'node:crypto';
import type { EntryPosition, NewEntry, StreamEvent } from '#libs/events';
import type { DutyFinding, Finding } from '#libs/judge';
import type { SourceRecord } from '#libs/stream';

/** Where a judged record came from. */
export type RecordSource = Pick<SourceRecord, 'topic' | 'partition' | 'offset' | 'timestamp'>;

/** The entry of a record that is an event. `tag` is that of its subject and event id; `repeat`: an earlier one is of it too. */
export function findingEntry(
  source: RecordSource,
  { stream, event }: StreamEvent,
  finding: Finding,
  { tag, repeat }: Pick<NewEntry, 'tag' | 'repeat'>,
  recordedAt: number,
): NewEntry {
  return {
    kind: 'finding',
    recordedAt,
    source: sourceOf(source),
    tag,
    occurredAt: event.occurredAt,
    stream,
    controller: event.controller,
    service: event.service,
    purpose: stream === 'rights' ? null : event.purpose,
    legalBasis: stream === 'rights' ? null : event.legalBasis,
    verdict: finding.verdict,
    reasons: finding.reasons,
    assumptions: finding.assumptions,
    register: digestOf(finding.register),
    amends: null,
    valueSha256: null,
    account: null,
    act: null,
    repeat,
  };
}

/** The entry of a record that is no event. */
export function unreadableEntry(record: SourceRecord, finding: Finding, recordedAt: number): NewEntry {
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
    verdict: finding.verdict,
    reasons: finding.reasons,
    assumptions: finding.assumptions,
    register: null,
    amends: null,
    valueSha256: hash('sha256', record.value ?? Buffer.alloc(0), 'buffer'),
    account: null,
    act: null,
    repeat: false,
  };
}

/** The entry of a duty that was not fulfilled in time; it fell due at `dueAt` (ms). */
export function dutyEntry(
  controller: string,
  { purpose, dueAt, finding }: Pick<DutyFinding, 'purpose' | 'dueAt' | 'finding'>,
  tag: NewEntry['tag'],
  recordedAt: number,
): NewEntry {
  return {
    kind: 'duty',
    recordedAt,
    source: null,
    tag,
    occurredAt: dueAt,
    stream: null,
    controller,
    service: null,
    purpose,
    legalBasis: null,
    verdict: finding.verdict,
    reasons: finding.reasons,
    assumptions: finding.assumptions,
    register: digestOf(finding.register),
    amends: null,
    valueSha256: null,
    account: null,
    act: null,
    repeat: false,
  };
}

/** The entry that takes the place of an earlier one, made as that was but for what is found. */
export function amending(entry: NewEntry, amends: EntryPosition): NewEntry {
  return { ...entry, kind: 'amendment', amends };
}

/** What the tag of a duty's entry is made of, in place of an event id. */
export function dutyTagText({ duty, purpose, requestId }: Pick<DutyFinding, 'duty' | 'purpose' | 'requestId'>): string {
  return `${duty}/${purpose ?? requestId ?? ''}`;
}

function sourceOf({ topic, partition, offset, timestamp }: RecordSource): NewEntry['source'] {
  return { topic, partition, offset, timestamp };
}

const digests = new Map<string, Buffer>();

/** The bytes of a register's digest; there are few. */
function digestOf(hex: string | null): Buffer | null {
  if (hex === null) return null;
  let bytes = digests.get(hex);
  if (bytes === undefined) digests.set(hex, (bytes = Buffer.from(hex, 'hex')));
  return bytes;
}
