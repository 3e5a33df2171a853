import { addPeriod, day } from '../calendar.js';
import { concerns } from '../facts/acts.js';
import type { RightsFact } from '../fact.js';
import { counts } from '../rules/consent.js';
import { quote } from '../rules/quote.js';
import { actsOf, dutyFinding, type DutyFinding, type Sweep } from './duty.js';

/**
 * erasure-overdue: data processed on consent that was not erased (or anonymised) in the register's time after the
 * consent was withdrawn. GDPR Art. 17(1)(b). A gap where that time is the author's assumption.
 */
export function overdueErasures(sweep: Sweep): DutyFinding[] {
  const { erasureOnWithdrawal } = sweep.register;
  if (erasureOnWithdrawal === null) return [];
  const withdrawals = actsOf(sweep, 'consent_withdrawn');
  if (withdrawals.length === 0) return [];
  const erasures = actsOf(sweep, 'data_erased', 'data_anonymised');
  const consents = actsOf(sweep, 'consent_given');
  const onConsent = sweep.uses.filter((use) => use.basis === 'consent' && use.at <= sweep.at);

  return [...new Set(onConsent.map((use) => use.purpose))].sort().flatMap((purpose) => {
    const about = (acts: readonly RightsFact[]): RightsFact[] => acts.filter((act) => concerns(act, purpose));
    const uses = onConsent.filter((use) => use.purpose === purpose);
    for (const withdrawal of about(withdrawals)) {
      // What was erased before the withdrawal is not there to be erased again.
      const erasedBefore = about(erasures).findLast((act) => act.at < withdrawal.at)?.at ?? -Infinity;
      if (!uses.some((use) => use.at < withdrawal.at && use.at > erasedBefore)) continue;
      const dueAt = addPeriod(withdrawal.at, erasureOnWithdrawal.within);
      const erasure = about(erasures).find((act) => act.at >= withdrawal.at);
      if ((erasure?.at ?? sweep.at) <= dueAt) continue;
      const again = about(consents).some(
        (act) => counts(act, purpose, sweep.register) && act.at > withdrawal.at && act.at <= dueAt,
      );
      if (again) continue;
      const fulfilledAt = erasure?.at ?? null;
      const message =
        `the consent for ${quote(purpose)} was withdrawn on ${day(withdrawal.at)}, its data to be erased within ` +
        `${erasureOnWithdrawal.within.iso}, by ${day(dueAt)}; ` +
        (fulfilledAt === null
          ? `no erasure or anonymisation is on record on ${day(sweep.at)}`
          : `it was erased or anonymised late, on ${day(fulfilledAt)}`);
      const of = { duty: 'erasure-overdue', purpose, requestId: null, dueAt, fulfilledAt } as const;
      const effect = erasureOnWithdrawal.assumed ? 'gap' : 'violation';
      return [dutyFinding(of, sweep, erasureOnWithdrawal, effect, message)];
    }
    return [];
  });
}
