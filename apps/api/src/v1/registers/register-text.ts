import { toIsoTime } from '#libs/events';
import type { Purpose, Register, RetentionPeriod, TimeLimit } from '#libs/register';
import type { Wire } from '../../http/schema.js';
import { basisConditions, categoryCondition } from './conditions.js';
import type { DeclaredPurpose, RegisterText } from './schemas.js';

/**
 * A register as people and programs read it.
 *
 * @param inForceTo when the next version came into force, ms; null: there is none
 */
export function registerText(register: Register, inForceTo: number | null): Wire<typeof RegisterText> {
  const { controller, name, version, id, transfers } = register;
  return {
    controller,
    name,
    version,
    id,
    inForceFrom: toIsoTime(register.inForceFrom),
    inForceTo: inForceTo === null ? null : toIsoTime(inForceTo),
    purposes: [...register.purposes.values()].map(declaredPurpose),
    clauses: [...register.clauses.values()],
    excludedCategories: [...register.excludedCategories].map(([category, clause]) => ({ category, clause })),
    requests: timeLimit(register.requests),
    erasureOnWithdrawal: timeLimit(register.erasureOnWithdrawal),
    transfers: transfers === null ? null : { clause: transfers.clause, permitted: [...transfers.permitted] },
  };
}

/** What a register says of a purpose. */
export function declaredPurpose(purpose: Purpose): Wire<typeof DeclaredPurpose> {
  const { id, dpv, clause, directMarketing, basesAssumed, retention } = purpose;
  return {
    id,
    dpv,
    clause,
    directMarketing,
    bases: purpose.bases.map((declared) => ({
      basis: declared.basis,
      clause: declared.clause,
      assumed: declared.assumed,
      conditions: basisConditions(declared),
    })),
    basesAssumed,
    categories: [...purpose.categories].map(([category, declared]) => ({
      category,
      clause: declared.clause,
      assumed: declared.assumed,
      condition: categoryCondition(declared.condition),
    })),
    retention:
      retention === null
        ? null
        : { customer: retentionPeriod(retention.customer), neverCustomer: retentionPeriod(retention.neverCustomer) },
    recipients: purpose.recipients.map((recipient) => ({
      id: recipient.id,
      clause: recipient.clause,
      names: recipient.names,
      roles: recipient.roles,
      sectors: recipient.sectors,
      uses: recipient.uses,
      undertakings: recipient.undertakings,
    })),
  };
}

function retentionPeriod(period: RetentionPeriod | null) {
  if (period === null) return null;
  const { keep, from, clause, assumed } = period;
  return { period: keep.iso, from, clause, assumed };
}

function timeLimit(limit: TimeLimit | null) {
  return limit === null ? null : { within: limit.within.iso, clause: limit.clause, assumed: limit.assumed };
}
