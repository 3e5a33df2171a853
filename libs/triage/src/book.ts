import type { TriageEntry } from './entry.js';
import { triageState, UNTOUCHED, type TriageState } from './state.js';
import type { TriageStore } from './store.js';

interface Known {
  readonly entries: TriageEntry[];
  state: TriageState;
}

/** All that was said of problems, in memory; as fresh as the last `refresh`. */
export class TriageBook {
  private readonly problems = new Map<string, Known>();
  private newest = -Infinity;

  constructor(private readonly store: Pick<TriageStore, 'since' | 'of'>) {}

  /**
   * Takes over what was added.
   *
   * @param now ms; a clock that is ahead of it does not make others' entries old
   * @returns the new entries, by problem and number
   */
  async refresh(now: number): Promise<TriageEntry[]> {
    const fresh = this.take(await this.store.since(this.newest));
    for (const { at } of fresh) this.newest = Math.max(this.newest, Math.min(at, now));
    return fresh;
  }

  /** Takes over all that was said of a problem: for who was told that there is more than they know. */
  async reread(problem: string): Promise<void> {
    this.take(await this.store.of(problem));
  }

  /** @returns those that are new */
  private take(entries: readonly TriageEntry[]): TriageEntry[] {
    const fresh: TriageEntry[] = [];
    for (const entry of entries) {
      const { problem, n } = entry;
      const known = this.problems.get(problem) ?? { entries: [], state: UNTOUCHED };
      if (known.entries[n] !== undefined) continue;
      known.entries[n] = entry;
      known.state = triageState(known.entries);
      this.problems.set(problem, known);
      fresh.push(entry);
    }
    return fresh;
  }

  state(problem: string): TriageState {
    return this.problems.get(problem)?.state ?? UNTOUCHED;
  }

  /** In order. */
  entries(problem: string): readonly TriageEntry[] {
    return this.problems.get(problem)?.entries ?? [];
  }

  /** Problems that are resolved, and since when, ms. */
  resolved(): Map<string, number> {
    const resolved = new Map<string, number>();
    for (const [problem, { state }] of this.problems) {
      if (state.resolvedAt !== null) resolved.set(problem, state.resolvedAt);
    }
    return resolved;
  }
}
