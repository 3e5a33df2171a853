import type { Purpose, RetentionPeriod } from '#libs/register';
import { addPeriod, day, endOfYear, isWithin } from '../calendar.js';
import type { Standing } from '../facts/dealings.js';
import { fire, rely, type Case } from './case.js';
import { quote } from './quote.js';

/** retention-exceeded: data used after the end of its period; at its end it is still within. GDPR Art. 5(1)(e). */
export function judgeRetention(c: Case, purpose: Purpose): void {
  const { retention } = purpose;
  const { collectedAt, occurredAt, dataCategories } = c.event;
  if (retention === null || collectedAt === null) return;

  for (const transient of retention.transient) {
    if (!dataCategories.every((category) => category === transient.category) || dataCategories.length === 0) continue;
    if (isWithin(occurredAt, collectedAt, transient.keep)) continue;
    const message =
      `${quote(transient.category)} is used, not stored (${transient.keep.iso} at most); ` +
      `data of ${day(collectedAt)} was used on ${day(occurredAt)}`;
    fire(c, 'retention-exceeded', 'violation', transient.clause, message);
    rely(c, transient);
    return;
  }

  if (c.facts === null) return;
  const standing = c.facts.standing(occurredAt);
  const period = standing.everCustomer ? retention.customer : retention.neverCustomer;
  if (period === null) return;
  const start = startOfPeriod(period, collectedAt, standing);
  if (start === null || isWithin(occurredAt, start, period.keep)) return;
  fire(c, 'retention-exceeded', 'violation', period.clause, exceeded(purpose, period, collectedAt, occurredAt));
  rely(c, period);
}

/** The last instant at which data may be kept, ms; null where the period has not begun. */
export function endOfPeriod(period: RetentionPeriod, collectedAt: number, standing: Contracts): number | null {
  const start = startOfPeriod(period, collectedAt, standing);
  return start === null ? null : addPeriod(start, period.keep);
}

/**
 * When the period begins, ms; null: it has not begun. Counted from the contract's end it runs from the end of the last
 * contract or the close of the last dispute, whichever is later.
 */
function startOfPeriod(period: RetentionPeriod, collectedAt: number, standing: Contracts): number | null {
  switch (period.from) {
    case 'collection':
      return collectedAt;
    case 'end-of-collection-year':
      return endOfYear(collectedAt);
    case 'contract-end':
      return beginningOf(standing);
  }
}

type Contracts = Pick<Standing, 'openContracts' | 'openDisputes' | 'lastContractEnd' | 'lastDisputeClose'>;

/** When a period counted from the contract's end begins, ms; null while it has not. */
export function beginningOf({
  openContracts,
  openDisputes,
  lastContractEnd,
  lastDisputeClose,
}: Contracts): number | null {
  if (openContracts > 0 || openDisputes > 0) return null;
  const start = Math.max(lastContractEnd, lastDisputeClose);
  return start === -Infinity ? null : start;
}

function exceeded(purpose: Purpose, period: RetentionPeriod, collectedAt: number, occurredAt: number): string {
  const from = FROM[period.from];
  return (
    `data for ${quote(purpose.id)} is kept ${period.keep.iso} from ${from}; ` +
    `data of ${day(collectedAt)} was used on ${day(occurredAt)}`
  );
}

export const FROM: Readonly<Record<RetentionPeriod['from'], string>> = {
  collection: 'its collection',
  'end-of-collection-year': 'the end of the calendar year of its collection',
  'contract-end': 'the end of the last contract or dispute',
};
