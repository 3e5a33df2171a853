import { toIsoTime } from '#libs/events';
import type { Register } from '#libs/register';
import type { TriageEntry } from '#libs/triage';
import type { StatisticsRow } from '#libs/views';
import type { Wire } from '../../http/schema.js';
import { dayText } from '../day.js';
import type { TriageEntry as TriageEntrySchema } from '../triage/schemas.js';
import { openedAt, type ListedProblem } from './problem-list.js';
import type { Problem, ProblemSummary } from './schemas.js';

/** @param register the newest one that has the problem's clause */
export function problemSummary(problem: ListedProblem, register: Register | null): Wire<typeof ProblemSummary> {
  const { row, state, people } = problem;
  const { id, controller, rule, effect, clause, service, kind, findings, trend } = row;
  return {
    id,
    controller,
    rule,
    effect,
    clause,
    clauseSummary: clause === null ? null : (register?.clauses.get(clause)?.summary ?? null),
    service,
    kind,
    findings,
    people,
    firstSeen: toIsoTime(row.firstSeen),
    lastSeen: toIsoTime(row.lastSeen),
    lastRecorded: toIsoTime(row.lastRecorded),
    openedAt: toIsoTime(openedAt(problem)),
    status: state.status,
    recurred: state.recurred,
    assignee: state.assignee,
    trend,
  };
}

/** What a problem's page shows. */
export interface ProblemParts {
  readonly problem: ListedProblem;
  readonly register: Register | null;
  readonly byPurpose: readonly StatisticsRow[];
  readonly byDay: readonly StatisticsRow[];
  readonly entries: readonly TriageEntry[];
}

export function problemDetail({ problem, register, byPurpose, byDay, entries }: ProblemParts): Wire<typeof Problem> {
  const { clause } = problem.row;
  return {
    ...problemSummary(problem, register),
    clauseText: clause === null ? null : (register?.clauses.get(clause) ?? null),
    purposes: byPurpose.map(({ key: [purpose], count }) => ({ purpose: purpose as string | null, findings: count })),
    days: byDay.map(({ key: [day], count }) => ({ day: dayText(day as number), findings: count })),
    register:
      register === null ? null : { controller: register.controller, version: register.version, id: register.id },
    triage: entries.map(triageText),
  };
}

function triageText({ n, action, actor, at, comment, reason, assignee }: TriageEntry): Wire<typeof TriageEntrySchema> {
  return { id: String(n), action, actor, at: toIsoTime(at), comment, reason, assignee };
}
