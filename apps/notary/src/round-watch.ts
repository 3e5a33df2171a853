/** How long a round may take before the notary counts as stuck; many times what one takes. */
const STUCK_MS = 15_000;

/** Whether rounds are still being done; by a clock that does not go backwards. */
export class RoundWatch {
  private last = performance.now();

  /** A round is done. */
  done(): void {
    this.last = performance.now();
  }

  /** True while the last round is not long ago. `now`: as `performance.now()`. */
  turning(now = performance.now()): boolean {
    return now - this.last < STUCK_MS;
  }
}
