import { applyDecorators, Catch, UseFilters } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import type { RpcExceptionFilter } from '@nestjs/common';
import { throwError } from 'rxjs';
import type { Observable } from 'rxjs';
import type { OffsetRange, Positions, SourceRecord } from './record.js';

const OPEN = 'hjemmel.task.open';
const BATCH = 'hjemmel.task.batch';
const IDLE = 'hjemmel.task.idle';
const CLOSE = 'hjemmel.task.close';

/** Patterns under which a controller's methods are called. */
export const TASK_PATTERNS = { open: OPEN, batch: BATCH, idle: IDLE, close: CLOSE } as const;

/** What a method under `@OnTaskOpen` gets. */
export interface TaskOpening {
  readonly task: number;
  /** Number of tasks there are. */
  readonly tasks: number;
  /** Aborted where the task is given up meanwhile. */
  readonly signal: AbortSignal;
}

/** What a method under `@OnTaskBatch` gets. */
export interface TaskBatch {
  readonly task: number;
  /** At least one; merged from the task's topics, by timestamp as far as possible. */
  readonly records: readonly SourceRecord[];
  /** The offset ranges of the first `count` records, which continue those of the batch before. */
  ranges(count: number): OffsetRange[];
  /** Next offset by topic after the first `count` records. */
  positions(count: number): Positions;
  /** The time up to which the task is handled once this batch is, ms; Infinity: caught up with Kafka. */
  readonly reached: number;
  /** Aborted where the task is given up and the handler should not wait any longer. */
  readonly signal: AbortSignal;
}

/**
 * What became of a batch. `done`: its first `count` records are durable; the rest is handed out again. `lost`: the task
 * has another owner; it is closed and opened again. `aborted`: given up because the signal said so.
 */
export type BatchOutcome =
  { readonly kind: 'done'; readonly count: number } | { readonly kind: 'lost' } | { readonly kind: 'aborted' };

/** What a method under `@OnTaskIdle` gets. */
export interface TaskIdle {
  readonly task: number;
  /** As in {@link TaskBatch}. */
  readonly reached: number;
  readonly signal: AbortSignal;
}

/**
 * Whether a task is still ours. `lost`: as in {@link BatchOutcome}. `more`: ours, and there is more to do than the call
 * did; it is called again at once unless a batch waits.
 */
export type IdleOutcome = 'ours' | 'lost' | 'more';

/** Lets a fault through as it is, where Nest would put "Internal server error" in its place. */
@Catch()
class LetThrough implements RpcExceptionFilter {
  catch(fault: unknown): Observable<never> {
    return throwError(() => fault);
  }
}

const handles = (pattern: string): MethodDecorator => applyDecorators(MessagePattern(pattern), UseFilters(LetThrough));

/**
 * Marks the method that is called when a task becomes ours: `(opening: TaskOpening) => Promise<Positions | null>`.
 * It returns where to go on, by topic (a topic that is missing is read from offset 0); null: aborted.
 */
export const OnTaskOpen = (): MethodDecorator => handles(OPEN);

/** Marks the method that handles batches, one at a time per task: `(batch: TaskBatch) => Promise<BatchOutcome>`. */
export const OnTaskBatch = (): MethodDecorator => handles(BATCH);

/**
 * Marks the method that is called every other second while a task has no batch: `(idle: TaskIdle) => Promise<IdleOutcome>`.
 * Without a batch to write an owner would not notice that the task has another one, nor do what time alone calls for.
 */
export const OnTaskIdle = (): MethodDecorator => handles(IDLE);

/** Marks the method that is called when a task is ours no longer: `(task: number) => Promise<void>`. */
export const OnTaskClose = (): MethodDecorator => handles(CLOSE);
