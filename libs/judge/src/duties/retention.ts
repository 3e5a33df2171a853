import type { Retention, RetentionPeriod } from '#libs/register';
import { day } from '../calendar.js';
import type { Standing } from '../facts/dealings.js';
import { upperBound } from '../facts/sorted.js';
import type { SubjectFacts } from '../facts/subject-facts.js';
import type { RightsFact, UseFact } from '../fact.js';
import { quote } from '../rules/quote.js';
import { beginningOf, endOfPeriod, FROM } from '../rules/retention.js';
import { actsAbout, breachToTell, dutyFinding, usesByPurpose } from './duty.js';
import type { DutyFinding, Look, OpenDuty, Sweep } from './duty.js';

interface Kept {
  readonly period: RetentionPeriod;
  /** The last instant at which the data might be kept. */
  readonly dueAt: number;
  /** The first erasure since its collection, ms; null where none is on record. */
  readonly fulfilledAt: number | null;
}

/**
 * retention-overdue: data of a purpose whose period had ended, by what was known at some instant of the look, without an
 * erasure or anonymisation of it on record by then. GDPR Art. 5(1)(e).
 *
 * Where the period runs from the contract's end, or is another one for customers, what happens later can put an end off:
 * a new contract, say. What was overdue until then was overdue, so each of those instants counts.
 *
 * @param from the first instant of the look, ms; the last one is `look.at`
 */
export function overdueRetention(look: Look, from: number): DutyFinding[] {
  const { facts, register, known } = look;
  return [...usesByPurpose(look.uses, look.at)].flatMap(([purpose, uses]) => {
    const retention = register.purposes.get(purpose)?.retention ?? null;
    if (retention === null) return [];
    const erasures = actsAbout(facts.erasures, purpose, known);
    const told = breachToTell(
      [...instants(facts, retention, from, look.at)].flatMap(({ at, standing }) => {
        const kept = breachToTell(overdueAt(retention, uses, erasures, standing, at));
        return kept === undefined ? [] : [kept];
      }),
    );
    return told === undefined ? [] : [toFinding(purpose, told, look)];
  });
}

/** Data that is to be erased and not overdue, one for each purpose of which no data is overdue. */
export function openRetention(sweep: Sweep): OpenDuty[] {
  const { facts, register, at } = sweep;
  const standing = facts.standing(at);
  return [...usesByPurpose(sweep.uses, at)].flatMap(([purpose, uses]) => {
    const retention = register.purposes.get(purpose)?.retention ?? null;
    const period = retention === null ? null : periodFor(retention, standing);
    if (period === null) return [];
    const erased = facts.lastErasure(purpose, at);
    let dueAt = Infinity;
    for (const use of uses) {
      const collectedAt = use.collectedAt ?? use.at;
      if (collectedAt >= erased) dueAt = Math.min(dueAt, endOfPeriod(period, collectedAt, standing) ?? Infinity);
    }
    if (dueAt === Infinity || dueAt < at) return [];
    return [{ duty: 'retention-overdue', purpose, requestId: null, dueAt, clause: period.clause }];
  });
}

function periodFor({ customer, neverCustomer }: Retention, { everCustomer }: Standing): RetentionPeriod | null {
  return everCustomer ? customer : neverCustomer;
}

/**
 * The instants between `from` and `to` that suffice: the last ones before the standing changes in what the period depends
 * on. In between, more becomes overdue and nothing ceases to be.
 */
function* instants(
  facts: SubjectFacts,
  { customer, neverCustomer }: Retention,
  from: number,
  to: number,
): Generator<{ readonly at: number; readonly standing: Standing }> {
  let standing = facts.standing(from);
  const byContract = customer?.from === 'contract-end' || neverCustomer?.from === 'contract-end';
  if (byContract || customer !== neverCustomer) {
    for (const turn of facts.turns(from, to)) {
      const next = facts.standing(turn);
      const matters =
        next.everCustomer !== standing.everCustomer || (byContract && beginningOf(next) !== beginningOf(standing));
      if (matters) yield { at: turn - 1, standing };
      standing = next;
    }
  } else {
    standing = facts.standing(to);
  }
  yield { at: to, standing };
}

/** The data that is overdue at `at`, or was fulfilled late, by what is known. */
function* overdueAt(
  retention: Retention,
  uses: readonly UseFact[],
  erasures: readonly RightsFact[],
  standing: Standing,
  at: number,
): Generator<Kept> {
  const period = periodFor(retention, standing);
  if (period === null || (period.from === 'contract-end' && beginningOf(standing) === null)) return;
  for (const use of uses) {
    if (use.at > at) continue;
    const collectedAt = use.collectedAt ?? use.at;
    const dueAt = endOfPeriod(period, collectedAt, standing);
    if (dueAt === null || dueAt >= at) continue;
    // An erasure covers what was collected before it.
    const fulfilledAt = erasures[upperBound(erasures, collectedAt)]?.at ?? null;
    if (fulfilledAt === null || fulfilledAt > dueAt) yield { period, dueAt, fulfilledAt };
  }
}

function toFinding(purpose: string, { period, dueAt, fulfilledAt }: Kept, look: Look): DutyFinding {
  const message =
    `data for ${quote(purpose)} is kept ${period.keep.iso} from ${FROM[period.from]}, here until ${day(dueAt)}; ` +
    (fulfilledAt === null
      ? `no erasure or anonymisation is on record on ${day(look.known)}`
      : `it was erased or anonymised late, on ${day(fulfilledAt)}`);
  const of = { duty: 'retention-overdue', purpose, requestId: null, dueAt, fulfilledAt } as const;
  return dutyFinding(of, look, period, 'violation', message);
}
