import type { Register, Registers } from '#libs/register';
import { openErasures, overdueErasures } from './erasure.js';
import { openRequests, overdueRequests } from './requests.js';
import { openRetention, overdueRetention } from './retention.js';
import { doneAt, identityOf, type DutyFinding, type Look, type OpenDuty, type Sweep } from './duty.js';

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
 * The duties that were not in time at any instant from `from` to `look.at`, and what has become of them since.
 */
export function overdue(look: Look, from: number): DutyFinding[] {
  if (look.facts.exceededFrom <= look.known) return [];
  // Only retention can cease to be overdue without having been fulfilled.
  return [...overdueRequests(look), ...overdueRetention(look, from), ...overdueErasures(look)];
}

/** One subject under all versions of a register. */
export interface Reign extends Omit<Sweep, 'register'> {
  readonly registers: Registers;
  readonly controller: string;
}

/**
 * The duties that a sweep at each instant up to `at` would have found, each by the register version in force at the first
 * of them: what a sweep is to find that comes however seldom. Of a duty that was fulfilled late under one version and broken
 * anew under the next, the latter is told.
 *
 * @param after only versions that are in force later than this, ms
 */
export function overdueByNow(reign: Reign, after = -Infinity): DutyFinding[] {
  const { registers, controller, facts, at } = reign;
  const uses = [...reign.uses];
  const found = new Map<string, DutyFinding>();
  for (const register of registers.of(controller) ?? []) {
    const from = register.inForceFrom;
    if (from <= after || from > at) continue;
    const until = lastInstantOf(register, registers, at);
    for (const finding of overdue({ register, facts, uses, at: until, known: at }, from)) {
      const identity = identityOf(finding);
      const before = found.get(identity);
      if (before === undefined || doneAt(finding) > doneAt(before)) found.set(identity, finding);
    }
  }
  return [...found.values()];
}

/** The last instant at which a version is in force, at most `at`, ms. */
export function lastInstantOf({ controller, inForceFrom }: Register, registers: Registers, at: number): number {
  const next = registers.of(controller)?.find((version) => version.inForceFrom > inForceFrom);
  return Math.min((next?.inForceFrom ?? Infinity) - 1, at);
}
