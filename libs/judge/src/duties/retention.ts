import type { Purpose, RetentionPeriod } from '#libs/register';
import { day } from '../calendar.js';
import { concerns } from '../facts/acts.js';
import { NO_DEALINGS, type Standing } from '../facts/dealings.js';
import type { RightsFact, UseFact } from '../fact.js';
import { quote } from '../rules/quote.js';
import { endOfPeriod, FROM } from '../rules/retention.js';
import { actsOf, dutyFinding, type DutyFinding, type Sweep } from './duty.js';

/** A span of a subject's history, `until` exclusive, in which the same period applies. */
interface Span {
  readonly from: number;
  readonly until: number;
  readonly standing: Standing;
}

interface Overdue {
  readonly since: number;
  readonly collectedAt: number;
  readonly period: RetentionPeriod;
}

/**
 * retention-overdue: data of a purpose whose period ended without an erasure or anonymisation of it on record.
 * GDPR Art. 5(1)(e).
 *
 * What was overdue once stays found, even where the data was erased later or a new contract began: whether a sweep ran
 * at that time must make no difference.
 */
export function overdueRetention(sweep: Sweep): DutyFinding[] {
  const erasures = actsOf(sweep, 'data_erased', 'data_anonymised');
  const spans = spansOf(sweep.facts.standings());
  const findings: DutyFinding[] = [];
  for (const [id, uses] of usesByPurpose(sweep)) {
    const purpose = sweep.register.purposes.get(id);
    if (purpose === undefined || purpose.retention === null) continue;
    const covering = erasures.filter((act) => concerns(act, id));
    let first: Overdue | undefined;
    for (const use of uses) {
      const found = firstOverdue(use.collectedAt ?? use.at, purpose, spans, covering, sweep.at);
      if (found !== undefined && (first === undefined || found.since < first.since)) first = found;
    }
    if (first !== undefined) findings.push(toFinding(id, first, covering, sweep));
  }
  return findings;
}

function firstOverdue(
  collectedAt: number,
  { retention }: Purpose,
  spans: readonly Span[],
  erasures: readonly RightsFact[],
  at: number,
): Overdue | undefined {
  for (const { from, until, standing } of spans) {
    if (from > at) return undefined;
    const period = (standing.everCustomer ? retention?.customer : retention?.neverCustomer) ?? null;
    if (period === null) continue;
    const end = endOfPeriod(period, collectedAt, standing);
    if (end === null) continue;
    // Data collected after the period's end (of a contract long over) is overdue at once.
    const since = Math.max(end + 1, collectedAt + 1, from);
    if (since >= until || since > at) continue;
    // An erasure covers what was collected before it, and was in time if nothing was overdue yet.
    if (erasures.some((act) => act.at > collectedAt && act.at < since)) continue;
    return { since, collectedAt, period };
  }
  return undefined;
}

function toFinding(
  purpose: string,
  { since, collectedAt, period }: Overdue,
  erasures: readonly RightsFact[],
  sweep: Sweep,
): DutyFinding {
  const dueAt = since - 1;
  const fulfilledAt = erasures.find((act) => act.at > Math.max(collectedAt, dueAt))?.at ?? null;
  const message =
    `data for ${quote(purpose)} is kept ${period.keep.iso} from ${FROM[period.from]}, here until ${day(dueAt)}; ` +
    (fulfilledAt === null
      ? `no erasure or anonymisation is on record on ${day(sweep.at)}`
      : `it was erased or anonymised late, on ${day(fulfilledAt)}`);
  const of = { duty: 'retention-overdue', purpose, requestId: null, dueAt, fulfilledAt } as const;
  return dutyFinding(of, sweep, period, 'violation', message);
}

function spansOf(standings: readonly Standing[]): Span[] {
  const steps = [NO_DEALINGS, ...standings];
  return steps.flatMap((standing, i) => {
    const until = steps[i + 1]?.at ?? Infinity;
    // Of several changes within one millisecond only the last lasts.
    return until > standing.at ? [{ from: standing.at, until, standing }] : [];
  });
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
