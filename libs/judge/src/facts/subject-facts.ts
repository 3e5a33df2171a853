import type { Fact, OrderFact, RightsFact } from '../fact.js';
import { ActSeries } from './acts.js';
import { Dealings, type Standing } from './dealings.js';

const NO_ACTS = new ActSeries();
const NONE_YET = new Dealings();

/**
 * What is known of one data subject of one controller. A set: adding a fact twice changes nothing, and the order in
 * which facts are added has no influence on any answer. Questions are asked as of a time; later facts do not count.
 *
 * Most subjects have few facts or none, so parts are made when first needed.
 */
export class SubjectFacts {
  private consent = NO_ACTS;
  /** Also the consents that name purposes: they lift objections. */
  private objection = NO_ACTS;
  private restriction = NO_ACTS;
  /** Requests and erasures: read by the duties. */
  private other = NO_ACTS;
  private dealings = NONE_YET;
  private count = 0;

  static from(facts: Iterable<Fact>): SubjectFacts {
    const all = new SubjectFacts();
    for (const fact of facts) all.add(fact);
    return all;
  }

  get size(): number {
    return this.count;
  }

  *all(): Generator<Fact> {
    yield* this.dealings.all;
    yield* this.consent.all;
    for (const act of this.objection.all) if (act.action !== 'consent_given') yield act;
    yield* this.restriction.all;
    yield* this.other.all;
  }

  /** @returns false where the fact was known already */
  add(fact: Fact): boolean {
    const isNew = fact.kind === 'rights' ? this.addAct(fact) : this.addDealing(fact);
    if (isNew) this.count++;
    return isNew;
  }

  /** Contracts and disputes as of `at` (inclusive). */
  standing(at: number): Standing {
    return this.dealings.asOf(at);
  }

  /** The acts of consent about a purpose as of `at` (inclusive), the prevailing one first. */
  consents(purpose: string, at: number): Iterable<RightsFact> {
    return this.consent.latest(purpose, at);
  }

  /** The objection to the purpose that stands as of `at` (inclusive). */
  objectionStanding(purpose: string, at: number): RightsFact | undefined {
    const act = this.objection.prevailing(purpose, at);
    return act?.action === 'objection_raised' ? act : undefined;
  }

  /** The restriction of the purpose that stands as of `at` (inclusive). */
  restrictionStanding(purpose: string, at: number): RightsFact | undefined {
    const act = this.restriction.prevailing(purpose, at);
    return act?.action === 'restriction_started' ? act : undefined;
  }

  private addDealing(fact: OrderFact): boolean {
    if (this.dealings === NONE_YET) this.dealings = new Dealings();
    return this.dealings.add(fact);
  }

  private addAct(fact: RightsFact): boolean {
    switch (fact.action) {
      case 'consent_given':
      case 'consent_withdrawn':
        if (this.consent === NO_ACTS) this.consent = new ActSeries();
        // A consent that names a purpose lifts an earlier objection to it, for good: it is an act of that series too,
        // which a later withdrawal of the consent is not.
        if (fact.action === 'consent_given' && fact.purposes.length > 0) this.addObjection(fact);
        return this.consent.add(fact);
      case 'objection_raised':
      case 'objection_lifted':
        return this.addObjection(fact);
      case 'restriction_started':
      case 'restriction_lifted':
        if (this.restriction === NO_ACTS) this.restriction = new ActSeries();
        return this.restriction.add(fact);
      default:
        if (this.other === NO_ACTS) this.other = new ActSeries();
        return this.other.add(fact);
    }
  }

  private addObjection(fact: RightsFact): boolean {
    if (this.objection === NO_ACTS) this.objection = new ActSeries();
    return this.objection.add(fact);
  }
}
