import { HJEMMEL } from '#libs/triage';
import type { TriageBook, TriageStore } from '#libs/triage';

/** Reopens problems that were resolved and have come up again. */
export class Recurrence {
  /**
   * @param lastSeen when findings of problems occurred last, ms
   */
  constructor(
    private readonly book: Pick<TriageBook, 'refresh' | 'resolved' | 'entries'>,
    private readonly store: Pick<TriageStore, 'add'>,
    private readonly lastSeen: (problems: readonly string[]) => Promise<ReadonlyMap<string, number>>,
  ) {}

  /** Reopens each resolved problem with a finding that occurred after that. @param now ms */
  async look(now: number): Promise<true> {
    await this.book.refresh();
    const resolved = this.book.resolved();
    if (resolved.size === 0) return true;
    for (const [problem, at] of await this.lastSeen([...resolved.keys()])) {
      if (at <= (resolved.get(problem) ?? Infinity)) continue;
      const statement = { action: 'reopen', comment: null, reason: null, assignee: null } as const;
      // Where somebody was first, the next look sees what they said.
      await this.store.add(problem, this.book.entries(problem).length, statement, HJEMMEL, now);
    }
    return true;
  }
}
