import type { Registers } from '#libs/register';
import { openErasures, overdueErasures } from './erasure.js';
import { openRequests, overdueRequests } from './requests.js';
import { openRetention, overdueRetention } from './retention.js';
import { identityOf, type DutyFinding, type Look, type OpenDuty, type Sweep } from './duty.js';

/**
 * The duties of one subject that were not fulfilled in time, as far as was known at the time of the sweep. Pure; the
 * order is that of the rule table, within a duty by purpose or request. None for a subject of whom more is on record than
 * is kept: what would fulfil them might be missing.
 */
export function judgeDuties(sweep: Sweep): DutyFinding[] {
  return overdue({ ...sweep, known: sweep.at }, sweep.at);
}

/** The duties of one subject that are neither overdue nor fulfilled at the time of the sweep, by when they are due. */
export function openDuties(sweep: Sweep): OpenDuty[] {
  if (sweep.facts.exceededFrom <= sweep.at) return [];
  const duties = [...openRequests(sweep), ...openRetention(sweep), ...openErasures(sweep)];
  return duties.sort((a, b) => a.dueAt - b.dueAt);
}

/**
 * The duties that were not in time at any instant from `from` to `look.at`, each as of the first such instant, and what
 * has become of them since.
 */
export function overdue(look: Look, from: number): DutyFinding[] {
  if (look.facts.exceededFrom <= look.known) return [];
  // Only retention can cease to be overdue without having been fulfilled.
  return [...overdueRequests(look), ...overdueRetention(look, from), ...overdueErasures(look)];
}

/**
 * The duties that a sweep at each instant up to `at` would have found, each by the register version in force at the first
 * of them: what a sweep is to find that comes however seldom.
 */
export function overdueByNow(
  sweep: Omit<Sweep, 'register'> & { readonly registers: Registers; readonly controller: string },
): DutyFinding[] {
  const { registers, controller, facts, at } = sweep;
  const uses = [...sweep.uses];
  const versions = registers.of(controller) ?? [];
  const found = new Map<string, DutyFinding>();
  for (const [i, register] of versions.entries()) {
    if (register.inForceFrom > at) break;
    const until = Math.min((versions[i + 1]?.inForceFrom ?? Infinity) - 1, at);
    for (const finding of overdue({ register, facts, uses, at: until, known: at }, register.inForceFrom)) {
      const identity = identityOf(finding);
      if (!found.has(identity)) found.set(identity, finding);
    }
  }
  return [...found.values()];
}
