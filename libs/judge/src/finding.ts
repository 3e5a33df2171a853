/** What the judge says of one event or duty. */
export interface Finding {
  readonly verdict: Verdict;
  /** Every rule that fired, once each, in the order of the rule table; empty means compliant. */
  readonly reasons: readonly Reason[];
  /** Ids of the clauses among those relied on that are assumptions of the register's author, sorted. */
  readonly assumptions: readonly string[];
  /** SHA-256 (hex) of the register version judged by; null where there is none. */
  readonly register: string | null;
}

export type Verdict = 'compliant' | 'violation' | 'gap' | 'unreadable';

export interface Reason {
  readonly rule: Rule;
  readonly effect: 'violation' | 'gap' | 'unreadable';
  /** The clause of the register the event was held against; null where there is no register. */
  readonly clause: string | null;
  /** What was declared and what happened. Holds no identifier of a person and no free text of the publisher. */
  readonly message: string;
}

/** A finding as one text, the same for equal findings alone: what is compared, or hashed, to know whether it changed. */
export function findingText({ verdict, register, assumptions, reasons }: Finding): string {
  const said = reasons.map(({ rule, effect, clause, message }) => [rule, effect, clause, message]);
  return JSON.stringify([verdict, register, assumptions, said]);
}

/** The rules in their published order; reasons are reported in this order. */
export const RULES = [
  'controller-unknown',
  'register-not-in-force',
  'clock-implausible',
  'facts-exceeded',
  'purpose-undeclared',
  'basis-undeclared',
  'basis-not-stated',
  'basis-not-applicable',
  'relationship-required',
  'category-undeclared',
  'category-excluded',
  'category-condition-unmet',
  'judgement-required',
  'consent-missing',
  'consent-withdrawn',
  'consent-not-specific',
  'objection-ignored',
  'objection-overridden',
  'restriction-ignored',
  'retention-exceeded',
  'recipient-undeclared',
  'recipient-use-undeclared',
  'recipient-condition-unmet',
  'undertaking-missing',
  'transfer-undeclared',
  'transfer-not-permitted',
  'event-unreadable',
  'request-overdue',
  'retention-overdue',
  'erasure-overdue',
] as const;
export type Rule = (typeof RULES)[number];
