import type { Register } from '#libs/register';
import { concerns } from '../facts/acts.js';
import type { SubjectFacts } from '../facts/subject-facts.js';
import type { RightsFact, UseFact } from '../fact.js';
import type { Finding, Reason } from '../finding.js';

export const DUTIES = ['request-overdue', 'retention-overdue', 'erasure-overdue'] as const;
export type Duty = (typeof DUTIES)[number];

/** What a duty is about: there is one of each for a subject. */
export interface DutyIdentity {
  readonly duty: Duty;
  /** null for a request. */
  readonly purpose: string | null;
  /** null for a purpose, or where the request bears no id. */
  readonly requestId: string | null;
}

/** A time-driven duty that was not fulfilled in time. One for each subject, purpose (or request) and kind. */
export interface DutyFinding extends DutyIdentity {
  /** The last instant in time, ms. */
  readonly dueAt: number;
  /** When it was fulfilled after all, ms; null where it was not by the time of the sweep. */
  readonly fulfilledAt: number | null;
  readonly finding: Finding;
}

/** A duty that is neither overdue nor fulfilled. */
export interface OpenDuty extends DutyIdentity {
  /** The last instant in time, ms. */
  readonly dueAt: number;
  /** The clause of the register that gives the time. */
  readonly clause: string;
}

/** One subject's side of a sweep. */
export interface Sweep {
  /** The register version in force at `at`. */
  readonly register: Register;
  readonly facts: SubjectFacts;
  /** Every use of data seen, whenever the register began, or those of them that can matter (`Uses`). */
  readonly uses: Iterable<UseFact>;
  /** The time of the sweep, ms. What happened later is not known to it. */
  readonly at: number;
}

/** A sweep that asks what was overdue as of `at`, and says what has become of it by a later time. */
export interface Look extends Sweep {
  /** Up to when acts of fulfilment are known, ms; not before `at`. */
  readonly known: number;
}

/** When something was fulfilled, ms; Infinity: it is not. */
export function doneAt({ fulfilledAt }: { readonly fulfilledAt: number | null }): number {
  return fulfilledAt ?? Infinity;
}

/**
 * Which of several breaches of one duty is told: one that is not fulfilled yet, else the one that was fulfilled last; of
 * those fulfilled together, the one that fell due first. One fulfilled late must not hide another that still goes on.
 */
export function breachToTell<B extends { readonly dueAt: number; readonly fulfilledAt: number | null }>(
  breaches: Iterable<B>,
): B | undefined {
  let told: B | undefined;
  for (const breach of breaches) {
    if (told === undefined || doneAt(breach) > doneAt(told)) told = breach;
    else if (doneAt(breach) === doneAt(told) && breach.dueAt < told.dueAt) told = breach;
  }
  return told;
}

/** A text that is the same for the same identity alone. */
export function identityOf({ duty, purpose, requestId }: DutyIdentity): string {
  return JSON.stringify([duty, purpose, requestId]);
}

/**
 * What a duty finding says, as one text. Unlike its message it does not depend on the day of the sweep: another sweep
 * that finds the same says the same.
 */
export function dutyText({ dueAt, fulfilledAt, finding }: DutyFinding): string {
  const { verdict, register, reasons } = finding;
  // What excuses a duty excuses it whenever it was due.
  if (reasons.length === 0) return JSON.stringify([verdict, register]);
  return JSON.stringify([verdict, register, dueAt, fulfilledAt, reasons.map(({ rule, clause }) => [rule, clause])]);
}

/** The acts of a series that concern the purpose and are known at `at`. */
export function actsAbout(acts: readonly RightsFact[], purpose: string, at: number): RightsFact[] {
  return acts.filter((act) => act.at <= at && concerns(act, purpose));
}

/** The uses known at `at`, by purpose; purposes in the order of their names. */
export function usesByPurpose(uses: Iterable<UseFact>, at: number): Map<string, UseFact[]> {
  const byPurpose = new Map<string, UseFact[]>();
  for (const use of uses) {
    if (use.at > at) continue;
    const list = byPurpose.get(use.purpose);
    if (list === undefined) byPurpose.set(use.purpose, [use]);
    else list.push(use);
  }
  if (byPurpose.size < 2) return byPurpose;
  return new Map([...byPurpose].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function dutyFinding(
  of: Omit<DutyFinding, 'finding'>,
  { register }: Pick<Sweep, 'register'>,
  on: { readonly clause: string; readonly assumed: boolean },
  effect: 'violation' | 'gap',
  message: string,
): DutyFinding {
  const reason: Reason = { rule: of.duty, effect, clause: on.clause, message };
  const finding: Finding = {
    verdict: effect,
    reasons: [reason],
    assumptions: on.assumed ? [on.clause] : [],
    register: register.id,
  };
  return { ...of, finding };
}
