import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import { WriterSchemas } from '#libs/events';
import type { Decoded, EntryAccount } from '#libs/events';
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
import type { SubjectStore, TaskSubjects } from '#libs/subjects';
import { LostOwnership, makeBlock, MAX_BLOCK_BYTES } from '#libs/trail';
import type { Block, ChainEnd, MongoWatch, TrailWriter } from '#libs/trail';
import { auditBatch, subjectKeys } from './audit-batch.js';
import type { AuditedBatch, Rulebook } from './audit-batch.js';
import { decodeBatch } from './decode-batch.js';
import type { Metrics } from './metrics.js';

/** How long closing a task may take for writing subjects' documents; what is left the journal has. */
const CLOSE_WITHIN_MS = 5_000;
/** Questions to the schema registry at a time: records that name many schemas must not hold up the others for long. */
const SCHEMAS_AT_ONCE = 16;

interface OwnedTask {
  readonly subjects: TaskSubjects;
  /** Id of this ownership; blocks name it. */
  readonly writer: string;
  end: ChainEnd | null;
  /** False once facts were added that did not become durable. */
  orderly: boolean;
}

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
  readonly rulebook: Rulebook;
  readonly metrics: Metrics;
  readonly log: AuditorLog;
}

/** Audits tasks: a batch of records becomes one block of the task's chain, with what it teaches of its subjects. */
export class Auditor {
  private readonly tasks = new Map<number, OwnedTask>();
  private readonly writers = new WriterSchemas();
  private prepared = false;

  constructor(private readonly parts: AuditorParts) {}

  /** Takes a task over where the trail ends; null where the signal came first. */
  async open({ task, tasks, signal }: TaskOpening): Promise<Positions | null> {
    const { trail, subjects, watch } = this.parts;
    const opened = await watch.untilDone(async () => {
      await this.prepare();
      const end = await trail.chainEnd(task);
      const writer = randomUUID();
      const writers = (from: number, to: number) => trail.writers(task, from, to);
      const takeover = { task, last: end?.n ?? -1, writer, writers };
      return { end, writer, subjects: await subjects.open(takeover, tasks, () => null) };
    }, signal);
    if (opened === null) return null;
    this.tasks.set(task, { ...opened, orderly: true });
    return opened.end?.next ?? {};
  }

  /** Audits a batch, or as much of it as fits one block. */
  async batch(batch: TaskBatch): Promise<BatchOutcome> {
    const { watch, rulebook, metrics } = this.parts;
    const owned = this.tasks.get(batch.task);
    if (owned === undefined) throw new Error(`task ${batch.task} was not opened`);
    const started = performance.now();
    const decoded = await this.decode(batch.records, batch.signal);
    if (decoded === null) return { kind: 'aborted' };
    const keys = subjectKeys(decoded);
    const loaded = await watch.untilDone(async () => {
      await owned.subjects.load(keys);
      return true;
    }, batch.signal);
    if (loaded === null) return { kind: 'aborted' };
    owned.orderly = false;
    const n = (owned.end?.n ?? -1) + 1;
    const accountFor = (count: number): EntryAccount => ({
      task: batch.task,
      block: n,
      previous: owned.end?.digest ?? null,
      ranges: batch.ranges(count),
      registers: null,
    });
    const subjects: TaskSubjects = owned.subjects;
    const now = Date.now();
    const audited = auditBatch(batch.records, decoded, subjects, rulebook, now, MAX_BLOCK_BYTES, accountFor);
    const before = Promise.all([subjects.journal(n, audited.about, batch.signal), this.bury(audited, batch.signal)]);
    const block = toBlock(batch, audited, owned, now);
    if (!(await before).every(Boolean)) return { kind: 'aborted' };
    const written = await this.append(block, batch.signal);
    if (written === 'lost') await subjects.discard(n);
    if (written !== 'written') return { kind: written };
    owned.subjects.written(block.n);
    owned.end = block;
    owned.orderly = true;
    metrics.audited(audited, (performance.now() - started) / 1_000);
    if (audited.misplaced > 0) {
      this.parts.log.warn(
        { task: batch.task, count: audited.misplaced },
        'record keys that are not <controller>/<subject>: facts about these subjects may be missed',
      );
    }
    return { kind: 'done', count: audited.count };
  }

  /** Looks whether somebody else has written to a task: what is in memory of it may be of people who were erased. */
  async idle({ task }: TaskIdle): Promise<IdleOutcome> {
    const next = (this.tasks.get(task)?.end?.n ?? -1) + 1;
    const written = await this.parts.trail.writers(task, next, next).catch(() => null);
    return written !== null && written.size > 0 ? 'lost' : 'ours';
  }

  /** Gives a task up. */
  async close(task: number): Promise<void> {
    const owned = this.tasks.get(task);
    this.tasks.delete(task);
    await owned?.subjects.close(owned.orderly, CLOSE_WITHIN_MS);
  }

  private async prepare(): Promise<void> {
    if (this.prepared) return;
    await this.parts.trail.prepare();
    await this.parts.subjects.prepare();
    this.prepared = true;
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

  private async bury({ unreadable }: AuditedBatch, signal: AbortSignal): Promise<boolean> {
    if (unreadable.length === 0) return true;
    const letters = unreadable.map((record) => ({ record, reason: 'event-unreadable' }));
    return this.parts.deadLetters.send(letters, signal);
  }

  private async append(block: Block, signal: AbortSignal): Promise<'written' | 'lost' | 'aborted'> {
    try {
      const written = await this.parts.trail.append(block, signal);
      return written ? 'written' : 'aborted';
    } catch (fault) {
      if (fault instanceof LostOwnership) return 'lost';
      throw fault;
    }
  }
}

/** @param recordedAt as in the entries, which prove it */
function toBlock(
  batch: TaskBatch,
  { count, entries, tally }: AuditedBatch,
  { end, writer }: OwnedTask,
  recordedAt: number,
): Block {
  return makeBlock(
    {
      task: batch.task,
      ranges: batch.ranges(count),
      next: batch.positions(count),
      entries,
      writer,
      recordedAt,
      summary: tally.summary(),
    },
    end,
  );
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
