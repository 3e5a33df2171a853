/** What a register declares of a purpose, aspect by aspect, and which rules look at each. */
import type { Rule } from '../../api/rules.js';
import type { Finding, Reason } from '../../api/types.js';

export const ASPECTS = ['purpose', 'basis', 'categories', 'retention', 'recipients', 'other'] as const;
export type Aspect = (typeof ASPECTS)[number];

const ASPECT_OF: Readonly<Record<Rule, Aspect>> = {
  'controller-unknown': 'other',
  'register-not-in-force': 'other',
  'clock-implausible': 'other',
  'facts-exceeded': 'other',
  'purpose-undeclared': 'purpose',
  'basis-undeclared': 'basis',
  'basis-not-stated': 'basis',
  'basis-not-applicable': 'basis',
  'relationship-required': 'basis',
  'category-undeclared': 'categories',
  'category-excluded': 'categories',
  'category-condition-unmet': 'categories',
  'judgement-required': 'other',
  'consent-missing': 'basis',
  'consent-withdrawn': 'basis',
  'consent-not-specific': 'basis',
  'objection-ignored': 'other',
  'objection-overridden': 'other',
  'restriction-ignored': 'other',
  'retention-exceeded': 'retention',
  'recipient-undeclared': 'recipients',
  'recipient-use-undeclared': 'recipients',
  'recipient-condition-unmet': 'recipients',
  'undertaking-missing': 'recipients',
  'transfer-undeclared': 'recipients',
  'transfer-not-permitted': 'recipients',
  'event-unreadable': 'other',
  'request-overdue': 'other',
  'retention-overdue': 'retention',
  'erasure-overdue': 'other',
};

/** One aspect of an event, held against the register. */
export interface Compared {
  readonly aspect: Aspect;
  readonly reasons: readonly Reason[];
  /** `passed`: rules looked at it, and none fired. `not judged`: none looked at it. */
  readonly outcome: 'fired' | 'passed' | 'not judged';
}

/** The aspects that there is something to say of: those that are declared, were looked at, or broke; of a duty, these alone. */
export function compared({
  kind,
  reasons,
  steps,
  declared,
}: Pick<Finding, 'kind' | 'reasons' | 'steps' | 'declared'>): Compared[] {
  return ASPECTS.map((aspect): Compared => {
    const own = reasons.filter(({ rule }) => ASPECT_OF[rule] === aspect);
    const passed = steps.some(({ rule, outcome }) => outcome === 'passed' && ASPECT_OF[rule] === aspect);
    return { aspect, reasons: own, outcome: own.length > 0 ? 'fired' : passed ? 'passed' : 'not judged' };
  }).filter(
    ({ aspect, outcome }) => outcome === 'fired' || (kind !== 'duty' && aspect !== 'other' && declared !== null),
  );
}
