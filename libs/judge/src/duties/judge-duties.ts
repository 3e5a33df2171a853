import { overdueErasures } from './erasure.js';
import { overdueRequests } from './requests.js';
import { overdueRetention } from './retention.js';
import type { DutyFinding, Sweep } from './duty.js';

/**
 * The duties of one subject that were not fulfilled in time, as far as was known at the time of the sweep. Pure; the
 * order is that of the rule table, within a duty by purpose or request.
 */
export function judgeDuties(sweep: Sweep): DutyFinding[] {
  return [...overdueRequests(sweep), ...overdueRetention(sweep), ...overdueErasures(sweep)];
}
