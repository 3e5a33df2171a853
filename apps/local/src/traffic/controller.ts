import type { Rule } from '#libs/judge';
import type { Story } from './story.js';

/** Tells a story: adds what happens to one customer. */
export type Tale = (story: Story) => void;

/** A customer with whom something goes wrong, or cannot be decided without a person. */
export interface Fault {
  /** The rule that it is to break. */
  readonly rule: Rule;
  readonly tell: Tale;
}

export function fault(rule: Rule, tell: Tale): Fault {
  return { rule, tell };
}

/** A made-up customer base of one of the five controllers. */
export interface Controller {
  readonly id: string;
  /** Stories in which everything is as declared. */
  readonly tales: readonly Tale[];
  readonly faults: readonly Fault[];
}
