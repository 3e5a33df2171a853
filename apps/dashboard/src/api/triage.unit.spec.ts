import { describe, expect, test } from '@jest/globals';
import { refusal, triageState, HJEMMEL as AUTHOR, type TriageEntry, type TriageState } from '#libs/triage';
import { HJEMMEL, POSSIBLE, predicted } from './triage.js';
import { PROBLEM_STATUSES, TRIAGE_ACTIONS, type Me, type Problem, type Triage } from './types.js';

const me: Me = { subject: 'u1', name: 'Kari', roles: ['officer'], controllers: null, csrfToken: null };
const AT = '2024-03-01T10:00:00.000Z';
const SAID: readonly Triage[] = [
  { action: 'acknowledge' },
  { action: 'assign', assignee: 'Ola' },
  { action: 'assign', assignee: null },
  { action: 'comment', comment: 'x' },
  { action: 'resolve', reason: 'fixed' },
  { action: 'reopen', comment: 'again' },
];
const state = (status: TriageState['status']): TriageState => ({
  status,
  assignee: 'Eva',
  recurred: status === 'open',
  resolvedAt: status === 'resolved' ? 0 : null,
  reopenedAt: null,
});

test.each(PROBLEM_STATUSES)('what is offered where a problem is %s is what the api takes', (status) => {
  const taken = TRIAGE_ACTIONS.filter((action) => refusal(state(status), action) === null);
  expect([...POSSIBLE[status]].sort()).toEqual([...taken].sort());
});

describe.each(PROBLEM_STATUSES)('what is said where a problem is %s', (status) => {
  test.each(SAID.filter(({ action }) => POSSIBLE[status].includes(action)))('is shown as it will be: %j', (said) => {
    const before = entriesTo(status);
    const problem = { ...triageState(before), triage: [] } as unknown as Problem;
    const after = triageState([...before, entry({ ...said }, 'u1')]);
    const { status: then, assignee, recurred, triage } = predicted(problem, said, me, AT);
    expect({ status: then, assignee, recurred }).toEqual({
      status: after.status,
      assignee: after.assignee,
      recurred: after.recurred,
    });
    expect(triage.at(-1)).toMatchObject({ ...said, actor: { subject: 'u1', name: 'Kari' }, at: AT });
  });
});

test('Hjemmel itself is known by its subject', () => {
  expect(HJEMMEL).toBe(AUTHOR.subject);
});

function entriesTo(status: TriageState['status']): TriageEntry[] {
  const assigned = entry({ action: 'assign', assignee: 'Eva' }, 'u2');
  const resolved = entry({ action: 'resolve', reason: 'fixed' }, 'u2');
  // The open one has recurred.
  if (status === 'open') return [assigned, resolved, entry({ action: 'reopen' }, AUTHOR.subject)];
  return status === 'resolved' ? [assigned, resolved] : [assigned, entry({ action: 'acknowledge' }, 'u2')];
}

function entry({ action, comment, reason, assignee }: Triage, subject: string): TriageEntry {
  return {
    problem: 'p1-0',
    n: 0,
    action,
    comment: comment ?? null,
    reason: reason ?? null,
    assignee: assignee ?? null,
    actor: { subject, name: subject },
    at: 0,
  };
}
