import type { RightsAction } from '#libs/events';
import type { RightsFact } from '../fact.js';
import { upperBound } from './sorted.js';

/** Of two acts at the same millisecond, the one that protects the person prevails: it is kept last. */
const PROTECTING: ReadonlySet<RightsAction> = new Set(['consent_withdrawn', 'objection_raised', 'restriction_started']);

/**
 * One series of a person's acts (consent; objection; restriction), in the order in which they prevail over each other.
 * An act without purposes is about all of them.
 */
export class ActSeries {
  private readonly acts: RightsFact[] = [];

  add(fact: RightsFact): void {
    let i = upperBound(this.acts, fact.at);
    if (!PROTECTING.has(fact.action)) {
      while (i > 0) {
        const before = this.acts[i - 1];
        if (before === undefined || before.at !== fact.at || !PROTECTING.has(before.action)) break;
        i--;
      }
    }
    this.acts.splice(i, 0, fact);
  }

  /** The acts about `purpose` as of `at` (inclusive), the prevailing one first. */
  *latest(purpose: string, at: number): Generator<RightsFact> {
    for (let i = upperBound(this.acts, at) - 1; i >= 0; i--) {
      const act = this.acts[i];
      if (act !== undefined && concerns(act, purpose)) yield act;
    }
  }

  /** The act about `purpose` that prevails as of `at` (inclusive). */
  prevailing(purpose: string, at: number): RightsFact | undefined {
    for (let i = upperBound(this.acts, at) - 1; i >= 0; i--) {
      const act = this.acts[i];
      if (act !== undefined && concerns(act, purpose)) return act;
    }
    return undefined;
  }
}

export function concerns(act: RightsFact, purpose: string): boolean {
  return act.purposes.length === 0 || act.purposes.includes(purpose);
}
