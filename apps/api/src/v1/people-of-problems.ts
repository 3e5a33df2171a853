import type { PeopleCounts } from '#libs/subjects';
import { MongoAway, type MongoGate } from '../mongo-gate.js';

/** ms between two counts; counting takes longer the more people there are. */
const COUNT_EVERY_MS = 5_000;
/** Of the time at most so much goes into counting. */
const SHARE = 0.05;

/** How many people problems are about, as far as counted: in the background, so that no list waits for it. */
export class PeopleOfProblems {
  private counts: ReadonlyMap<string, number> = new Map();
  private next = -Infinity;
  private counting = false;

  /** @param problems ids of all there are */
  constructor(
    private readonly people: Pick<PeopleCounts, 'counts'>,
    private readonly problems: () => Promise<readonly string[]>,
    private readonly gate: Pick<MongoGate, 'ask'>,
    private readonly fail: (fault: unknown) => void,
  ) {}

  /** null: not counted yet, or nobody is known. */
  of(problem: string): number | null {
    return this.counts.get(problem) ?? null;
  }

  /** Counts anew, where it is time to. */
  refresh(): void {
    if (this.counting || performance.now() < this.next) return;
    this.counting = true;
    const started = performance.now();
    this.count()
      .catch((fault: unknown) => {
        if (!(fault instanceof MongoAway)) this.fail(fault);
      })
      .finally(() => {
        this.counting = false;
        const took = performance.now() - started;
        this.next = performance.now() + Math.max(COUNT_EVERY_MS, took / SHARE);
      });
  }

  private async count(): Promise<void> {
    const problems = await this.problems();
    this.counts = await this.gate.ask(() => this.people.counts(problems));
  }
}
