import type { Rule } from '#libs/judge';
import type { Kind } from '#libs/views';

/** What codes are called where people read them, in the words of the page. */

export const RULE_TITLES: Readonly<Record<Rule, string>> = {
  'controller-unknown': 'Unknown controller',
  'register-not-in-force': 'Before the policy was in force',
  'clock-implausible': 'Clock implausible',
  'facts-exceeded': 'Too much history to judge',
  'purpose-undeclared': 'Purpose not declared',
  'basis-undeclared': 'Legal basis not declared',
  'basis-not-stated': 'Policy states no legal basis',
  'basis-not-applicable': 'Legal basis does not apply here',
  'relationship-required': 'No customer relationship',
  'category-undeclared': 'Data category not declared',
  'category-excluded': 'Data the company says it never has',
  'category-condition-unmet': 'Condition on data not met',
  'judgement-required': 'Needs a human judgement',
  'consent-missing': 'No consent',
  'consent-withdrawn': 'Consent withdrawn',
  'consent-not-specific': 'Consent not specific',
  'objection-ignored': 'Objection ignored',
  'objection-overridden': 'Objection overridden',
  'restriction-ignored': 'Restriction ignored',
  'retention-exceeded': 'Data kept too long',
  'recipient-undeclared': 'Recipient not declared',
  'recipient-use-undeclared': 'Recipient uses data beyond the policy',
  'recipient-condition-unmet': 'Condition on recipient not met',
  'undertaking-missing': 'Undertaking missing',
  'transfer-undeclared': 'Transfer not declared',
  'transfer-not-permitted': 'Transfer without a permitted ground',
  'event-unreadable': 'Unreadable record',
  'request-overdue': 'Request answered late or not at all',
  'retention-overdue': 'Not erased in time',
  'erasure-overdue': 'Not erased after withdrawal',
};

export const VERDICTS = {
  violation: 'Violation',
  gap: 'Gap',
  unreadable: 'Unreadable',
  compliant: 'Compliant',
} as const;

export const KINDS: Readonly<Record<Kind, string>> = {
  orders: 'Orders',
  marketing: 'Marketing',
  sharing: 'Sharing',
  rights: 'Rights',
  duty: 'Duty',
  unreadable: 'Unreadable record',
};

export const STATUSES = { open: 'Open', acknowledged: 'Acknowledged', resolved: 'Resolved' } as const;

/** The word for a code; the code where there is none, as for rules of a later version. */
export function wordFor(words: Readonly<Record<string, string>>, code: string): string {
  return Object.hasOwn(words, code) ? (words[code] as string) : code;
}
