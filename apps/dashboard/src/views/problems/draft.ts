/** What a person is about to say of a problem. */
import type { Resolution, Triage, TriageAction } from '../../api/types.js';

export const MOST_COMMENT = 4_000;
export const MOST_ASSIGNEE = 200;

export type AssignTo = 'me' | 'other' | 'nobody';

export interface Draft {
  readonly action: TriageAction;
  readonly comment: string;
  readonly reason: Resolution | null;
  readonly assignTo: AssignTo;
  /** Whom, where it is somebody else. */
  readonly other: string;
}

export function draftOf(action: TriageAction, assignTo: AssignTo = 'me'): Draft {
  return { action, comment: '', reason: null, assignTo, other: '' };
}

/** What to send, or what is still missing. */
export function readDraft(draft: Draft, me: string): { said: Triage } | { missing: 'comment' | 'reason' | 'assignee' } {
  const comment = draft.comment.trim();
  const said = comment === '' ? {} : { comment };
  const { action } = draft;
  switch (action) {
    case 'comment':
      return comment === '' ? { missing: 'comment' } : { said: { action, ...said } };
    case 'resolve':
      return draft.reason === null ? { missing: 'reason' } : { said: { action, reason: draft.reason, ...said } };
    case 'assign': {
      const assignee = { me, other: draft.other.trim(), nobody: null }[draft.assignTo];
      return assignee === '' ? { missing: 'assignee' } : { said: { action, assignee, ...said } };
    }
    case 'acknowledge':
    case 'reopen':
      return { said: { action, ...said } };
  }
}
