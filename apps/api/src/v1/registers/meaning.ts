import { toIsoTime } from '#libs/events';
import type { Clause, Purpose, Register, Retention, RetentionPeriod, TimeLimit } from '#libs/register';
import { basisConditions, categoryCondition } from './conditions.js';
import type { Tree } from './differences.js';

/** What a register says, by places that people know: its meaning, not how its file is written. */
export function meaningOf(register: Register): Tree {
  const { statements, registrationConsent, transfers } = register;
  return {
    name: register.name,
    inForce: { from: toIsoTime(register.inForceFrom).slice(0, 10), clause: register.inForceClause },
    purposes: byKey([...register.purposes.values()].map((purpose) => [purpose.id, purposeMeaning(purpose)])),
    excludedCategories: Object.fromEntries(register.excludedCategories),
    registrationConsent:
      registrationConsent === null
        ? null
        : { clause: registrationConsent.clause, except: [...registrationConsent.except] },
    transfers: transfers === null ? null : { clause: transfers.clause, permitted: [...transfers.permitted] },
    requests: timeLimit(register.requests),
    erasureOnWithdrawal: timeLimit(register.erasureOnWithdrawal),
    statements: { ...statements },
    documents: Object.fromEntries(
      [...register.clauses.values()].flatMap(({ locator }) =>
        locator === null ? [] : [[locator.document, locator.sha256]],
      ),
    ),
    clauses: byKey([...register.clauses.values()].map((clause) => [clause.id, clauseMeaning(clause)])),
  };
}

function purposeMeaning(purpose: Purpose): Tree {
  return {
    dpv: purpose.dpv,
    clause: purpose.clause,
    directMarketing: purpose.directMarketing,
    bases: byKey(
      purpose.bases.map((declared) => {
        const { basis, clause, relationship } = declared;
        return [basis, { clause, conditions: basisConditions(declared), relationship: relationship?.clause ?? null }];
      }),
    ),
    categories: byKey(
      [...purpose.categories].map(([category, { clause, condition }]) => [
        category,
        { clause, condition: categoryCondition(condition) },
      ]),
    ),
    retention: purpose.retention === null ? null : retentionMeaning(purpose.retention),
    recipients: byKey(
      purpose.recipients.map(({ id, assumed: _, requires, ...declared }) => [
        id,
        { ...declared, requires: requires === null ? null : { ...requires } },
      ]),
    ),
  };
}

function retentionMeaning({ customer, neverCustomer, transient }: Retention): Tree {
  return {
    customer: periodMeaning(customer),
    neverCustomer: periodMeaning(neverCustomer),
    notStored: byKey(transient.map(({ category, keep, clause }) => [category, { keep: keep.iso, clause }])),
  };
}

function periodMeaning(period: RetentionPeriod | null): Tree | null {
  return period === null ? null : { keep: period.keep.iso, from: period.from, clause: period.clause };
}

function timeLimit(limit: TimeLimit | null): Tree | null {
  return limit === null ? null : { within: limit.within.iso, clause: limit.clause };
}

function clauseMeaning({ summary, locator, assumption }: Clause): Tree {
  const lines = locator === null ? null : `${locator.document} ${locator.fromLine}-${locator.toLine}`;
  return { summary, lines, assumption };
}

/** Values by their keys; a key that comes again, as a basis for other circumstances, is numbered. */
function byKey(entries: readonly (readonly [string, Tree])[]): Tree {
  const tree: Record<string, Tree> = {};
  for (const [key, value] of entries) {
    let own = key;
    for (let n = 2; Object.hasOwn(tree, own); n++) own = `${key} (${n})`;
    tree[own] = value;
  }
  return tree;
}
