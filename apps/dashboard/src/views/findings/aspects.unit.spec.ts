import { describe, expect, test } from '@jest/globals';
import { RULES, type Rule } from '../../api/rules.js';
import type { DeclaredPurpose, Reason, Step } from '../../api/types.js';
import { compared } from './aspects.js';

const declared = { id: 'marketing' } as DeclaredPurpose;
const reason = (rule: Rule): Reason => ({
  rule,
  effect: 'violation',
  clause: null,
  problem: 'p1-0',
  message: rule,
  clauseText: null,
});
const steps = (passed: readonly Rule[]): Step[] =>
  RULES.map((rule, at) => ({
    number: at + 1,
    rule,
    question: rule,
    outcome: passed.includes(rule) ? 'passed' : 'not judged',
    effect: null,
  }));

describe('what happened is held against what is declared', () => {
  test('aspect by aspect, each reason in one of them', () => {
    const reasons = RULES.map(reason);
    const all = compared({ kind: 'orders', reasons, steps: [], declared });
    expect(all.flatMap((one) => one.reasons).length).toBe(RULES.length);
    expect(all.every(({ outcome }) => outcome === 'fired')).toBe(true);
  });

  test('saying what was found in order and what was not looked at', () => {
    const rows = compared({
      kind: 'orders',
      reasons: [reason('consent-missing')],
      steps: steps(['purpose-undeclared', 'basis-undeclared', 'category-undeclared']),
      declared,
    });
    expect(rows.map(({ aspect, outcome }) => [aspect, outcome])).toEqual([
      ['purpose', 'passed'],
      ['basis', 'fired'],
      ['categories', 'passed'],
      ['retention', 'not judged'],
      ['recipients', 'not judged'],
    ]);
  });

  test('where nothing is declared shows what broke alone', () => {
    const rows = compared({
      kind: 'orders',
      reasons: [reason('purpose-undeclared')],
      steps: steps(['category-excluded']),
      declared: null,
    });
    expect(rows.map(({ aspect }) => aspect)).toEqual(['purpose']);
  });

  test('of a duty there was no event: what was not done is all', () => {
    const rows = compared({ kind: 'duty', reasons: [reason('retention-overdue')], steps: steps([]), declared });
    expect(rows.map(({ aspect }) => aspect)).toEqual(['retention']);
  });
});
