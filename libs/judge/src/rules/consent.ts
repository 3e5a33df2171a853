import type { RightsEvent } from '#libs/events';
import type { Purpose, Register } from '#libs/register';
import type { RightsFact } from '../fact.js';
import { fire, type Case } from './case.js';
import { quote } from './quote.js';

/** consent-missing and consent-withdrawn, on the basis that the event claims. GDPR Art. 6(1)(a), 7(1) and 7(3). */
export function judgeConsent(c: Case, purpose: Purpose): void {
  if (c.event.legalBasis !== 'consent' || c.facts === null) return;
  let withdrawn = false;
  for (const act of c.facts.consents(purpose.id, c.event.occurredAt)) {
    if (act.action === 'consent_withdrawn') {
      withdrawn = true;
    } else if (counts(act, purpose.id, c.register)) {
      if (!withdrawn) return;
      const message = `the consent for ${quote(purpose.id)} had been withdrawn by then`;
      fire(c, 'consent-withdrawn', 'violation', clauseOf(c, purpose), message);
      return;
    }
  }
  const message = `no consent for ${quote(purpose.id)} was on record at the time`;
  fire(c, 'consent-missing', 'violation', clauseOf(c, purpose), message);
}

/**
 * Whether an act of consent that concerns the purpose counts for it. One that names no purpose counts only where the
 * register takes consent at registration, and not for the purposes that need a consent of their own.
 */
export function counts(act: Pick<RightsFact, 'purposes'>, purpose: string, register: Register): boolean {
  if (act.purposes.length > 0) return true;
  const { registrationConsent } = register;
  return registrationConsent !== null && !registrationConsent.except.has(purpose);
}

/** consent-not-specific, on the act of consent itself. GDPR Art. 4(11) and Recital 32. */
export function judgeSpecificity(c: Pick<Case, 'reasons' | 'register'>, event: RightsEvent): void {
  if (event.action !== 'consent_given' || event.purposes.length > 0 || c.register.registrationConsent !== null) return;
  const { consent, purposes } = c.register.statements;
  const message = 'the consent names no purpose, and this controller does not take consent at registration';
  fire(c, 'consent-not-specific', 'violation', consent ?? purposes, message);
}

function clauseOf(c: Case, purpose: Purpose): string {
  return (
    purpose.bases.find((b) => b.basis === 'consent')?.clause ?? c.register.statements.consent ?? purpose.basesClause
  );
}
