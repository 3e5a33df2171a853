import { HJEMMEL } from '#libs/triage';
import type { TriageBook, TriageStore } from '#libs/triage';

/** Reopens problems that were resolved and have come up again. */
export class Recurrence {
  /** @param recurred those of resolved problems, each with when it was resolved, ms, that have a finding from after that */
  constructor(
    private readonly book: Pick<TriageBook, 'refresh' | 'resolved' | 'entries' | 'reread'>,
    private readonly store: Pick<TriageStore, 'add'>,
    private readonly recurred: (resolved: ReadonlyMap<string, number>) => Promise<readonly string[]>,
  ) {}

  /** Reopens each resolved problem with a finding that occurred after that. @param now ms */
  async look(now: number): Promise<true> {
    await this.book.refresh(now);
    const resolved = this.book.resolved();
    if (resolved.size === 0) return true;
    for (const problem of await this.recurred(resolved)) {
      const statement = { action: 'reopen', comment: null, reason: null, assignee: null } as const;
      const added = await this.store.add(problem, this.book.entries(problem).length, statement, HJEMMEL, now);
      // Where somebody was first, the next look knows what they said.
      if (!added) await this.book.reread(problem);
    }
    return true;
  }
}
