import { expect, test } from '@jest/globals';
import { LEGAL_BASES } from '#libs/events';
import { DIMENSIONS, KINDS, SORTS } from '#libs/views';
import { ROLES } from '../apps/api/src/access/person.js';
import type { Wire } from '../apps/api/src/http/schema.js';
import type * as duties from '../apps/api/src/v1/duties/schemas.js';
import { DUTIES } from '../apps/api/src/v1/duties/schemas.js';
import type * as findings from '../apps/api/src/v1/findings/schemas.js';
import { stepsOf } from '../apps/api/src/v1/findings/steps.js';
import type * as log from '../apps/api/src/v1/log/schemas.js';
import type * as problems from '../apps/api/src/v1/problems/schemas.js';
import { PROBLEM_SORTS } from '../apps/api/src/v1/problems/schemas.js';
import type * as registers from '../apps/api/src/v1/registers/schemas.js';
import { VERDICTS } from '../apps/api/src/v1/schemas.js';
import type * as statistics from '../apps/api/src/v1/statistics/schemas.js';
import type * as triage from '../apps/api/src/v1/triage/schemas.js';
import { ACTIONS, RESOLUTIONS, STATUSES } from '../apps/api/src/v1/triage/schemas.js';
import * as words from '../apps/api/src/v1/words.js';
import * as page from '../apps/dashboard/src/api/types.js';
import { rules } from '../apps/dashboard/src/i18n/en/rules.js';
import { terms } from '../apps/dashboard/src/i18n/en/terms.js';

/**
 * The page, which is built without the api's sources, says for itself what the api answers. The compiler holds it to what
 * the api says: each field of the page's must be one of the api's, of the same type.
 */
interface Answers {
  finding: [page.Finding, typeof findings.Finding];
  findings: [page.Page<page.FindingSummary>, typeof findings.FindingPage];
  proof: [page.Proof, typeof findings.FindingProof];
  problem: [page.Problem, typeof problems.Problem];
  problems: [page.Page<page.ProblemSummary>, typeof problems.ProblemPage];
  triage: [page.TriageEntry, typeof triage.TriageEntry];
  // Which fields a row has depends on what was asked for.
  statistics: [Omit<page.Statistics, 'rows'>, typeof statistics.Statistics];
  registers: [{ items: page.RegisterSummary[] }, typeof registers.RegisterList];
  register: [page.RegisterText, typeof registers.RegisterText];
  differences: [page.RegisterDifferences, typeof registers.RegisterDifferences];
  coverage: [page.Coverage, typeof registers.RegisterCoverage];
  duties: [page.Duties, typeof duties.DutyCalendar];
  log: [page.LogState, typeof log.LogState];
}

/** Types without the words that a text may be: those are compared when the tests run. */
type Loose<T> = T extends string
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Loose<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Loose<T[Key]> }
      : T;

/** Names of answers that the page takes for something else than they are. */
type Wrong = {
  [Name in keyof Answers]: Loose<Wire<Answers[Name][1]>> extends Loose<Answers[Name][0]> ? never : Name;
}[keyof Answers];

test('the page takes answers for what they are', () => {
  // Does not compile where one is wrong: the message names it.
  expect({} satisfies Record<Wrong, true>).toEqual({});
});

test('the page knows the words that the api uses', () => {
  expect([...page.VERDICTS]).toEqual([...VERDICTS]);
  expect([...page.KINDS].sort()).toEqual([...KINDS].sort());
  expect([...page.LEGAL_BASES]).toEqual([...LEGAL_BASES]);
  expect([...page.ROLES].sort()).toEqual([...ROLES].sort());
  expect([...page.PROBLEM_STATUSES]).toEqual([...STATUSES]);
  expect([...page.TRIAGE_ACTIONS]).toEqual([...ACTIONS]);
  expect([...page.RESOLUTIONS]).toEqual([...RESOLUTIONS]);
  expect([...page.DUTIES]).toEqual([...DUTIES]);
  expect([...page.FINDING_SORTS].sort()).toEqual([...SORTS].sort());
  expect([...page.PROBLEM_SORTS].sort()).toEqual([...PROBLEM_SORTS].sort());
  const dimension: readonly page.Dimension[] = DIMENSIONS;
  expect(dimension).toHaveLength(10);
});

test('the page puts the rules’ questions as the api does', () => {
  const steps = stepsOf({ kind: 'orders', legalBasis: null, reasons: [] });
  expect(Object.fromEntries(steps.map(({ rule, question }) => [rule, question]))).toEqual(
    Object.fromEntries(Object.entries(rules).map(([rule, { question }]) => [rule, question])),
  );
});

test('the api’s reports call things as the page does', () => {
  const titles = Object.fromEntries(Object.entries(rules).map(([rule, { title }]) => [rule, title]));
  expect([words.RULE_TITLES, words.VERDICTS, words.KINDS]).toEqual([titles, terms.verdict, terms.kind]);
  expect(terms.status).toEqual({ ...words.STATUSES, recurred: expect.any(String) });
});
