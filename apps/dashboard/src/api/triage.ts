/** What can be done with a problem now, and what becomes of it: as the api has it (libs/triage), which a test holds this to. */
import type { Me, Problem, ProblemStatus, Triage, TriageAction, TriageEntry } from './types.js';

/** What makes sense in a status, the first thing first. */
export const POSSIBLE: Readonly<Record<ProblemStatus, readonly TriageAction[]>> = {
  open: ['acknowledge', 'assign', 'comment', 'resolve'],
  acknowledged: ['resolve', 'assign', 'comment', 'reopen'],
  resolved: ['reopen', 'assign', 'comment'],
};

/** Who writes that a problem has come up again. */
export const HJEMMEL = 'hjemmel';

/** Id of an entry that is on its way. */
export const UNDER_WAY = 'under-way';

/**
 * The problem as it will be once the api has taken what is said of it.
 *
 * @param at ISO 8601
 */
export function predicted(problem: Problem, said: Triage, { subject, name }: Me, at: string): Problem {
  const entry: TriageEntry = {
    id: UNDER_WAY,
    action: said.action,
    actor: { subject, name },
    at,
    comment: said.comment ?? null,
    reason: said.reason ?? null,
    assignee: said.assignee ?? null,
  };
  return { ...problem, ...changed(said), triage: [...problem.triage, entry] };
}

function changed({ action, assignee = null }: Triage): Partial<Problem> {
  switch (action) {
    case 'acknowledge':
      return { status: 'acknowledged', recurred: false };
    case 'assign':
      return { assignee };
    case 'resolve':
      return { status: 'resolved', recurred: false };
    case 'reopen':
      return { status: 'open', recurred: false };
    case 'comment':
      return {};
  }
}
