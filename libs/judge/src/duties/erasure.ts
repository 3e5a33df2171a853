import type { TimeLimit } from '#libs/register';
import { addPeriod, day } from '../calendar.js';
import { lowerBound, upperBound } from '../facts/sorted.js';
import type { UseFact } from '../fact.js';
import { counts } from '../rules/consent.js';
import { quote } from '../rules/quote.js';
import { actsAbout, breachToTell, dutyFinding, usesByPurpose } from './duty.js';
import type { DutyFinding, Look, OpenDuty, Sweep } from './duty.js';

/** A withdrawal after which data is to be erased. */
interface Withdrawal {
  readonly at: number;
  /** The last instant in time. */
  readonly dueAt: number;
  /** The first erasure since, ms; null where none is on record. */
  readonly fulfilledAt: number | null;
}

/**
 * erasure-overdue: data processed on consent that was not erased (or anonymised) in the register's time after the
 * consent was withdrawn. GDPR Art. 17(1)(b). A gap where that time is the author's assumption.
 */
export function overdueErasures(look: Look): DutyFinding[] {
  const limit = look.register.erasureOnWithdrawal;
  if (limit === null) return [];
  return purposesOnConsent(look).flatMap(([purpose, uses]) => {
    const told = breachToTell(
      [...withdrawalsOf(look, purpose, uses, limit, look.known)].filter(
        ({ dueAt, fulfilledAt }) => dueAt < look.at && (fulfilledAt === null || fulfilledAt > dueAt),
      ),
    );
    if (told === undefined) return [];
    const { at, dueAt, fulfilledAt } = told;
    const message =
      `the consent for ${quote(purpose)} was withdrawn on ${day(at)}, its data to be erased within ` +
      `${limit.within.iso}, by ${day(dueAt)}; ` +
      (fulfilledAt === null
        ? `no erasure or anonymisation is on record on ${day(look.known)}`
        : `it was erased or anonymised late, on ${day(fulfilledAt)}`);
    const of = { duty: 'erasure-overdue', purpose, requestId: null, dueAt, fulfilledAt } as const;
    return [dutyFinding(of, look, limit, limit.assumed ? 'gap' : 'violation', message)];
  });
}

/** Erasures that a withdrawal asks for and whose time has not run out, the first for each purpose. */
export function openErasures(sweep: Sweep): OpenDuty[] {
  const limit = sweep.register.erasureOnWithdrawal;
  if (limit === null) return [];
  return purposesOnConsent(sweep).flatMap(([purpose, uses]) => {
    const first = breachToTell(
      [...withdrawalsOf(sweep, purpose, uses, limit, sweep.at)].filter(
        ({ dueAt, fulfilledAt }) => dueAt >= sweep.at && fulfilledAt === null,
      ),
    );
    if (first === undefined) return [];
    return [{ duty: 'erasure-overdue', purpose, requestId: null, dueAt: first.dueAt, clause: limit.clause }];
  });
}

function purposesOnConsent({ facts, uses, at }: Sweep): (readonly [string, readonly UseFact[]])[] {
  if (!facts.consentActs.some((act) => act.action === 'consent_withdrawn' && act.at <= at)) return [];
  const onConsent: UseFact[] = [];
  for (const use of uses) if (use.basis === 'consent') onConsent.push(use);
  return [...usesByPurpose(onConsent, at)].map(([purpose, list]) => [purpose, list.sort((a, b) => a.at - b.at)]);
}

/** The withdrawals that ask for an erasure, in order of time, by what is known at `known`. */
function* withdrawalsOf(
  { facts, register, at }: Sweep,
  purpose: string,
  uses: readonly UseFact[],
  { within }: TimeLimit,
  known: number,
): Generator<Withdrawal> {
  const erasures = actsAbout(facts.erasures, purpose, known);
  const acts = actsAbout(facts.consentActs, purpose, known);
  const consents = acts.filter((act) => act.action === 'consent_given' && counts(act, purpose, register));
  for (const withdrawal of acts) {
    if (withdrawal.action !== 'consent_withdrawn' || withdrawal.at > at) continue;
    const next = lowerBound(erasures, withdrawal.at);
    // What was erased before the withdrawal is not there to be erased again.
    const use = uses[upperBound(uses, erasures[next - 1]?.at ?? -Infinity)];
    if (use === undefined || use.at >= withdrawal.at) continue;
    const dueAt = addPeriod(withdrawal.at, within);
    const consent = consents[upperBound(consents, withdrawal.at)];
    if (consent !== undefined && consent.at <= dueAt) continue;
    yield { at: withdrawal.at, dueAt, fulfilledAt: erasures[next]?.at ?? null };
  }
}
