import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import { WriterSchemas } from '#libs/events';
import type { Decoded } from '#libs/events';
import type {
  BatchOutcome,
  DeadLetters,
  IdleOutcome,
  Positions,
  SchemaRegistry,
  SourceRecord,
  TaskBatch,
  TaskIdle,
  TaskOpening,
} from '#libs/stream';
import type { SubjectStore } from '#libs/subjects';
import type { MongoWatch, TrailWriter } from '#libs/trail';
import { CalendarClock } from './calendar-clock.js';
import { decodeBatch } from './decode-batch.js';
import type { Metrics } from './metrics.js';
import { OwnedTask } from './owned-task.js';
import type { RegisterBook } from './register-book.js';
import { SweepClock } from './sweep-clock.js';
import { dueBy } from './sweep.js';

/** How long closing a task may take for writing subjects' documents; what is left the journal has. */
const CLOSE_WITHIN_MS = 5_000;
/** Questions to the schema registry at a time: records that name many schemas must not hold up the others for long. */
const SCHEMAS_AT_ONCE = 16;

/** Where messages go; pino's shape. No message holds anything of a person. */
export interface AuditorLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** What the auditor works with. */
export interface AuditorParts {
  readonly trail: TrailWriter;
  readonly subjects: SubjectStore;
  readonly watch: MongoWatch;
  readonly deadLetters: Pick<DeadLetters, 'send'>;
  /** null: none is configured. */
  readonly registry: SchemaRegistry | null;
  /** Longest value of a record that is looked into, in bytes. */
  readonly maxRecordBytes: number;
  readonly book: RegisterBook;
  /** From one look at the duties to the next, ms. */
  readonly sweepEveryMs: number;
  readonly metrics: Metrics;
  readonly log: AuditorLog;
  /** The time, ms since the epoch. */
  readonly now: () => number;
  /** The same by another clock, MongoDB's. */
  readonly serverTime: () => Promise<number>;
}

/** Audits tasks: a batch of records becomes one block of the task's chain, with what it teaches of its subjects. */
export class Auditor {
  private readonly tasks = new Map<number, OwnedTask>();
  private readonly writers = new WriterSchemas();
  private prepared = false;

  constructor(private readonly parts: AuditorParts) {}

  /** The tasks that are ours. */
  get owned(): Iterable<OwnedTask> {
    return this.tasks.values();
  }

  /** Takes a task over where the trail ends; null where the signal came first. */
  async open({ task, tasks, signal }: TaskOpening): Promise<Positions | null> {
    const { trail, subjects, watch, book, sweepEveryMs, now } = this.parts;
    const clock = new SweepClock(sweepEveryMs, now);
    const prepared = await watch.untilDone(() => this.prepare(), signal);
    if (prepared === null || !(await book.keep(signal))) return null;
    const opened = await watch.untilDone(async () => {
      const end = await trail.chainEnd(task);
      clock.continueFrom(end?.sweptAt ?? -Infinity);
      const writer = randomUUID();
      const writers = (from: number, to: number) => trail.writers(task, from, to);
      const takeover = { task, last: end?.n ?? -1, writer, writers };
      const { registers } = book.current;
      const rules = { registers: registers.inForceDigest(now()), dueOf: dueBy(registers, book.resolve, now) };
      return { end, writer, subjects: await subjects.open(takeover, tasks, rules) };
    }, signal);
    if (opened === null) return null;
    const { end, writer } = opened;
    const calendarClock = new CalendarClock(sweepEveryMs, now);
    this.tasks.set(task, new OwnedTask(task, this.parts, opened.subjects, writer, clock, calendarClock, end));
    return end?.next ?? {};
  }

  /** Audits a batch, or as much of it as fits one block. */
  async batch(batch: TaskBatch): Promise<BatchOutcome> {
    const owned = this.tasks.get(batch.task);
    if (owned === undefined) throw new Error(`task ${batch.task} was not opened`);
    const decoded = await this.decode(batch.records, batch.signal);
    return decoded === null ? { kind: 'aborted' } : owned.batch(batch, decoded);
  }

  /** Does what a task calls for without records, and looks whether somebody else has written to it. */
  async idle(idle: TaskIdle): Promise<IdleOutcome> {
    return this.tasks.get(idle.task)?.idle(idle) ?? 'ours';
  }

  /** Gives a task up. */
  async close(task: number): Promise<void> {
    const owned = this.tasks.get(task);
    this.tasks.delete(task);
    await owned?.close(CLOSE_WITHIN_MS);
  }

  private async prepare(): Promise<true> {
    if (!this.prepared) {
      await this.parts.trail.prepare();
      await this.parts.subjects.prepare();
      await this.parts.book.prepare();
      this.prepared = true;
    }
    return true;
  }

  /** Decodes, and fetches writers' schemas that are not known yet; null where the signal came first. */
  private async decode(records: readonly SourceRecord[], signal: AbortSignal): Promise<Decoded[] | null> {
    const { registry, maxRecordBytes } = this.parts;
    const faults = new Map<number, string>();
    const atOnce = pLimit(SCHEMAS_AT_ONCE);
    for (;;) {
      const missing = new Set<number>();
      const decoded = decodeBatch(records, this.writers, faults, missing, maxRecordBytes);
      if (missing.size === 0) return decoded;
      const answers = await Promise.all(
        [...missing].map((id) =>
          atOnce(async () => ({ id, answer: registry === null ? 'none' : await registry.schema(id, signal) }) as const),
        ),
      );
      for (const { id, answer } of answers) {
        if (answer === null) return null;
        if (typeof answer === 'object') this.writers.addRegistrySchema(id, answer.schema);
        else faults.set(id, schemaFault(id, answer));
      }
    }
  }
}

function schemaFault(id: number, answer: 'none' | 'unknown' | 'not-avro'): string {
  switch (answer) {
    case 'none':
      return `it was written with schema ${id} of a schema registry, and no SCHEMA_REGISTRY_URL is set`;
    case 'unknown':
      return `the schema registry has no schema ${id}`;
    case 'not-avro':
      return `schema ${id} of the schema registry is no Avro schema`;
  }
}
