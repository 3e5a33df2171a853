import type { Fact, OrderFact, RightsFact } from '../fact.js';
import { ActSeries } from './acts.js';
import { Dealings, type Standing } from './dealings.js';
import { upperBound } from './sorted.js';

const NO_ACTS = new ActSeries();
const NONE_YET = new Dealings();

/**
 * How much is kept of one subject: the sum of {@link weightOf} over the facts. About 20,000 usual facts; whoever has more
 * is no person, and must not slow the others.
 */
export const FACTS_LIMIT = 2 * 1024 * 1024;

/** What a fact counts for against {@link FACTS_LIMIT}: about the bytes it takes. */
export function weightOf(fact: Fact): number {
  if (fact.kind === 'order') return 64 + (fact.orderId?.length ?? 0);
  let weight = 64 + (fact.requestId?.length ?? 0);
  for (const purpose of fact.purposes) weight += purpose.length;
  return weight;
}

/**
 * What is known of one data subject of one controller. A set: adding a fact twice changes nothing, and the order in
 * which facts are added has no influence on any answer. Questions are asked as of a time; later facts do not count.
 *
 * Bounded: kept are the facts before `exceededFrom`, the first instant by which they weigh more than {@link FACTS_LIMIT}.
 * As of any earlier time the facts are complete; as of that one and later they are not, and must not be held against
 * anything. So this too is no matter of the order in which facts are added, and what a fact changes, it changes from its
 * own time on.
 *
 * Most subjects have few facts or none, so parts are made when first needed.
 */
export class SubjectFacts {
  private consent = NO_ACTS;
  /** Also the consents that name purposes: they lift objections. */
  private objection = NO_ACTS;
  private restriction = NO_ACTS;
  /** Erasures and anonymisations; like the requests, read by the duties alone. */
  private erasure = NO_ACTS;
  private request = NO_ACTS;
  private dealings = NONE_YET;
  private count = 0;

  private weight = 0;
  private from = Infinity;

  /** @param exceededFrom as it was when the facts were given out by {@link all} */
  static from(facts: Iterable<Fact>, exceededFrom = Infinity): SubjectFacts {
    const all = new SubjectFacts();
    for (const fact of facts) all.add(fact);
    all.from = Math.min(all.from, exceededFrom);
    return all;
  }

  /** From when on (ms) more is on record than is kept; Infinity: all is kept. To be kept beside the facts. */
  get exceededFrom(): number {
    return this.from;
  }

  /** Whether facts were left out. */
  get exceeded(): boolean {
    return this.from !== Infinity;
  }

  get size(): number {
    return this.count;
  }

  *all(): Generator<Fact> {
    yield* this.dealings.all;
    yield* this.consent.all;
    for (const act of this.objection.all) if (act.action !== 'consent_given') yield act;
    yield* this.restriction.all;
    yield* this.erasure.all;
    yield* this.request.all;
  }

  /** @returns false where it changed nothing: the fact was known already, or lies where no more is kept */
  add(fact: Fact): boolean {
    if (fact.at >= this.from) return false;
    const isNew = fact.kind === 'rights' ? this.addAct(fact) : this.addDealing(fact);
    if (!isNew) return false;
    this.count++;
    this.weight += weightOf(fact);
    while (this.weight > FACTS_LIMIT) this.leaveOutLatest();
    return true;
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

  /** Ascending instants in `(from, to]` at which the standing may change. */
  *turns(from: number, to: number): Generator<number> {
    const { all } = this.dealings;
    let last = from;
    for (let i = upperBound(all, from); i < all.length; i++) {
      const at = all[i]?.at ?? Infinity;
      if (at > to) return;
      if (at > last) yield (last = at);
    }
  }

  /** Erasures and anonymisations, ascending by time. */
  get erasures(): readonly RightsFact[] {
    return this.erasure.all;
  }

  /** Requests and answers, ascending by time. */
  get requests(): readonly RightsFact[] {
    return this.request.all;
  }

  /** Acts of consent, given and withdrawn, ascending by time. */
  get consentActs(): readonly RightsFact[] {
    return this.consent.all;
  }

  /** When the purpose's data was last erased as of `at` (inclusive), ms; -Infinity: never. */
  lastErasure(purpose: string, at: number): number {
    return this.erasure.prevailing(purpose, at)?.at ?? -Infinity;
  }

  private leaveOutLatest(): void {
    const series = [this.consent, this.objection, this.restriction, this.erasure, this.request];
    const at = Math.max(...[...series, this.dealings].map(({ all }) => all.at(-1)?.at ?? -Infinity));
    this.from = at;
    const gone: Fact[] = this.dealings.cut(at);
    for (const each of series) {
      // A consent that names purposes is in two series and counts once.
      for (const act of each.cut(at)) if (each !== this.objection || act.action !== 'consent_given') gone.push(act);
    }
    this.count -= gone.length;
    for (const fact of gone) this.weight -= weightOf(fact);
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
      case 'data_erased':
      case 'data_anonymised':
        if (this.erasure === NO_ACTS) this.erasure = new ActSeries();
        return this.erasure.add(fact);
      case 'request_received':
      case 'request_answered':
        if (this.request === NO_ACTS) this.request = new ActSeries();
        return this.request.add(fact);
    }
  }

  private addObjection(fact: RightsFact): boolean {
    if (this.objection === NO_ACTS) this.objection = new ActSeries();
    return this.objection.add(fact);
  }
}
