import type { Wire } from '../../http/schema.js';
import { KINDS, RULE_TITLES, STATUSES, VERDICTS, wordFor } from '../words.js';
import type { NameOf } from './filter-words.js';
import type { FindingSummary } from '../findings/schemas.js';
import type { ProblemSummary } from '../problems/schemas.js';

/** A kind of thing that can be exported. */
export interface Exported<T> {
  /** What it is called in titles and in the names of files. */
  readonly name: 'findings' | 'problems';
  /** Columns of a table for programs. */
  readonly table: readonly TableColumn<T>[];
  /** Columns on paper, for people. */
  readonly paper: readonly PaperColumn<T>[];
}

export interface TableColumn<T> {
  readonly name: string;
  /** null: nothing. */
  readonly value: (item: T) => string | number | null;
}

export interface PaperColumn<T> {
  readonly title: string;
  /** Of the page's width; those of all columns together are 1. */
  readonly share: number;
  readonly text: (item: T, nameOf: NameOf) => string;
}

type Finding = Wire<typeof FindingSummary>;
type Problem = Wire<typeof ProblemSummary>;

export const FINDINGS: Exported<Finding> = {
  name: 'findings',
  table: [
    { name: 'id', value: ({ id }) => id },
    { name: 'verdict', value: ({ verdict }) => verdict },
    { name: 'kind', value: ({ kind }) => kind },
    { name: 'controller', value: ({ controller }) => controller },
    { name: 'service', value: ({ service }) => service },
    { name: 'purpose', value: ({ purpose }) => purpose },
    { name: 'legalBasis', value: ({ legalBasis }) => legalBasis },
    { name: 'rules', value: ({ reasons }) => joined(reasons.map(({ rule }) => rule)) },
    { name: 'clauses', value: ({ reasons }) => joined(reasons.map(({ clause }) => clause)) },
    { name: 'problems', value: ({ reasons }) => joined(reasons.map(({ problem }) => problem)) },
    { name: 'occurredAt', value: ({ occurredAt }) => occurredAt },
    { name: 'recordedAt', value: ({ recordedAt }) => recordedAt },
    { name: 'changedAt', value: ({ changedAt }) => changedAt },
    { name: 'amended', value: ({ amended }) => String(amended) },
    { name: 'logIndex', value: ({ logIndex }) => logIndex },
  ],
  paper: [
    { title: 'Occurred (UTC)', share: 0.13, text: ({ occurredAt }) => minutes(occurredAt) },
    {
      title: 'Verdict',
      share: 0.1,
      text: ({ verdict, amended }) => `${VERDICTS[verdict]}${amended ? ', amended' : ''}`,
    },
    { title: 'Controller', share: 0.11, text: controllerText },
    { title: 'Service', share: 0.14, text: ({ service }) => service ?? '' },
    { title: 'Purpose', share: 0.14, text: ({ purpose, kind }) => purpose ?? `(${KINDS[kind]})` },
    {
      title: 'Rules and clauses',
      share: 0.29,
      text: ({ reasons }) =>
        reasons.map(({ rule, clause }) => [wordFor(RULE_TITLES, rule), clause].filter(isThere).join(': ')).join('\n'),
    },
    { title: 'Finding', share: 0.09, text: ({ id }) => id },
  ],
};

export const PROBLEMS: Exported<Problem> = {
  name: 'problems',
  table: [
    { name: 'id', value: ({ id }) => id },
    { name: 'status', value: ({ status }) => status },
    { name: 'recurred', value: ({ recurred }) => String(recurred) },
    { name: 'effect', value: ({ effect }) => effect },
    { name: 'rule', value: ({ rule }) => rule },
    { name: 'clause', value: ({ clause }) => clause },
    { name: 'clauseSummary', value: ({ clauseSummary }) => clauseSummary },
    { name: 'controller', value: ({ controller }) => controller },
    { name: 'service', value: ({ service }) => service },
    { name: 'kind', value: ({ kind }) => kind },
    { name: 'findings', value: ({ findings }) => findings },
    { name: 'people', value: ({ people }) => people },
    { name: 'firstSeen', value: ({ firstSeen }) => firstSeen },
    { name: 'lastSeen', value: ({ lastSeen }) => lastSeen },
    { name: 'lastRecorded', value: ({ lastRecorded }) => lastRecorded },
    { name: 'assignee', value: ({ assignee }) => assignee },
    { name: 'openedAt', value: ({ openedAt }) => openedAt },
  ],
  paper: [
    { title: 'Last seen (UTC)', share: 0.13, text: ({ lastSeen }) => minutes(lastSeen) },
    {
      title: 'Status',
      share: 0.11,
      text: ({ status, recurred }) => `${STATUSES[status]}${recurred ? ', came back' : ''}`,
    },
    { title: 'Controller', share: 0.11, text: controllerText },
    { title: 'Service', share: 0.14, text: ({ service }) => service ?? '' },
    {
      title: 'Rule and clause',
      share: 0.3,
      text: ({ rule, clause, clauseSummary }) =>
        [wordFor(RULE_TITLES, rule), clause, clauseSummary].filter(isThere).join('\n'),
    },
    { title: 'Findings', share: 0.08, text: ({ findings }) => findings.toLocaleString('en') },
    { title: 'Assigned to', share: 0.13, text: ({ assignee }) => assignee ?? '' },
  ],
};

function controllerText({ controller }: { readonly controller: string | null }, nameOf: NameOf): string {
  return controller === null ? '' : nameOf(controller);
}

function isThere(part: string | null): part is string {
  return part !== null;
}

/** The parts that are there, each once; null: there are none. */
function joined(parts: readonly (string | null)[]): string | null {
  return [...new Set(parts.filter(isThere))].join('; ') || null;
}

/** A time to the minute. */
function minutes(time: string | null): string {
  return time === null ? '' : time.slice(0, 16).replace('T', ' ');
}
