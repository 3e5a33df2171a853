import type { Register } from '#libs/register';
import type { SubjectFacts } from '../facts/subject-facts.js';
import type { RightsFact, UseFact } from '../fact.js';
import type { Finding, Reason } from '../finding.js';

export const DUTIES = ['request-overdue', 'retention-overdue', 'erasure-overdue'] as const;
export type Duty = (typeof DUTIES)[number];

/** A time-driven duty that was not fulfilled in time. One for each subject, purpose (or request) and kind. */
export interface DutyFinding {
  readonly duty: Duty;
  /** null for a request. */
  readonly purpose: string | null;
  /** null for a purpose, or where the request bears no id. */
  readonly requestId: string | null;
  /** The last instant in time, ms. */
  readonly dueAt: number;
  /** When it was fulfilled after all, ms; null where it was not by the time of the sweep. */
  readonly fulfilledAt: number | null;
  readonly finding: Finding;
}

/** One subject's side of a sweep. */
export interface Sweep {
  /** The register version in force at `at`. */
  readonly register: Register;
  readonly facts: SubjectFacts;
  /** Every use of data seen, whenever the register began. */
  readonly uses: readonly UseFact[];
  /** The time of the sweep, ms. What happened later is not known to it. */
  readonly at: number;
}

/** The rights facts of a sweep's past with one of the given actions, in order of time. */
export function actsOf(sweep: Pick<Sweep, 'facts' | 'at'>, ...actions: readonly RightsFact['action'][]): RightsFact[] {
  const acts: RightsFact[] = [];
  for (const fact of sweep.facts.all()) {
    if (fact.kind === 'rights' && fact.at <= sweep.at && actions.includes(fact.action)) acts.push(fact);
  }
  return acts.sort((a, b) => a.at - b.at);
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
