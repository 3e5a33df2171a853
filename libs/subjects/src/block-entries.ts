import type { EntrySource, StreamEvent } from '#libs/events';
import type { Subject } from './subject.js';

/** Whom an entry of a block is about and what it says; null: nobody who is known. */
export type EntryRow = FindingEntry | AmendmentEntry | DutyEntry | null;

export interface FindingEntry {
  readonly kind: 'finding';
  readonly subject: Subject;
  readonly event: StreamEvent;
  /** The record's value as it came; null: the event is encoded anew. */
  readonly value: Buffer | null;
  /** The record's Kafka timestamp, ms; null: it has none. As in `source`, where it then is negative. */
  readonly timestamp: number | null;
  readonly source: EntrySource;
  /** SHA-256 of the register it was judged by, hex; null: by none. */
  readonly register: string | null;
  /** Digest of what it says, 16 hex digits. */
  readonly said: string;
  /** Whether it is of an event that an earlier finding of the task is of. */
  readonly repeat: boolean;
  /** Ids of the problems that it belongs to. */
  readonly problems: readonly string[];
}

export interface AmendmentEntry {
  readonly kind: 'amendment';
  readonly subject: Subject;
  /** The finding itself, whatever amended it before. */
  readonly amends: { readonly block: number; readonly index: number };
  readonly occurredAt: number;
  readonly said: string;
  readonly problems: readonly string[];
}

export interface DutyEntry {
  readonly kind: 'duty';
  readonly subject: Subject;
  readonly said: string;
  readonly problems: readonly string[];
}

/** Whom the entries of a block are about. */
export interface About {
  /** Number of each subject in the block, from 1, by key. */
  readonly numbers: ReadonlyMap<string, number>;
  /** In the order of their numbers. */
  readonly subjects: readonly Subject[];
  /** For each entry the number of its subject; 0: nobody who is known. */
  readonly numbered: readonly number[];
  /** Greatest `occurredAt` of its findings, ms; -Infinity: it has none. */
  readonly latest: number;
}

export function about(entries: readonly EntryRow[]): About {
  const numbers = new Map<string, number>();
  const subjects: Subject[] = [];
  let latest = -Infinity;
  const numbered = entries.map((entry) => {
    if (entry === null) return 0;
    const { subject } = entry;
    if (entry.kind === 'finding') latest = Math.max(latest, entry.event.event.occurredAt);
    else if (entry.kind === 'amendment') latest = Math.max(latest, entry.occurredAt);
    let number = numbers.get(subject.key);
    if (number === undefined) {
      numbers.set(subject.key, (number = subjects.push(subject)));
    }
    return number;
  });
  return { numbers, subjects, numbered, latest };
}
