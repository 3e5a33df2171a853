import type { RightsAction } from '#libs/events';
import type { RightsFact } from '../fact.js';
import { appended, cutFrom, upperBound } from './sorted.js';

/** Of two acts at the same millisecond, the one that protects the person prevails: it is kept last. */
const PROTECTING: ReadonlySet<RightsAction> = new Set(['consent_withdrawn', 'objection_raised', 'restriction_started']);

/** From this many acts on they are looked up by purpose. Most people have two or three, for which a map is too much. */
const INDEX_FROM = 32;

/**
 * One series of a person's acts (consent; objection; restriction), in the order in which they prevail over each other.
 * An act without purposes is about all of them.
 */
export class ActSeries {
  private acts: RightsFact[] = [];
  /** The acts about each purpose that was asked for since the last change, so that others cost a question nothing. */
  private about: Map<string, readonly RightsFact[]> | null = null;

  get all(): readonly RightsFact[] {
    return this.acts;
  }

  /** @returns false where the act was known already */
  add(fact: RightsFact): boolean {
    const end = upperBound(this.acts, fact.at);
    const protecting = PROTECTING.has(fact.action);
    let place = end;
    for (let i = end - 1; i >= 0; i--) {
      const before = this.acts[i];
      if (before === undefined || before.at !== fact.at) break;
      if (isSame(before, fact)) return false;
      if (!protecting && PROTECTING.has(before.action)) place = i;
    }
    if (place === this.acts.length) this.acts = appended(this.acts, fact);
    else this.acts.splice(place, 0, fact);
    this.about = null;
    return true;
  }

  /** Forgets the acts at or after `at`. @returns them */
  cut(at: number): RightsFact[] {
    const gone = cutFrom(this.acts, at);
    if (gone.length > 0) this.about = null;
    return gone;
  }

  /** The acts about `purpose` as of `at` (inclusive), the prevailing one first. */
  *latest(purpose: string, at: number): Generator<RightsFact> {
    const acts = this.actsAbout(purpose);
    for (let i = upperBound(acts, at) - 1; i >= 0; i--) {
      const act = acts[i];
      if (act !== undefined && concerns(act, purpose)) yield act;
    }
  }

  /** The act about `purpose` that prevails as of `at` (inclusive). */
  prevailing(purpose: string, at: number): RightsFact | undefined {
    const acts = this.actsAbout(purpose);
    for (let i = upperBound(acts, at) - 1; i >= 0; i--) {
      const act = acts[i];
      if (act !== undefined && concerns(act, purpose)) return act;
    }
    return undefined;
  }

  /** The acts about `purpose` and, where they are few, others too. */
  private actsAbout(purpose: string): readonly RightsFact[] {
    if (this.acts.length < INDEX_FROM) return this.acts;
    this.about ??= new Map();
    let acts = this.about.get(purpose);
    if (acts === undefined) this.about.set(purpose, (acts = this.acts.filter((act) => concerns(act, purpose))));
    return acts;
  }
}

export function concerns(act: RightsFact, purpose: string): boolean {
  return act.purposes.length === 0 || act.purposes.includes(purpose);
}

/** Whether two acts of the same time have the same content. */
function isSame(a: RightsFact, b: RightsFact): boolean {
  return (
    a.action === b.action &&
    a.requestId === b.requestId &&
    a.requestKind === b.requestKind &&
    a.purposes.length === b.purposes.length &&
    a.purposes.every((purpose, i) => purpose === b.purposes[i])
  );
}
