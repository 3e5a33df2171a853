import { expect, test } from '@jest/globals';
import { draftOf, readDraft, type Draft } from './draft.js';

test.each<[Draft, object]>([
  [draftOf('acknowledge'), { said: { action: 'acknowledge' } }],
  [{ ...draftOf('acknowledge'), comment: ' seen \n' }, { said: { action: 'acknowledge', comment: 'seen' } }],
  [draftOf('reopen'), { said: { action: 'reopen' } }],
  [{ ...draftOf('comment'), comment: ' ' }, { missing: 'comment' }],
  [{ ...draftOf('comment'), comment: 'x' }, { said: { action: 'comment', comment: 'x' } }],
  [draftOf('resolve'), { missing: 'reason' }],
  [{ ...draftOf('resolve'), reason: 'fixed' }, { said: { action: 'resolve', reason: 'fixed' } }],
  [draftOf('assign'), { said: { action: 'assign', assignee: 'Kari' } }],
  [draftOf('assign', 'nobody'), { said: { action: 'assign', assignee: null } }],
  [draftOf('assign', 'other'), { missing: 'assignee' }],
  [{ ...draftOf('assign', 'other'), other: ' Ola ' }, { said: { action: 'assign', assignee: 'Ola' } }],
])('%j is read as %j', (draft, expected) => {
  expect(readDraft(draft, 'Kari')).toEqual(expected);
});
