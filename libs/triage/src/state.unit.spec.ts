import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ACTIONS, HJEMMEL, type Action, type TriageEntry } from './entry.js';
import { refusal, triageState, UNTOUCHED } from './state.js';

const OFFICER = { subject: 'u1', name: 'Olav Officer' };

function said(...actions: readonly (Action | Partial<TriageEntry>)[]): TriageEntry[] {
  return actions.map((given, n) => ({
    ...{ problem: 'p1-0', n, actor: OFFICER, at: 1_000 + n, comment: null, reason: null, assignee: null },
    ...(typeof given === 'string' ? { action: given } : { action: 'comment', ...given }),
  }));
}

describe('what was said makes the state', () => {
  test.each([
    ['nothing', said(), UNTOUCHED],
    ['acknowledged', said('acknowledge'), { ...UNTOUCHED, status: 'acknowledged' }],
    ['a comment', said('comment'), UNTOUCHED],
    ['resolved', said('acknowledge', 'resolve'), { ...UNTOUCHED, status: 'resolved', resolvedAt: 1_001 }],
    ['resolved and reopened by people', said('resolve', 'reopen'), { ...UNTOUCHED, reopenedAt: 1_001 }],
    [
      'resolved and come up again',
      said('resolve', { action: 'reopen', actor: HJEMMEL }),
      { ...UNTOUCHED, recurred: true, reopenedAt: 1_001 },
    ],
    [
      'come up again and taken up',
      said('resolve', { action: 'reopen', actor: HJEMMEL }, 'acknowledge'),
      { ...UNTOUCHED, status: 'acknowledged', reopenedAt: 1_001 },
    ],
    ['assigned', said({ action: 'assign', assignee: 'Kari' }), { ...UNTOUCHED, assignee: 'Kari' }],
    [
      'assigned to nobody any more',
      said({ action: 'assign', assignee: 'Kari' }, { action: 'assign', assignee: null }),
      UNTOUCHED,
    ],
  ])('%s', (_, entries, state) => expect(triageState(entries)).toEqual(state));

  test('who is assigned stays so, whatever else is said', () => {
    const other = fc.constantFrom<Action>('acknowledge', 'comment', 'resolve', 'reopen');
    fc.assert(
      fc.property(fc.array(other), (actions) => {
        const { assignee } = triageState(said({ action: 'assign', assignee: 'Kari' }, ...actions));
        expect(assignee).toBe('Kari');
      }),
    );
  });
});

describe('what makes no sense is refused', () => {
  test.each([
    ['open', [], { reopen: true }],
    ['acknowledged', ['acknowledge'], { acknowledge: true }],
    ['resolved', ['resolve'], { acknowledge: true, resolve: true }],
  ] as const)('%s', (_, actions, refused: Partial<Record<Action, true>>) => {
    const state = triageState(said(...actions));
    for (const action of ACTIONS)
      expect([action, refusal(state, action) !== null]).toEqual([action, refused[action] ?? false]);
  });
});
