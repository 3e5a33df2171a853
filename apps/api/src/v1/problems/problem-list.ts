import type { TriageBook, TriageState } from '#libs/triage';
import type { ProblemRow } from '#libs/views';
import type { PROBLEM_SORTS } from './schemas.js';

/** A problem, where people are with it, and how many people it is about (null: not known). */
export interface ListedProblem {
  readonly row: ProblemRow;
  readonly state: TriageState;
  readonly people: number | null;
}

export type ProblemSort = (typeof PROBLEM_SORTS)[number];

/** Where a list of problems goes on: behind the one with this value and id. */
export interface ProblemCursor {
  readonly value: number;
  readonly id: string;
}

export interface ProblemChoice {
  readonly status?: readonly string[] | undefined;
  readonly assignee?: readonly string[] | undefined;
}

/** Problems with what people said of them, chosen by that. */
export function withTriage(
  rows: readonly ProblemRow[],
  triage: Pick<TriageBook, 'state'>,
  people: (problem: string) => number | null,
  { status, assignee }: ProblemChoice,
): ListedProblem[] {
  const listed = rows.map((row) => ({ row, state: triage.state(row.id), people: people(row.id) }));
  return listed.filter(
    ({ state }) =>
      (status === undefined || status.includes(state.status)) &&
      (assignee === undefined || (state.assignee !== null && assignee.includes(state.assignee))),
  );
}

/** In order; equals by their ids. */
export function sorted(problems: readonly ListedProblem[], sort: ProblemSort): ListedProblem[] {
  const sign = sort.startsWith('-') ? -1 : 1;
  return [...problems].sort((a, b) => sign * (valueOf(a, sort) - valueOf(b, sort)) || compareIds(a.row.id, b.row.id));
}

/** A page of a sorted list, and where the next one begins; null: it is the last. */
export function pageOfProblems(
  problems: readonly ListedProblem[],
  sort: ProblemSort,
  limit: number,
  after: ProblemCursor | null,
): { items: ListedProblem[]; next: ProblemCursor | null } {
  const sign = sort.startsWith('-') ? -1 : 1;
  const rest =
    after === null
      ? problems
      : problems.filter((problem) => {
          const order = sign * (valueOf(problem, sort) - after.value);
          return order > 0 || (order === 0 && compareIds(problem.row.id, after.id) > 0);
        });
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  if (last === undefined || rest.length <= limit) return { items, next: null };
  return { items, next: { value: valueOf(last, sort), id: last.row.id } };
}

function valueOf({ row, state, people }: ListedProblem, sort: ProblemSort): number {
  const field = sort.replace('-', '') as 'openedAt' | 'lastSeen' | 'firstSeen' | 'findings' | 'people';
  if (field === 'openedAt') return openedAt({ row, state });
  return field === 'people' ? (people ?? -1) : row[field];
}

/** When it came up, ms: was recorded first, or reopened last. An event may be old that is found only now. */
export function openedAt({ row, state }: Pick<ListedProblem, 'row' | 'state'>): number {
  return Math.max(row.firstRecorded, state.reopenedAt ?? -Infinity);
}

function compareIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
