/**
 * What /api/v1 answers, as its OpenAPI document says (/api/openapi.json). Times are ISO 8601 in UTC with milliseconds;
 * what is not there is null.
 */
import type { Rule } from './rules.js';

export const VERDICTS = ['violation', 'gap', 'unreadable', 'compliant'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The effect of one rule: a verdict other than compliant. */
export type Effect = Exclude<Verdict, 'compliant'>;

/** What a finding is about: a stream of events, a duty that fell due, or a record that nobody can read. */
export const KINDS = ['orders', 'marketing', 'sharing', 'rights', 'duty', 'unreadable'] as const;
export type Kind = (typeof KINDS)[number];

/** Art. 6(1)(a) to (f) GDPR. */
export const LEGAL_BASES = [
  'consent',
  'contract',
  'legal_obligation',
  'vital_interests',
  'public_task',
  'legitimate_interests',
] as const;
export type LegalBasis = (typeof LEGAL_BASES)[number];

export const ROLES = ['dashboard', 'officer', 'investigator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const PROBLEM_STATUSES = ['open', 'acknowledged', 'resolved'] as const;
export type ProblemStatus = (typeof PROBLEM_STATUSES)[number];

export const TRIAGE_ACTIONS = ['acknowledge', 'assign', 'comment', 'resolve', 'reopen'] as const;
export type TriageAction = (typeof TRIAGE_ACTIONS)[number];

export const RESOLUTIONS = ['fixed', 'declared', 'accepted', 'false-alarm'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

export const DUTIES = ['request-overdue', 'retention-overdue', 'erasure-overdue'] as const;
export type DutyKind = (typeof DUTIES)[number];

export const FINDING_SORTS = ['-occurredAt', 'occurredAt', '-recordedAt', 'recordedAt'] as const;
export type FindingSort = (typeof FINDING_SORTS)[number];

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
export type ProblemSort = (typeof PROBLEM_SORTS)[number];

/** One page of a list; `through` is the log's size that the answer stands at. */
export interface Page<T> {
  items: T[];
  total: number;
  nextCursor: string | null;
  through: number;
}

export interface Me {
  subject: string;
  name: string;
  roles: Role[];
  /** Null: all of them. */
  controllers: string[] | null;
  csrfToken: string | null;
}

export interface Controller {
  controller: string;
  /** The legal name from its register. */
  name: string | null;
}

export interface Locator {
  document: string;
  sha256: string;
  fromLine: number;
  toLine: number;
}

export interface Clause {
  id: string;
  summary: string;
  locator: Locator | null;
  /** Why the register's author assumed it, where the policy does not say it. */
  assumption: string | null;
}

export interface ReasonSummary {
  rule: Rule;
  effect: Effect;
  clause: string | null;
  problem: string;
}

export interface Reason extends ReasonSummary {
  message: string;
  clauseText: Clause | null;
}

export interface FindingSummary {
  /** `task-block-index`, as in `0-12-3`. */
  id: string;
  kind: Kind;
  verdict: Verdict;
  controller: string | null;
  service: string | null;
  purpose: string | null;
  legalBasis: LegalBasis | null;
  reasons: ReasonSummary[];
  occurredAt: string | null;
  recordedAt: string;
  changedAt: string;
  amended: boolean;
  /** Of the newest entry about it. */
  logIndex: number;
}

export interface DeclaredBasis {
  basis: LegalBasis;
  clause: string;
  assumed: boolean;
  conditions: string[];
}

export interface DeclaredCategory {
  category: string;
  clause: string;
  assumed: boolean;
  condition: string | null;
}

export interface Retention {
  /** ISO 8601 duration, as in `P36M`. */
  period: string;
  from: string;
  clause: string;
  assumed: boolean;
}

export interface DeclaredRecipient {
  id: string;
  clause: string;
  names: string[] | null;
  roles: string[] | null;
  sectors: string[] | null;
  uses: string[] | null;
  undertakings: string[];
}

export interface DeclaredPurpose {
  id: string;
  dpv: string;
  clause: string;
  directMarketing: boolean;
  bases: DeclaredBasis[];
  basesAssumed: boolean;
  categories: DeclaredCategory[];
  retention: { customer: Retention | null; neverCustomer: Retention | null } | null;
  recipients: DeclaredRecipient[];
}

export interface Step {
  number: number;
  rule: Rule;
  question: string;
  outcome: 'fired' | 'passed' | 'not judged';
  effect: Effect | null;
}

export interface Judgement {
  logIndex: number;
  recordedAt: string;
  verdict: Verdict;
  reasons: Pick<Reason, 'rule' | 'effect' | 'clause' | 'message'>[];
}

export interface Finding extends FindingSummary {
  reasons: Reason[];
  register: { id: string; controller: string; version: number; inForceFrom: string } | null;
  declared: DeclaredPurpose | null;
  assumptions: Clause[];
  source: { topic: string; partition: number; offset: number } | null;
  valueSha256: string | null;
  /** Every rule, in the order of the rule table. */
  steps: Step[];
  /** Oldest first; the last counts. */
  history: Judgement[];
  entry: { logIndex: number; task: number; block: number; index: number; leafHash: string };
}

/** Evidence that an entry is in the log: RFC 6962 inclusion path, signed note, c2sp.org/tlog-proof@v1. */
export interface Proof {
  logIndex: number;
  size: number;
  /** Base64. */
  entry: string;
  /** Hex. */
  leafHash: string;
  /** Base64, from the leaf upwards. */
  hashes: string[];
  checkpoint: string;
  keys: string[];
  tlogProof: string;
}

export interface ProblemSummary {
  id: string;
  controller: string | null;
  rule: Rule;
  effect: Effect;
  clause: string | null;
  clauseSummary: string | null;
  service: string | null;
  kind: Kind;
  findings: number;
  /** Null: not known. */
  people: number | null;
  firstSeen: string;
  lastSeen: string;
  lastRecorded: string;
  openedAt: string;
  status: ProblemStatus;
  recurred: boolean;
  assignee: string | null;
  /** Findings of the last 14 days in UTC, oldest first. */
  trend: number[];
}

export interface TriageEntry {
  id: string;
  action: TriageAction;
  actor: { subject: string; name: string };
  at: string;
  comment: string | null;
  reason: Resolution | null;
  assignee: string | null;
}

export interface Problem extends ProblemSummary {
  clauseText: Clause | null;
  purposes: { purpose: string | null; findings: number }[];
  days: { day: string; findings: number }[];
  register: { controller: string; version: number; id: string } | null;
  triage: TriageEntry[];
}

/** What a person says to a problem; `resolve` needs a reason, `assign` an assignee (null: nobody). */
export interface Triage {
  action: TriageAction;
  comment?: string;
  reason?: Resolution;
  assignee?: string | null;
  /** How many entries the person has seen. */
  seen?: number;
}

/** What statistics can be counted by. */
export type Dimension =
  'day' | 'recordedDay' | 'controller' | 'purpose' | 'rule' | 'verdict' | 'service' | 'kind' | 'clause' | 'legalBasis';

export interface Statistics<D extends Dimension = Dimension> {
  by: D[];
  rows: ({ [Key in D]: string | null } & { count: number })[];
  total: number;
  through: number;
}

export interface RegisterVersion {
  version: number;
  id: string;
  inForceFrom: string;
  loadedAt: string | null;
}

export interface RegisterSummary {
  controller: string;
  name: string;
  versions: RegisterVersion[];
}

export interface Within {
  within: string;
  clause: string;
  assumed: boolean;
}

export interface RegisterText {
  controller: string;
  name: string;
  version: number;
  id: string;
  inForceFrom: string;
  inForceTo: string | null;
  purposes: DeclaredPurpose[];
  clauses: Clause[];
  excludedCategories: { category: string; clause: string }[];
  requests: Within | null;
  erasureOnWithdrawal: Within | null;
  transfers: { clause: string; permitted: string[] } | null;
}

export interface RegisterChange {
  where: string;
  kind: 'added' | 'removed' | 'changed';
  before: unknown;
  after: unknown;
}

export interface RegisterDifferences {
  from: number;
  to: number;
  changes: RegisterChange[];
}

export interface Coverage {
  declared: { purpose: string; events: number; findings: number; lastSeen: string | null }[];
  undeclared: { purpose: string; events: number }[];
}

export interface OpenDuty {
  controller: string;
  duty: DutyKind;
  purpose: string | null;
  dueAt: string;
  count: number;
}

/** Due within the next 30 days, soonest first. */
export interface Duties {
  asOf: string | null;
  items: OpenDuty[];
  total: number;
}

export interface LogState {
  origin: string | null;
  size: number;
  firstIndex: number;
  checkpoint: { size: number; root: string; signedAt: string; note: string } | null;
  cosignedSize: number | null;
  keys: string[];
  /** The log's size that the read model stands at. */
  through: number;
  verified: { at: string; size: number; ok: boolean; by: string } | null;
}
