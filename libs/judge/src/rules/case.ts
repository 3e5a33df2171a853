import type { Channel, MarketingEvent, OrderEvent, ProcessingBase, SharingEvent, StreamEvent } from '#libs/events';
import type { Purpose, Register, TransferLaw } from '#libs/register';
import type { SubjectFacts } from '../facts/subject-facts.js';
import type { Reason, Rule } from '../finding.js';

/** A processing event under judgement with all that its verdict depends on. */
export interface Case {
  readonly event: ProcessingBase;
  /** The event again, where the rule needs what its kind alone carries; null for other kinds. */
  readonly order: OrderEvent | null;
  readonly marketing: MarketingEvent | null;
  readonly sharing: SharingEvent | null;
  readonly register: Register;
  /** null: there are too many to be held against the event. What would need them is then not judged. */
  readonly facts: SubjectFacts | null;
  readonly law: TransferLaw;
  /** Collects what fired. */
  readonly reasons: Reason[];
  /** Collects the ids of clauses relied on that are assumptions; may repeat. */
  readonly assumptions: string[];
}

export type ProcessingEvent = Exclude<StreamEvent, { readonly stream: 'rights' }>;

export type PurposeRule = (c: Case, purpose: Purpose) => void;

export function fire(
  c: Pick<Case, 'reasons'>,
  rule: Rule,
  effect: 'violation' | 'gap',
  clause: string | null,
  message: string,
): void {
  c.reasons.push({ rule, effect, clause, message });
}

export function rely(c: Case, on: { readonly clause: string; readonly assumed: boolean }): void {
  if (on.assumed) c.assumptions.push(on.clause);
}

const ELECTRONIC: ReadonlySet<Channel> = new Set(['email', 'sms', 'mms', 'push']);

/** Whether the event went by an electronic channel. An event without a channel did not. */
export function isElectronic(c: Case): boolean {
  return c.marketing !== null && ELECTRONIC.has(c.marketing.channel);
}

/** Whether the publisher states a ground of its own. */
export function isJustified(event: ProcessingBase): boolean {
  return event.justification !== null && event.justification.trim() !== '';
}
