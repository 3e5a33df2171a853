/** Clocks that agree differ by no more, ms. */
const TOLERANCE = 5 * 60_000;

/**
 * Says when the duties of a task are to be looked at, and as of which time.
 *
 * Swept is as of now, but never beyond the time up to which the task's records have been taken: who catches up on a year
 * would else find every request unanswered whose answer is still to be read. A sweep goes on over many blocks, all as
 * of its beginning.
 *
 * None is as of an earlier time than the one before, as clocks of several auditors differ a little. Where they differ by
 * more than that, a third clock says which of the two is wrong. If it was that of the sweep before, what is swept is as of
 * now again, everybody is looked at, and what was found too early is taken back.
 */
export class SweepClock {
  /** As of when the sweep under way is; null: none is. */
  private underWay: number | null = null;
  private startedAt: number;
  private latest = -Infinity;
  private duration: number | null = null;
  private corrected: number | null = null;

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
   * Whether the last sweep was as of a time that is still to come by our clock, so that a third one is to be asked. Not
   * before all records are read: what was found too early cannot be told from what was found in time by then.
   */
  isDoubtful(reached: number): boolean {
    return this.isAhead() && reached >= this.now();
  }

  /** @param third the time by a third clock, ms: where it agrees with ours, the last sweep's was wrong */
  correct(third: number): void {
    const now = this.now();
    if (Math.abs(third - now) > TOLERANCE) return;
    this.underWay = null;
    this.latest = -Infinity;
    this.corrected = now;
  }

  /** When it was found last that a sweep had been as of a time that is still to come, ms; null: it was not. */
  get correctedAt(): number | null {
    return this.corrected;
  }

  /**
   * As of when to sweep, ms; null: nothing is to be swept yet.
   *
   * @param reached the time up to which the task's records have been taken; Infinity: all have been
   */
  due(reached: number): number | null {
    const now = this.now();
    if (this.isAhead() && reached < now) {
      this.underWay = null;
      return null;
    }
    if (this.underWay !== null) return this.underWay;
    const waits = now >= this.startedAt && now < this.startedAt + this.everyMs;
    const at = Math.max(this.latest, Math.min(now, reached));
    if (waits || at === -Infinity) return null;
    this.startedAt = now;
    this.underWay = this.latest = at;
    return at;
  }

  private isAhead(): boolean {
    return this.latest > this.now() + TOLERANCE;
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
