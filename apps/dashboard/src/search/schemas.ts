/** The state of each view, all of which stands in the address. Names are those of the api. */
import { RULES, type Rule } from '../api/rules.js';
import {
  DUTIES,
  FINDING_SORTS,
  KINDS,
  PROBLEM_SORTS,
  PROBLEM_STATUSES,
  VERDICTS,
  type DutyKind,
  type FindingSort,
  type Kind,
  type ProblemSort,
  type ProblemStatus,
  type Verdict,
} from '../api/types.js';
import { count, oneOf, present, someOf, text, texts, time, type Raw } from './read.js';

/** Which findings: any of the values of a parameter, all of the parameters. Times: from inclusive, to exclusive. */
export interface Filters {
  controller?: string[];
  verdict?: Verdict[];
  rule?: Rule[];
  clause?: string[];
  purpose?: string[];
  service?: string[];
  kind?: Kind[];
  problem?: string[];
  occurredFrom?: string;
  occurredTo?: string;
  recordedFrom?: string;
  recordedTo?: string;
}

/** Where in a list; `page` only counts for the reader, the cursor decides. */
export interface Paging {
  cursor?: string;
  page?: number;
}

export interface FindingsSearch extends Filters, Paging {
  sort?: FindingSort;
}

export interface ProblemsSearch extends Filters, Paging {
  sort?: ProblemSort;
  status?: ProblemStatus[];
  assignee?: string;
}

export const PERIODS = [7, 30, 90] as const;
export type Period = (typeof PERIODS)[number];

export interface OverviewSearch {
  /** Days back from today; 30 where it is not said. */
  days?: Period;
  /** 'rule' where it is not said. */
  by?: 'controller';
  controller?: string[];
  /** Charts shown as their tables. */
  table?: OverviewChart[];
}
export const OVERVIEW_CHARTS = ['findings', 'rate'] as const;
export type OverviewChart = (typeof OVERVIEW_CHARTS)[number];

export const FINDING_TABS = ['history', 'proof'] as const;
export interface FindingSearch {
  /** The steps of the judging where it is not said. */
  tab?: (typeof FINDING_TABS)[number];
}

export interface ProblemSearch {
  /** Days that the chart goes back; 30 where it is not said. */
  days?: Period;
  /** The chart shown as its table. */
  table?: 'days';
}

export const REGISTER_TABS = ['coverage', 'differences', 'clauses'] as const;
export interface RegisterSearch {
  /** The purposes where it is not said. */
  tab?: (typeof REGISTER_TABS)[number];
  /** The clause to show. */
  clause?: string;
  /** The version that differences are counted from; the one before where it is not said. */
  from?: number;
  occurredFrom?: string;
  occurredTo?: string;
}

export interface DutiesSearch {
  controller?: string[];
  duty?: DutyKind[];
  /** The chart shown as its table. */
  table?: 'days';
}

export function filters(raw: Raw): Filters {
  return present({
    controller: texts(raw.controller),
    verdict: someOf(raw.verdict, VERDICTS),
    rule: someOf(raw.rule, RULES),
    clause: texts(raw.clause),
    purpose: texts(raw.purpose),
    service: texts(raw.service),
    kind: someOf(raw.kind, KINDS),
    problem: texts(raw.problem),
    occurredFrom: time(raw.occurredFrom),
    occurredTo: time(raw.occurredTo),
    recordedFrom: time(raw.recordedFrom),
    recordedTo: time(raw.recordedTo),
  });
}

/** A page's number says nothing without its cursor. */
function paging(raw: Raw): Paging {
  const cursor = text(raw.cursor);
  return cursor === undefined ? {} : present({ cursor, page: count(raw.page) });
}

export function findingsSearch(raw: Raw): FindingsSearch {
  return { ...filters(raw), ...present({ sort: oneOf(raw.sort, FINDING_SORTS) }), ...paging(raw) };
}

export function problemsSearch(raw: Raw): ProblemsSearch {
  const own = { sort: oneOf(raw.sort, PROBLEM_SORTS), status: someOf(raw.status, PROBLEM_STATUSES) };
  return { ...filters(raw), ...present({ ...own, assignee: text(raw.assignee) }), ...paging(raw) };
}

function period(value: unknown): Period | undefined {
  const days = count(value);
  return PERIODS.find((known) => known === days);
}

export function overviewSearch(raw: Raw): OverviewSearch {
  return present({
    days: period(raw.days),
    by: oneOf(raw.by, ['controller']),
    controller: texts(raw.controller),
    table: someOf(raw.table, OVERVIEW_CHARTS),
  });
}

export function problemSearch(raw: Raw): ProblemSearch {
  return present({ days: period(raw.days), table: oneOf(raw.table, ['days']) });
}

export function findingSearch(raw: Raw): FindingSearch {
  return present({ tab: oneOf(raw.tab, FINDING_TABS) });
}

export function registerSearch(raw: Raw): RegisterSearch {
  return present({
    tab: oneOf(raw.tab, REGISTER_TABS),
    clause: text(raw.clause),
    from: count(raw.from),
    occurredFrom: time(raw.occurredFrom),
    occurredTo: time(raw.occurredTo),
  });
}

export function dutiesSearch(raw: Raw): DutiesSearch {
  return present({
    controller: texts(raw.controller),
    duty: someOf(raw.duty, DUTIES),
    table: oneOf(raw.table, ['days']),
  });
}
