/** Of what happened so long ago nobody is told as of now, ms: records are still to be caught up with. */
const TOLERANCE = 5 * 60_000;
/** Of the time, one part in so many at most is spent on looking. */
const SHARE = 100;

/**
 * Says when to look through what falls due soon, and as of which time: so often as is asked for, but never for more than a
 * hundredth of the time; as of now, but not beyond the time up to which the task's records have been taken.
 */
export class CalendarClock {
  private pausedSince: number;
  private pause: number;
  private spent = 0;

  /** @param everyMs from the end of one look to the beginning of the next, at least; the first begins so long from now */
  constructor(
    private readonly everyMs: number,
    private readonly now: () => number,
  ) {
    this.pausedSince = now();
    this.pause = everyMs;
  }

  /**
   * As of when to look now, ms; null: not now.
   *
   * @param reached the time up to which the task's records have been taken; Infinity: all have been
   */
  due(reached: number): number | null {
    const now = this.now();
    // A clock that was put back must not have us wait for the day that it is there again.
    if (now >= this.pausedSince && now < this.pausedSince + this.pause) return null;
    return reached < now - TOLERANCE ? null : Math.min(now, reached);
  }

  /** Notes that some ms went into the look. */
  spend(ms: number): void {
    this.spent += ms;
  }

  /** The look is at its end, or was given up. */
  done(): void {
    this.pausedSince = this.now();
    this.pause = Math.max(this.everyMs, (SHARE - 1) * this.spent);
    this.spent = 0;
  }
}
