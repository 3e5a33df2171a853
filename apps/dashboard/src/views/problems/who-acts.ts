/** Whose turn it is, by the rule that fired. */
import type { Rule } from '../../api/rules.js';

/**
 * `service`: who runs the service mends it. `decide`: the service stops, or the policy is changed first. `weigh`: a
 * person decides each case. `contract`: who answers for the contract with the recipient. `erase`: who runs the service
 * erases. `requests`: who answers people's requests. `sender`: who sends the event sends it right. `register`: who keeps
 * the registers.
 */
export type Actor = 'service' | 'decide' | 'weigh' | 'contract' | 'erase' | 'requests' | 'sender' | 'register';

export const WHO_ACTS: Readonly<Record<Rule, Actor>> = {
  'controller-unknown': 'register',
  'register-not-in-force': 'register',
  'clock-implausible': 'sender',
  'facts-exceeded': 'weigh',
  'purpose-undeclared': 'decide',
  'basis-undeclared': 'decide',
  'basis-not-stated': 'decide',
  'basis-not-applicable': 'service',
  'relationship-required': 'service',
  'category-undeclared': 'decide',
  'category-excluded': 'service',
  'category-condition-unmet': 'service',
  'judgement-required': 'weigh',
  'consent-missing': 'service',
  'consent-withdrawn': 'service',
  'consent-not-specific': 'service',
  'objection-ignored': 'service',
  'objection-overridden': 'weigh',
  'restriction-ignored': 'service',
  'retention-exceeded': 'erase',
  'recipient-undeclared': 'decide',
  'recipient-use-undeclared': 'contract',
  'recipient-condition-unmet': 'contract',
  'undertaking-missing': 'contract',
  'transfer-undeclared': 'decide',
  'transfer-not-permitted': 'contract',
  'event-unreadable': 'sender',
  'request-overdue': 'requests',
  'retention-overdue': 'erase',
  'erasure-overdue': 'erase',
};
