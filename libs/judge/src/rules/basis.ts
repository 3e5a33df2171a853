import type { Circumstance, DeclaredBasis, Purpose } from '#libs/register';
import { isWithin } from '../calendar.js';
import { fire, isElectronic, rely, type Case } from './case.js';
import { quote, quoteAll } from './quote.js';

/** basis-undeclared, basis-not-stated, basis-not-applicable and relationship-required. GDPR Art. 6(1). */
export function judgeBasis(c: Case, purpose: Purpose): void {
  const claimed = c.event.legalBasis;
  let declared: DeclaredBasis | undefined;
  let applicable: DeclaredBasis | undefined;
  let related: DeclaredBasis | undefined;
  for (const basis of purpose.bases) {
    if (basis.basis !== claimed) continue;
    declared ??= basis;
    if (!holds(basis.applies, c)) continue;
    applicable ??= basis;
    if (!isRelated(basis, c)) continue;
    related = basis;
    break;
  }
  if (related !== undefined) rely(c, related);
  else if (declared === undefined) notDeclared(c, purpose);
  else if (applicable === undefined) {
    const message = `\`${claimed}\` is declared for ${quote(purpose.id)} only ${circumstances(declared)}; this is not so here`;
    fire(c, 'basis-not-applicable', 'violation', declared.clause, message);
    rely(c, declared);
  } else {
    notRelated(c, purpose, applicable);
  }
}

function notDeclared(c: Case, purpose: Purpose): void {
  const claimed = c.event.legalBasis;
  const named = quoteAll([...new Set(purpose.bases.map((b) => b.basis))]);
  if (purpose.basesAssumed) {
    const message = `the policy states no legal basis for ${quote(purpose.id)}; ${named} is assumed, \`${claimed}\` is claimed`;
    fire(c, 'basis-not-stated', 'gap', purpose.basesClause, message);
    for (const basis of purpose.bases) rely(c, basis);
  } else {
    const message = `${quote(purpose.id)} rests on ${named}; \`${claimed}\` is claimed`;
    fire(c, 'basis-undeclared', 'violation', purpose.basesClause, message);
  }
}

function holds(applies: readonly Circumstance[], c: Case): boolean {
  for (const circumstance of applies) if (!isSo(circumstance, c)) return false;
  return true;
}

function isSo(circumstance: Circumstance, c: Case): boolean {
  switch (circumstance) {
    case 'electronic-or-personalised':
      return isElectronic(c) || c.marketing?.personalised === true;
    case 'neither-electronic-nor-personalised':
      return !isElectronic(c) && c.marketing?.personalised !== true;
    case 'dispute-open':
      return c.facts === null || c.facts.standing(c.event.occurredAt).openDisputes > 0;
    case 'given-to-authority':
      return c.sharing?.recipient.role === 'authority';
  }
}

function circumstances(basis: DeclaredBasis): string {
  return basis.applies.map((circumstance) => WORDS[circumstance]).join(' and ');
}

const WORDS: Readonly<Record<Circumstance, string>> = {
  'electronic-or-personalised': 'on electronic channels and for personalised content',
  'neither-electronic-nor-personalised': 'off electronic channels and for content that is not personalised',
  'dispute-open': 'while a dispute is open',
  'given-to-authority': 'for giving data to an authority',
};

function isRelated({ relationship }: DeclaredBasis, c: Case): boolean {
  if (relationship === null || (relationship.electronicOnly && !isElectronic(c))) return true;
  if (c.facts === null) return true;
  const { occurredAt } = c.event;
  const standing = c.facts.standing(occurredAt);
  if (!standing.everCustomer) return false;
  if (relationship.window === null || standing.openContracts > 0) return true;
  return isWithin(occurredAt, standing.lastContractEnd, relationship.window);
}

function notRelated(c: Case, purpose: Purpose, basis: DeclaredBasis): void {
  const clause = basis.relationship?.clause ?? basis.clause;
  const window = basis.relationship?.window ?? null;
  const which = window === null ? 'an order placed' : `a contract open, or ended at most ${window.iso} ago`;
  const message =
    `\`${basis.basis}\` presupposes a customer relationship for ${quote(purpose.id)} (${which}); ` +
    'none is on record for the time of the event';
  fire(c, 'relationship-required', 'violation', clause, message);
  rely(c, basis);
}
