import Type from 'typebox';
import { TREND_DAYS } from '#libs/views';
import { Count, Day, named, nullable, oneOf, Sha256, Time } from '../../http/schema.js';
import { Clause, describe, Effect, FILTERS, Kind, Name, pageOf, PAGING, ProblemId } from '../schemas.js';
import { STATUSES, TriageEntry } from '../triage/schemas.js';

export const ProblemParams = Type.Object({
  id: describe(ProblemId, 'Fingerprint of what its findings have in common.'),
});

export const PROBLEM_SORTS = [
  '-openedAt',
  'openedAt',
  '-lastSeen',
  'lastSeen',
  '-firstSeen',
  'firstSeen',
  '-findings',
  'findings',
  '-people',
  'people',
] as const;

export const PROBLEM_SORT = oneOf(PROBLEM_SORTS, 'A minus: the latest, or the most, first.');

/** Parameters by which problems are chosen. */
export const PROBLEM_FILTERS = {
  ...FILTERS,
  status: Type.Optional(
    Type.Array(oneOf(STATUSES), {
      minItems: 1,
      maxItems: STATUSES.length,
      description: 'Those that came back are open.',
    }),
  ),
  assignee: Type.Optional(
    Type.Array(Name, { minItems: 1, maxItems: 100, description: 'Who has been asked to see to it.' }),
  ),
};

export const ProblemsQuery = Type.Object({
  ...PROBLEM_FILTERS,
  sort: Type.With(PROBLEM_SORT, { default: '-lastSeen' }),
  ...PAGING,
});

const SUMMARY = {
  id: ProblemId,
  controller: nullable(Type.String()),
  rule: Type.String(),
  effect: Effect,
  clause: nullable(Type.String()),
  clauseSummary: nullable(Type.String()),
  service: nullable(Type.String()),
  kind: Kind,
  findings: Count,
  people: nullable(Count, 'How many people it is about; null: not known.'),
  firstSeen: Time,
  lastSeen: Time,
  lastRecorded: Time,
  openedAt: describe(Time, 'When it came up: was recorded first, or reopened last.'),
  status: oneOf(STATUSES),
  recurred: Type.Boolean({ description: 'It had been resolved.' }),
  assignee: nullable(Type.String()),
  trend: Type.Array(Count, {
    minItems: TREND_DAYS,
    maxItems: TREND_DAYS,
    description: 'Findings of each of the last days (UTC), the oldest first.',
  }),
};

export const ProblemSummary = named('ProblemSummary', SUMMARY);

export const ProblemPage = pageOf('ProblemPage', ProblemSummary);

export const Problem = named('Problem', {
  ...SUMMARY,
  clauseText: nullable(Clause),
  purposes: Type.Array(
    Type.Object({ purpose: nullable(Type.String()), findings: Count }, { additionalProperties: false }),
  ),
  days: Type.Array(Type.Object({ day: Day, findings: Count }, { additionalProperties: false })),
  register: nullable(
    Type.Object({ controller: Type.String(), version: Type.Integer(), id: Sha256 }, { additionalProperties: false }),
  ),
  triage: describe(Type.Array(TriageEntry), 'What people decided, the oldest first.'),
});
