/** A tick that comes later than this is the process's own standstill, not Kafka's; ms. */
const LATE_MS = 1_000;

/** How often `stalled` is to be asked; ms. */
export const WATCH_EVERY_MS = 1_000;

/**
 * Notices a membership in the group that goes on without getting anywhere, as kafkajs has them: a join that is never
 * answered, a fetcher that waits for ever for others to stop, a partition that no fetcher asks for after its leader
 * moved. Nothing then fails, so nobody would start again.
 *
 * What is expected within `withinMs`: that the group's coordinator acknowledges a heartbeat or lets the member join,
 * and that every topic-partition that is owned and not paused is answered for, be it with nothing new. Neither
 * depends on what is published, nor on how long batches take. All times in ms of a monotonic clock.
 */
export class SessionWatch {
  private lastAlive: number;
  private lastTick: number;
  private owned: readonly number[] = [];
  private readonly paused = new Set<string>();
  private readonly lastAnswer = new Map<string, number>();

  constructor(
    private readonly topics: readonly string[],
    private readonly withinMs: number,
    now: number,
  ) {
    this.lastAlive = this.lastTick = now;
  }

  /** The member has joined, and owns these tasks from now on; what was paused stays so. */
  joined(tasks: readonly number[], now: number): void {
    this.lastAlive = now;
    this.owned = tasks;
    this.lastAnswer.clear();
    for (const task of tasks) for (const topic of this.topics) this.lastAnswer.set(keyOf(topic, task), now);
  }

  /** The coordinator acknowledged a heartbeat. */
  acknowledged(now: number): void {
    this.lastAlive = now;
  }

  pause(topic: string, partition: number): void {
    this.paused.add(keyOf(topic, partition));
  }

  resume(topic: string, partition: number, now: number): void {
    const key = keyOf(topic, partition);
    if (this.paused.delete(key)) this.lastAnswer.set(key, now);
  }

  /** A fetch answered for the topic-partition. */
  answered(topic: string, partition: number, now: number): void {
    this.lastAnswer.set(keyOf(topic, partition), now);
  }

  /** What has not come in time, one clause; null: all is well. To be asked every `WATCH_EVERY_MS`. */
  stalled(now: number): string | null {
    this.forgive(now);
    if (now - this.lastAlive > this.withinMs) return 'the group has not answered';
    for (const task of this.owned) {
      for (const topic of this.topics) {
        const key = keyOf(topic, task);
        const last = this.lastAnswer.get(key) ?? now;
        if (!this.paused.has(key) && now - last > this.withinMs) {
          return `nothing was heard of partition ${task} of ${topic}`;
        }
      }
    }
    return null;
  }

  /** A process that was stopped, or too busy, has heard nothing meanwhile: that time does not count. */
  private forgive(now: number): void {
    const late = now - this.lastTick - WATCH_EVERY_MS;
    this.lastTick = now;
    if (late <= LATE_MS) return;
    this.lastAlive += late;
    for (const [key, last] of this.lastAnswer) this.lastAnswer.set(key, last + late);
  }
}

function keyOf(topic: string, partition: number): string {
  return `${partition} ${topic}`;
}
