import type { Purpose } from '#libs/register';
import { fire, isJustified, type Case } from './case.js';
import { quote } from './quote.js';

/** objection-ignored and objection-overridden. GDPR Art. 21(1), and 21(2) and (3) for direct marketing. */
export function judgeObjection(c: Case, purpose: Purpose): void {
  const { legalBasis, occurredAt } = c.event;
  const open = legalBasis === 'legitimate_interests' || legalBasis === 'public_task' || purpose.directMarketing;
  if (!open || c.facts === null) return;
  if (c.facts.objectionStanding(purpose.id, occurredAt) === undefined) return;
  const clause = c.register.statements.objection ?? purpose.clause;
  const raised = `an objection to ${quote(purpose.id)} stood`;
  if (purpose.directMarketing) {
    fire(c, 'objection-ignored', 'violation', clause, `${raised}; against direct marketing it is absolute`);
  } else if (isJustified(c.event)) {
    const message = `${raised}; overriding grounds are stated, which a person must weigh`;
    fire(c, 'objection-overridden', 'gap', clause, message);
  } else {
    fire(c, 'objection-ignored', 'violation', clause, `${raised}, and no overriding grounds are stated`);
  }
}
