import { expect, test } from '@jest/globals';
import type { Rule } from '../../api/rules.js';
import type { Judgement } from '../../api/types.js';
import { changeBetween } from './judgements.js';

const reason = (rule: Rule, clause: string, message = '') => ({ rule, clause, message, effect: 'violation' as const });
const judgement = (...reasons: Judgement['reasons']): Judgement => ({
  logIndex: 0,
  recordedAt: '2024-03-01T00:00:00.000Z',
  verdict: 'violation',
  reasons,
});

test('later evidence takes reasons away, brings others, and leaves others be', () => {
  const [old, kept, fresh] = [
    reason('consent-missing', 'a'),
    reason('category-undeclared', 'b'),
    reason('consent-missing', 'c'),
  ];
  const said = { ...kept, message: 'more is known' };
  expect(changeBetween(judgement(old, kept), judgement(said, fresh))).toEqual({
    gone: [old],
    come: [fresh],
    stayed: [said],
  });
});
