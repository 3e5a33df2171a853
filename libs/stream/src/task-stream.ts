import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { BaseRpcContext, Server } from '@nestjs/microservices';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import type { StreamLog } from './log.js';
import type { Chunk, Positions } from './record.js';
import type { StreamSettings } from './settings.js';
import type { Session, SessionListener, Source, Watermarks } from './source.js';
import { StreamFault } from './stream-fault.js';
import { checkEnd, Task } from './task.js';
import type { LaneBounds } from './task.js';
import type { TaskBuffer } from './task-buffer.js';
import { TASK_PATTERNS } from './task-contract.js';
import type { BatchOutcome, IdleOutcome, TaskBatch, TaskIdle, TaskOpening } from './task-contract.js';
import { taskCount } from './topics.js';
import { backoff, pause, Slots } from './waiting.js';

/** `down`: Kafka does not answer; the stream keeps trying. */
export type StreamStatus = 'up' | 'down' | 'stopped';

type StreamEvents = {
  /** The stream ended by a fault that waiting does not mend. */
  fatal: (fault: Error) => void;
};

/** How often positions are committed for lag monitors, ms. */
const COMMIT_EVERY_MS = 1_000;

/** How long a task without batches is taken to be ours still, ms. */
const IDLE_MS = 2_000;

/**
 * Kafka as a Nest transport of batches by task (`createMicroservice({ strategy })`).
 *
 * A task is partition p of all topics. A controller marks one method each with `@OnTaskOpen`, `@OnTaskBatch`,
 * `@OnTaskIdle` and `@OnTaskClose`; the first says where to go on, so positions are the handler's, not Kafka's. Batches of one task are
 * handled one at a time, those of different tasks concurrently. Delivery is at least once and in order per
 * topic-partition; exactly once is up to the handler, which is told contiguous offset ranges.
 */
export class TaskStream extends Server<StreamEvents, StreamStatus> implements CustomTransportStrategy {
  private readonly tasks = new Map<number, Task>();
  /** The end of the last owner's run of each task; a task is not opened before. */
  private readonly ends = new Map<number, Promise<void>>();
  private readonly slots: Slots;
  private readonly stopping = new AbortController();
  private readonly fatalListeners: ((fault: Error) => void)[] = [];
  private readonly uncommitted = new Map<number, Positions>();
  private session: Session | null = null;
  /** The session that assigned tasks last; there before opening it has come to its end. */
  private joined: Session | null = null;
  private running: Promise<void> = Promise.resolve();
  private committing: NodeJS.Timeout | null = null;
  private lastStatus: StreamStatus | null = null;
  private taskCount = 0;

  constructor(
    private readonly settings: StreamSettings,
    private readonly source: Source,
    private readonly log: StreamLog,
  ) {
    super();
    this.slots = new Slots(settings.concurrency);
  }

  listen(callback: () => void): void {
    this.running = this.run().catch((fault: Error) => this.fail(fault));
    this.committing = setInterval(() => void this.commit(this.session), COMMIT_EVERY_MS);
    callback();
  }

  /** Finishes the batches under way (up to `stopGraceMs`), closes the tasks and leaves the group. */
  async close(): Promise<void> {
    if (this.stopping.signal.aborted) return this.running;
    const { session } = this;
    this.stopping.abort();
    if (this.committing !== null) clearInterval(this.committing);
    const overdue = setTimeout(() => {
      for (const task of this.tasks.values()) task.abort.abort();
    }, this.settings.stopGraceMs);
    for (const task of this.tasks.values()) task.stop();
    await Promise.all(this.ends.values());
    clearTimeout(overdue);
    await Promise.race([this.commit(session), sleep(1_000)]);
    await session?.close();
    await this.source.close();
    await this.running;
    this.status$('stopped');
  }

  on(_event: 'fatal', callback: (fault: Error) => void): void {
    this.fatalListeners.push(callback);
  }

  unwrap<T>(): T {
    return this.source as T;
  }

  /** Records known to be in Kafka and not in the trail, by owned task. */
  lags(): ReadonlyMap<number, number> {
    return new Map([...this.tasks.values()].map((task) => [task.id, task.lag]));
  }

  private async run(): Promise<void> {
    await this.verifyTopics();
    for (let attempt = 0; !this.stopping.signal.aborted; attempt++) {
      const ended = Promise.withResolvers<Error>();
      try {
        this.session = await this.source.open(this.listener(ended.resolve));
        this.up();
        attempt = 0;
        this.down(await ended.promise);
      } catch (fault) {
        this.down(fault as Error);
      }
      this.session = this.joined = null;
      await pause(backoff(attempt), this.stopping.signal);
    }
  }

  private async verifyTopics(): Promise<void> {
    const counts = await this.whenUp(() => this.source.partitionCounts(this.settings.topics), this.stopping.signal);
    if (counts !== null) this.taskCount = taskCount(this.settings.topics, counts);
  }

  private listener(ended: (fault: Error) => void): SessionListener {
    this.stopping.signal.addEventListener('abort', () => ended(new Error('stopped')), { once: true });
    return {
      assigned: (tasks, session) => this.assigned(tasks, session),
      fetched: (chunk: Chunk) => this.tasks.get(chunk.partition)?.fetched(chunk, this.bounds()),
      stableEnd: (topic, partition, offset) => this.tasks.get(partition)?.stableEnd(topic, offset),
      outOfRange: (topic, partition) => void this.checkRange(topic, partition),
      ended,
    };
  }

  private assigned(ids: readonly number[], session: Session): void {
    if (this.stopping.signal.aborted) return;
    this.joined = session;
    this.log.info({ tasks: ids }, 'tasks assigned');
    for (const task of [...this.tasks.values()]) {
      if (ids.includes(task.id)) task.attach(session);
      else this.drop(task);
    }
    const watermarks = lazily(() => this.source.watermarks(this.settings.topics));
    for (const id of ids) {
      if (!this.tasks.has(id)) this.adopt(new Task(id, this.settings.topics, session, this.log), watermarks, 0);
    }
  }

  private drop(task: Task): void {
    if (this.tasks.get(task.id) === task) this.tasks.delete(task.id);
    this.uncommitted.delete(task.id);
    task.stop();
  }

  private adopt(
    task: Task,
    watermarks: () => Promise<ReadonlyMap<string, readonly Watermarks[]>>,
    delay: number,
  ): void {
    this.tasks.set(task.id, task);
    const before = this.ends.get(task.id) ?? Promise.resolve();
    const end = before
      .then(() => pause(delay, task.abort.signal))
      .then(() => this.live(task, watermarks))
      .catch((fault: Error) => this.fail(fault));
    this.ends.set(task.id, end);
  }

  /** A task's life: open, batches, close. */
  private async live(task: Task, watermarks: () => Promise<ReadonlyMap<string, readonly Watermarks[]>>): Promise<void> {
    let lost = false;
    try {
      if (task.isStopping()) return;
      const opening: TaskOpening = { task: task.id, tasks: this.taskCount, signal: task.abort.signal };
      const positions = await this.call<Positions | null>(TASK_PATTERNS.open, opening);
      if (positions === null || task.isStopping()) return;
      const marks = await this.whenUp(watermarks, task.abort.signal);
      if (marks === null || task.isStopping()) return;
      lost = await this.consume(task, task.open(positions, marks, this.settings));
    } finally {
      await this.call(TASK_PATTERNS.close, task.id);
      if (lost) this.rejoin(task);
    }
  }

  /** @returns true where the task has another owner */
  private async consume(task: Task, buffer: TaskBuffer): Promise<boolean> {
    let sure = performance.now();
    let more = false;
    while (!task.isStopping()) {
      const now = performance.now();
      const wait = buffer.waitTime(now);
      if (wait > 0) {
        // A batch that waits for its last records takes along what there is to do.
        if (!more || wait < Infinity) {
          await task.bell.wait(Math.min(wait, sure + IDLE_MS - now));
          if (performance.now() < sure + IDLE_MS) continue;
        }
        const outcome = await this.idle(task, buffer);
        if (outcome === 'lost') return true;
        more = outcome === 'more';
        if (more) await turn();
        sure = performance.now();
        continue;
      }
      await this.slots.acquire();
      try {
        if (task.isStopping()) return false;
        const records = buffer.take();
        task.drained(this.bounds());
        const batch: TaskBatch = {
          task: task.id,
          records,
          ranges: (count) => buffer.ranges(count),
          positions: (count) => buffer.positions(count),
          reached: buffer.reached(this.lastStatus === 'up'),
          signal: task.abort.signal,
        };
        const outcome = await this.call<BatchOutcome>(TASK_PATTERNS.batch, batch);
        if (outcome.kind === 'lost') return true;
        if (outcome.kind === 'aborted') return false;
        buffer.confirm(outcome.count);
        this.uncommitted.set(task.id, buffer.positions(0));
        sure = performance.now();
      } finally {
        this.slots.release();
      }
    }
    return false;
  }

  private async idle(task: Task, buffer: TaskBuffer): Promise<IdleOutcome> {
    await this.slots.acquire();
    try {
      if (task.isStopping()) return 'ours';
      const reached = buffer.reached(this.lastStatus === 'up');
      const idle: TaskIdle = { task: task.id, reached, signal: task.abort.signal };
      return await this.call<IdleOutcome>(TASK_PATTERNS.idle, idle);
    } finally {
      this.slots.release();
    }
  }

  /** Starts afresh from the trail, where the task is still ours by the group's word; without a session, in the next. */
  private rejoin(task: Task): void {
    if (this.tasks.get(task.id) !== task || this.stopping.signal.aborted) return;
    if (this.joined === null) return this.drop(task);
    this.log.warn({ task: task.id }, 'another process wrote to this task; starting again from the trail');
    const successor = new Task(task.id, this.settings.topics, this.joined, this.log);
    this.adopt(successor, () => this.source.watermarks(this.settings.topics), 1_000);
  }

  private async checkRange(topic: string, partition: number): Promise<void> {
    const task = this.tasks.get(partition);
    const expected = task?.buffer?.lane(topic)?.end;
    if (task === undefined || expected === undefined) return;
    const marks = await this.source.watermarks([topic]).catch(() => null);
    const high = marks?.get(topic)?.[partition]?.high;
    if (high === undefined) return;
    try {
      checkEnd(topic, partition, expected, high);
    } catch (fault) {
      this.fail(fault as Error);
    }
  }

  /** Tries until Kafka answers; null where the signal came first. */
  private async whenUp<T>(action: () => Promise<T>, signal: AbortSignal): Promise<T | null> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        return await action();
      } catch (fault) {
        if (fault instanceof StreamFault) throw fault;
        this.down(fault as Error);
        await pause(backoff(attempt), signal);
      }
    }
    return null;
  }

  private async commit(session: Session | null): Promise<void> {
    if (session === null) return;
    const due = [...this.uncommitted];
    this.uncommitted.clear();
    await Promise.all(due.map(([task, positions]) => session.commit(task, positions)));
  }

  private bounds(): LaneBounds {
    const lanes = Math.max(1, this.tasks.size * this.settings.topics.length);
    return {
      records: Math.max(this.settings.maxRecords / 2, this.settings.bufferRecords / lanes),
      bytes: this.settings.bufferBytes / lanes,
    };
  }

  private async call<T>(pattern: string, data: unknown): Promise<T> {
    const handler = this.getHandlerByPattern(pattern);
    if (handler === null) throw new StreamFault(`No controller handles \`${pattern}\`.`);
    const result: unknown = await handler(data, new BaseRpcContext([]));
    return (await lastValueFrom(this.transformToObservable(result), { defaultValue: undefined })) as T;
  }

  private up(): void {
    if (this.lastStatus === 'down') this.log.info({}, 'Kafka answers again');
    this.status$('up');
  }

  private down(fault: Error): void {
    if (this.stopping.signal.aborted) return;
    if (this.lastStatus !== 'down') {
      const brokers = this.settings.kafka.brokers.join(', ');
      this.log.warn({ fault: fault.message }, `Kafka at ${brokers} does not answer; trying again until it does`);
    }
    this.status$('down');
  }

  private status$(status: StreamStatus): void {
    if (status === this.lastStatus) return;
    this.lastStatus = status;
    this._status$.next(status);
  }

  private fail(fault: Error): void {
    if (this.stopping.signal.aborted) return;
    for (const listener of this.fatalListeners) listener(fault);
  }
}

/** Calls `action` at most once at a time for all callers; a failed call is made again. */
function lazily<T>(action: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | null = null;
  return () => {
    result ??= action().catch((fault: unknown) => {
      result = null;
      throw fault;
    });
    return result;
  };
}
