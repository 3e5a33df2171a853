import { isListed, type Shape } from '../shape.js';

/** Whose findings may be seen; `all`: also those of no controller. */
export interface Scope {
  readonly controllers: ReadonlySet<string> | 'all';
}

/** From inclusive, to exclusive; ms since the epoch. */
export interface TimeRange {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Which findings: of each field any of the values, where it is given. */
export interface FindingFilter {
  readonly controllers?: readonly string[] | undefined;
  readonly verdicts?: readonly string[] | undefined;
  readonly rules?: readonly string[] | undefined;
  readonly clauses?: readonly string[] | undefined;
  readonly purposes?: readonly string[] | undefined;
  readonly services?: readonly string[] | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly problems?: readonly string[] | undefined;
  readonly occurred?: TimeRange | undefined;
  readonly recorded?: TimeRange | undefined;
}

/** Tests shapes: whether entries of it may be seen and are wanted. */
export function shapeTest(filter: FindingFilter, { controllers }: Scope): (shape: Shape) => boolean {
  const { rules, clauses, problems } = filter;
  const fields: [keyof Shape, ReadonlySet<unknown>][] = [];
  for (const [field, wanted] of [
    ['controller', filter.controllers],
    ['verdict', filter.verdicts],
    ['purpose', filter.purposes],
    ['service', filter.services],
    ['kind', filter.kinds],
  ] as const) {
    if (wanted !== undefined) fields.push([field, new Set(wanted)]);
  }
  const byReason = rules !== undefined || clauses !== undefined || problems !== undefined;
  const ofReason = reasonTest(filter);
  return (shape) =>
    (controllers === 'all' || (shape.controller !== null && controllers.has(shape.controller))) &&
    fields.every(([field, wanted]) => wanted.has(shape[field])) &&
    (!byReason || shape.reasons.some(ofReason));
}

/** Tests the reasons of findings, for what goes by reasons: rules, clauses, problems. */
export function reasonTest({
  rules,
  clauses,
  problems,
}: FindingFilter): (reason: { rule: string; clause: string | null; problem: string }) => boolean {
  return ({ rule, clause, problem }) =>
    (rules === undefined || rules.includes(rule)) &&
    (clauses === undefined || (clause !== null && clauses.includes(clause))) &&
    (problems === undefined || problems.includes(problem));
}

/** Tests shapes of what is listed one by one. What was withdrawn is left out, unless `compliant` is asked for. */
export function listedTest(filter: FindingFilter, scope: Scope): (shape: Shape) => boolean {
  const wanted = shapeTest(filter, scope);
  const { verdicts } = filter;
  return (shape) => isListed(shape) && (verdicts !== undefined || !shape.withdrawn) && wanted(shape);
}
