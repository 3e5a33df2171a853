import type { RetentionPeriod } from '#libs/register';
import { day } from '../calendar.js';
import { concerns } from '../facts/acts.js';
import type { RightsFact, UseFact } from '../fact.js';
import { quote } from '../rules/quote.js';
import { endOfPeriod, FROM } from '../rules/retention.js';
import { actsOf, dutyFinding, type DutyFinding, type Sweep } from './duty.js';

interface Overdue {
  readonly collectedAt: number;
  /** The last instant at which the data might be kept. */
  readonly dueAt: number;
}

/**
 * retention-overdue: data of a purpose whose period has ended, by what is known at the time of the sweep, without an
 * erasure or anonymisation of it on record by then. GDPR Art. 5(1)(e).
 */
export function overdueRetention(sweep: Sweep): DutyFinding[] {
  const standing = sweep.facts.standing(sweep.at);
  const erasures = actsOf(sweep, 'data_erased', 'data_anonymised');
  return [...usesByPurpose(sweep)].flatMap(([purpose, uses]) => {
    const retention = sweep.register.purposes.get(purpose)?.retention ?? null;
    const period = (standing.everCustomer ? retention?.customer : retention?.neverCustomer) ?? null;
    if (period === null) return [];
    const covering = erasures.filter((act) => concerns(act, purpose));
    let first: Overdue | undefined;
    for (const use of uses) {
      const collectedAt = use.collectedAt ?? use.at;
      const dueAt = endOfPeriod(period, collectedAt, standing);
      if (dueAt === null || dueAt >= sweep.at || (first !== undefined && first.dueAt <= dueAt)) continue;
      // An erasure covers what was collected before it.
      if (covering.some((act) => act.at > collectedAt && act.at <= dueAt)) continue;
      first = { collectedAt, dueAt };
    }
    return first === undefined ? [] : [toFinding(purpose, period, first, covering, sweep)];
  });
}

function toFinding(
  purpose: string,
  period: RetentionPeriod,
  { collectedAt, dueAt }: Overdue,
  erasures: readonly RightsFact[],
  sweep: Sweep,
): DutyFinding {
  const fulfilledAt = erasures.find((act) => act.at > Math.max(collectedAt, dueAt))?.at ?? null;
  const message =
    `data for ${quote(purpose)} is kept ${period.keep.iso} from ${FROM[period.from]}, here until ${day(dueAt)}; ` +
    (fulfilledAt === null
      ? `no erasure or anonymisation is on record on ${day(sweep.at)}`
      : `it was erased or anonymised late, on ${day(fulfilledAt)}`);
  const of = { duty: 'retention-overdue', purpose, requestId: null, dueAt, fulfilledAt } as const;
  return dutyFinding(of, sweep, period, 'violation', message);
}

function usesByPurpose({ uses, at }: Sweep): Map<string, UseFact[]> {
  const byPurpose = new Map<string, UseFact[]>();
  for (const use of uses) {
    if (use.at > at) continue;
    const list = byPurpose.get(use.purpose);
    if (list === undefined) byPurpose.set(use.purpose, [use]);
    else list.push(use);
  }
  return byPurpose;
}
