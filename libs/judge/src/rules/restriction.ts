import { fire, isJustified, type Case } from './case.js';
import { quote } from './quote.js';

/** restriction-ignored and, with a stated ground, judgement-required; also for undeclared purposes. GDPR Art. 18(2). */
export function judgeRestriction(c: Case): void {
  const { legalBasis, purpose, occurredAt } = c.event;
  if (legalBasis === 'consent' || c.facts === null) return;
  if (c.facts.restrictionStanding(purpose, occurredAt) === undefined) return;
  // The right is the law's: where the policy does not speak of it, the processing itself is pointed at.
  const { statements, purposes } = c.register;
  const clause = statements.restriction ?? purposes.get(purpose)?.clause ?? statements.purposes;
  const started = `processing for ${quote(purpose)} was restricted`;
  if (isJustified(c.event)) {
    const message = `${started}; a justification is stated, which a person must judge`;
    fire(c, 'judgement-required', 'gap', clause, message);
  } else {
    fire(c, 'restriction-ignored', 'violation', clause, `${started}, and no justification is stated`);
  }
}
