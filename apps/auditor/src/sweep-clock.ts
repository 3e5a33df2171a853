/**
 * Says when the duties of a task are to be looked at, and as of which time.
 *
 * Swept is as of now, but never beyond the time up to which the task's records have been taken: who catches up on a year
 * would else find every request unanswered whose answer is still to be read. A sweep goes on over many blocks, all as
 * of its beginning; none is as of an earlier time than the one before, wherever the clock jumps.
 */
export class SweepClock {
  /** As of when the sweep under way is; null: none is. */
  private underWay: number | null = null;
  private startedAt: number;
  private latest = -Infinity;
  private duration: number | null = null;

  /** @param everyMs from the beginning of one sweep to that of the next; the first begins so long from now */
  constructor(
    private readonly everyMs: number,
    private readonly now: () => number,
  ) {
    this.startedAt = now();
  }

  /** Goes on from a sweep as of `at` (ms), somebody else's. */
  continueFrom(at: number): void {
    this.latest = at;
  }

  /** As of when the last sweep was, or the one under way is, ms; -Infinity: there was none. */
  get at(): number {
    return this.latest;
  }

  /**
   * As of when to sweep, ms; null: nothing is to be swept yet.
   *
   * @param reached the time up to which the task's records have been taken; Infinity: all have been
   */
  due(reached: number): number | null {
    if (this.underWay !== null) return this.underWay;
    const now = this.now();
    const waits = now >= this.startedAt && now < this.startedAt + this.everyMs;
    const at = Math.max(this.latest, Math.min(now, reached));
    if (waits || at === -Infinity) return null;
    this.startedAt = now;
    this.underWay = this.latest = at;
    return at;
  }

  /** How long the last whole sweep took, ms; null: there was none. */
  get took(): number | null {
    return this.duration;
  }

  /** The sweep under way has seen everybody. */
  done(): void {
    if (this.underWay !== null) this.duration = Math.max(0, this.now() - this.startedAt);
    this.underWay = null;
  }
}
