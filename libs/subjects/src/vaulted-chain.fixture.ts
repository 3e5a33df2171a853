import { createHash } from 'node:crypto';
import { encodeRecord } from '#libs/events';
import type { StreamEvent } from '#libs/events';
import { factOf, useOf } from '#libs/judge';
import type { DutyRecord } from '#libs/judge';
import type { MongoConnection } from '#libs/trail';
import { SubjectStore } from './store.js';
import type { SubjectStoreOptions } from './store.js';
import { parseSubjectKey, subjectKey } from './subject.js';
import type { Subject } from './subject.js';
import type { EntryRow, FindingEntry } from './block-entries.js';
import type { TaskSubjects } from './task-subjects.js';
import { parseVaultKeys } from './vault/vault-key.js';

export const VAULT_KEYS = parseVaultKeys(Buffer.alloc(32, 7).toString('base64'));
const REGISTER = 'ab'.repeat(32);
const { signal } = new AbortController();

/** An order of a subject at a time, ms: a fact, and a use of data. */
export function order(key: string, at: number, action: 'placed' | 'other' = 'placed'): StreamEvent {
  const { controller, subject } = parseSubjectKey(key);
  return {
    stream: 'orders',
    event: {
      eventId: '0b54eb5e-9a83-4e0a-9f5a-000000000000',
      occurredAt: at,
      controller,
      service: 'shop',
      subject,
      purpose: 'orders',
      legalBasis: 'contract',
      dataCategories: ['name'],
      collectedAt: null,
      justification: null,
      action,
      orderId: `o-${at}`,
      customerType: 'private',
    },
  };
}

/** The entry of a finding on an event. */
export function finding(
  subject: Subject,
  event: StreamEvent,
  said = '00'.repeat(8),
  problems: readonly string[] = [],
): FindingEntry {
  const timestamp = event.event.occurredAt;
  const source = { topic: event.stream, partition: 0, offset: timestamp, timestamp };
  const value = encodeRecord(event);
  return {
    kind: 'finding',
    subject,
    event,
    value,
    timestamp,
    source,
    register: REGISTER,
    said,
    repeat: false,
    problems,
  };
}

/** Stands for a finding: says which facts were known as of the event. */
export function verdict(subject: Subject, { event }: StreamEvent): string {
  const facts = [...subject.facts.all()].filter(({ at }) => at <= event.occurredAt);
  return digest(facts.map(({ at, kind }) => `${kind} ${at}`).sort());
}

export function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

/** An entry that came about. */
export type TrailEntry = { readonly key: string; readonly said: string; readonly problems: readonly string[] } & (
  | { readonly kind: 'finding'; readonly event: StreamEvent; readonly repeat: boolean }
  | { readonly kind: 'amendment'; readonly amends: string }
  | { readonly kind: 'duty' }
);

/** A finding and what was said of it, in order. */
export type SaidFinding = Omit<Extract<TrailEntry, { kind: 'finding' }>, 'said'> & { readonly said: string[] };

/** Where making a block ends: `null`: nowhere. */
export type Crash = 'before journal' | 'after journal' | 'after block' | null;

/** How a block is made. */
export interface Making {
  readonly crash?: Crash;
  /** Findings judged again at most. */
  readonly limit?: number;
  /** Sweeps as of this time, ms. */
  readonly at?: number;
}

/**
 * The chain of task 0, in memory where the trail is in the database, and the vault beside it. Blocks are made as the
 * auditor makes them, with {@link verdict} for a judge.
 */
export class VaultedChain {
  /** Who wrote each block. */
  writers: string[] = [];
  /** By position, `block/index`. */
  readonly trail = new Map<string, TrailEntry>();
  private store: SubjectStore;
  private prepared: Promise<void> | null = null;
  /** Digest of the registers in force when a task is taken over. */
  registers: string | null = null;
  /** When a subject is due; ms, null: never. */
  dueOf: (subject: Subject) => number | null = () => null;
  readonly due = (subject: Subject): number | null => this.dueOf(subject);
  /** The problems of an entry that says this. */
  problemsOf: (said: string) => readonly string[] = () => [];

  constructor(
    readonly connection: MongoConnection,
    private readonly options: Partial<SubjectStoreOptions> = {},
  ) {
    this.store = this.begun();
  }

  /** Tasks are owned by another process from now on, which remembers nothing. */
  restart(): void {
    this.store = this.begun();
    this.prepared = null;
  }

  private begun(): SubjectStore {
    const defaults = { cacheSubjects: 8, keepBlocks: 2, keepBytes: 1e6, flushSubjects: 3, recentBytes: 1e6 };
    return new SubjectStore(this.connection, VAULT_KEYS, { ...defaults, ...this.options });
  }

  get last(): number {
    return this.writers.length - 1;
  }

  async open(writer: string): Promise<TaskSubjects> {
    await (this.prepared ??= this.store.prepare());
    const writers = (from: number, to: number) =>
      Promise.resolve(new Map(this.writers.map((by, n) => [n, by] as const).filter(([n]) => n >= from && n <= to)));
    return this.store.open({ task: 0, last: this.last, writer, writers }, 1, {
      registers: this.registers,
      dueOf: this.due,
    });
  }

  /** Makes a block of these events, with what else there is to say. No block where there is nothing. */
  async block(
    subjects: TaskSubjects,
    writer: string,
    events: readonly StreamEvent[],
    { crash = null, limit = 100, at }: Making = {},
  ): Promise<boolean> {
    const n = this.writers.length;
    const keys = events.map(({ event }) => subjectKey(event.controller, event.subject));
    await subjects.load(keys);
    const about = keys.map((key) => subjects.get(key));
    events.forEach((event, i) => {
      const { occurredAt } = event.event;
      subjects.learn(about[i] as Subject, { fact: factOf(event), use: useOf(event), occurredAt });
    });
    const given = await subjects.toRejudge(limit);
    const due = at === undefined ? [] : ((await subjects.toSweep(at, limit)) ?? []);
    const rows: Exclude<EntryRow, null>[] = events.map((event, i) => {
      const subject = about[i] as Subject;
      const said = verdict(subject, event);
      const repeat = subjects.recognise(subject, encodeRecord(event));
      return { ...finding(subject, event, said, this.problemsOf(said)), repeat };
    });
    for (const { subject, findings } of given) {
      for (const { block, index, event, said: before } of findings) {
        const said = verdict(subject, event);
        if (said === before) continue;
        rows.push({
          kind: 'amendment',
          subject,
          amends: { block, index },
          occurredAt: event.event.occurredAt,
          said,
          problems: this.problemsOf(said),
        });
      }
    }
    subjects.rejudged(given);
    for (const subject of due) {
      const said = digest(['duty', subject.facts.size]);
      const next = this.dueOf(subject);
      if (subject.duties.length > 0) {
        subjects.swept(subject, { next });
        continue;
      }
      const index = rows.push({ kind: 'duty', subject, said, problems: this.problemsOf(said) }) - 1;
      subjects.swept(subject, { next, duties: [dutyRecord(n, index, said)] });
    }
    if (rows.length === 0) return given.length + due.length > 0;
    if (crash === 'before journal') return false;
    await subjects.journal(n, rows, signal);
    if (crash === 'after journal') return false;
    this.writers.push(writer);
    rows.forEach((row, index) => this.trail.set(`${n}/${index}`, toEntry(row)));
    if (crash !== 'after block') subjects.written(n);
    return true;
  }

  /** Makes blocks until nobody is marked. */
  async settle(subjects: TaskSubjects, writer: string, limit = 100): Promise<void> {
    while (subjects.marked > 0) await this.block(subjects, writer, [], { limit });
  }

  /** Findings by position, and what was said of each, in order. */
  said(): Map<string, SaidFinding> {
    const all = new Map<string, SaidFinding>();
    for (const [position, entry] of this.trail) {
      if (entry.kind === 'finding') all.set(position, { ...entry, said: [entry.said] });
      if (entry.kind === 'amendment') all.get(entry.amends)?.said.push(entry.said);
    }
    return all;
  }

  amendments(): string[] {
    return [...this.trail.values()].flatMap((entry) => (entry.kind === 'amendment' ? [entry.amends] : []));
  }
}

export function dutyRecord(block: number, index: number, said: string): DutyRecord {
  return { duty: 'request-overdue', purpose: null, requestId: 'r', register: REGISTER, dueAt: 0, block, index, said };
}

function toEntry(row: Exclude<EntryRow, null>): TrailEntry {
  const { said, problems } = row;
  const { key } = row.subject;
  if (row.kind === 'finding') return { kind: 'finding', key, event: row.event, said, problems, repeat: row.repeat };
  if (row.kind === 'amendment') {
    return { kind: 'amendment', key, amends: `${row.amends.block}/${row.amends.index}`, said, problems };
  }
  return { kind: 'duty', key, said, problems };
}
