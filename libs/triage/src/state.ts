import { HJEMMEL, type Action, type TriageEntry } from './entry.js';

/** Where people are with a problem. */
export interface TriageState {
  readonly status: 'open' | 'acknowledged' | 'resolved';
  readonly assignee: string | null;
  /** It was resolved, has come up again, and nobody has taken it up since. */
  readonly recurred: boolean;
  /** When it was resolved, ms; null unless it is. */
  readonly resolvedAt: number | null;
  /** When it was reopened last, ms; null: never. */
  readonly reopenedAt: number | null;
}

export const UNTOUCHED: TriageState = {
  status: 'open',
  assignee: null,
  recurred: false,
  resolvedAt: null,
  reopenedAt: null,
};

/** What the entries of a problem, in order, make of it. */
export function triageState(entries: readonly TriageEntry[]): TriageState {
  return entries.reduce(after, UNTOUCHED);
}

/** Why an action makes no sense now, a sentence for the user; null: it does. */
export function refusal({ status }: TriageState, action: Action): string | null {
  if (status === 'resolved' && (action === 'acknowledge' || action === 'resolve')) {
    return 'The problem is resolved; reopen it first.';
  }
  if (status === 'acknowledged' && action === 'acknowledge') return 'The problem is acknowledged already.';
  if (status === 'open' && action === 'reopen') return 'The problem is open.';
  return null;
}

function after(state: TriageState, { action, assignee, actor, at }: TriageEntry): TriageState {
  switch (action) {
    case 'acknowledge':
      return { ...state, status: 'acknowledged', recurred: false };
    case 'assign':
      return { ...state, assignee };
    case 'resolve':
      return { ...state, status: 'resolved', recurred: false, resolvedAt: at };
    case 'reopen':
      return {
        ...state,
        status: 'open',
        recurred: actor.subject === HJEMMEL.subject,
        resolvedAt: null,
        reopenedAt: at,
      };
    case 'comment':
      return state;
  }
}
