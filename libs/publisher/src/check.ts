import { OfflineAudit, type Finding } from '#libs/judge';
import { defaultRegistersDir, loadRegisters, loadTransferLaw } from '#libs/register';
import { toEvents, type Publishable } from './input.js';

/**
 * Judges events without any server, as the auditor would if they were all that had ever happened: for the tests of a
 * publishing service, before it goes wrong in earnest.
 *
 * @param events in the order in which they would be published; facts about the persons (consents, orders) among them
 * @param registers directory of register files; left out: the registers that ship with Hjemmel
 * @returns the finding on each event, in order, as it stands once all are known
 * @throws InvalidEventError (as a rejection) naming every fault of every event
 * @throws RegisterError (as a rejection) where a register cannot be used
 */
export async function check(events: readonly Publishable[], registers = defaultRegistersDir()): Promise<Finding[]> {
  const audit = new OfflineAudit<number>(await loadRegisters(registers), loadTransferLaw());
  const findings: Finding[] = [];
  for (const [i, event] of toEvents(events).entries()) {
    const { finding, amendments } = audit.accept(i, event, null);
    findings[i] = finding;
    for (const { ref, finding: amended } of amendments) findings[ref] = amended;
  }
  return findings;
}
