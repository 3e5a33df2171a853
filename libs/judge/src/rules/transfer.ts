import type { SharingEvent } from '#libs/events';
import { fire, type Case } from './case.js';

/** transfer-undeclared and transfer-not-permitted; also for undeclared purposes. GDPR Art. 44 to 49. */
export function judgeTransfer(c: Case, sharing: SharingEvent): void {
  const { country } = sharing.recipient;
  const { occurredAt } = c.event;
  if (c.law.isInEea(country, occurredAt)) return;
  const { transfers, statements } = c.register;
  if (transfers === null) {
    const message = `the policy is silent on transfers out of the EEA; data went to \`${country}\``;
    fire(c, 'transfer-undeclared', 'violation', statements.recipients ?? statements.purposes, message);
    return;
  }
  const { safeguard } = sharing;
  const adequacy = c.law.adequacy(country, occurredAt);
  if (transfers.permitted.has('adequacy_decision') && adequacy !== null) {
    if (adequacy.scope === 'full' || safeguard === 'adequacy_decision') return;
  }
  if (safeguard !== 'none' && safeguard !== 'adequacy_decision' && transfers.permitted.has(safeguard)) return;

  const grounds = [...transfers.permitted].map((ground) => `\`${ground}\``).join(', ');
  const message = `transfers out of the EEA need one of ${grounds}; data went to \`${country}\` ${claim()}`;
  fire(c, 'transfer-not-permitted', 'violation', transfers.clause, message);

  function claim(): string {
    if (safeguard === 'adequacy_decision') return 'claiming a decision that was not in force';
    if (safeguard !== 'none') return `on \`${safeguard}\`, which is not declared`;
    return adequacy === null ? 'without any' : 'without claiming the decision that covers some recipients there';
  }
}
