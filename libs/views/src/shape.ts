import type { AuditEntry } from '#libs/events';
import { problemId, type Kind } from './problem.js';

/** A rule that fired, without its message. */
export interface ShapeReason {
  readonly rule: string;
  readonly effect: 'violation' | 'gap' | 'unreadable';
  readonly clause: string | null;
  /** Id of the problem that a finding with this reason belongs to. */
  readonly problem: string;
}

/** What many entries have in common: all that they are counted and found by, besides time. */
export interface Shape {
  readonly controller: string | null;
  readonly kind: Kind;
  readonly service: string | null;
  readonly purpose: string | null;
  readonly legalBasis: string | null;
  readonly verdict: AuditEntry['verdict'];
  /** Compliant by later evidence only: it was something else before. */
  readonly withdrawn: boolean;
  /** Each rule and clause once, in the order of the rule table. */
  readonly reasons: readonly ShapeReason[];
}

/** The shape of a finding, duty, unreadable record, or of what an amendment makes of one; null for other entries. */
export function shapeOf(entry: AuditEntry): Shape | null {
  const kind = kindOf(entry);
  if (kind === null) return null;
  const { controller, service, purpose, legalBasis, verdict } = entry;
  const withdrawn = entry.kind === 'amendment' && verdict === 'compliant';
  const reasons: ShapeReason[] = [];
  for (const { rule, effect, clause } of entry.reasons) {
    if (reasons.some((other) => other.rule === rule && other.clause === clause)) continue;
    reasons.push({ rule, effect, clause, problem: problemId({ controller, rule, clause, service, kind }) });
  }
  return { controller, kind, service, purpose, legalBasis, verdict, withdrawn, reasons };
}

/** The shape that the entry an amendment is of had, where it was compliant. */
export function compliantBefore(amended: Shape): Shape {
  return { ...amended, verdict: 'compliant', withdrawn: false, reasons: [] };
}

/** Whether its entries are listed one by one, and not only counted. */
export function isListed({ verdict, withdrawn }: Shape): boolean {
  return verdict !== 'compliant' || withdrawn;
}

/** The same for equal shapes alone. */
export function shapeKey({
  controller,
  kind,
  service,
  purpose,
  legalBasis,
  verdict,
  withdrawn,
  reasons,
}: Shape): string {
  const said = reasons.map(({ rule, effect, clause }) => [rule, effect, clause]);
  return JSON.stringify([controller, kind, service, purpose, legalBasis, verdict, withdrawn, said]);
}

function kindOf({ kind, stream }: AuditEntry): Kind | null {
  if (kind === 'finding') return stream;
  if (kind === 'duty') return 'duty';
  if (kind === 'unreadable') return 'unreadable';
  return kind === 'amendment' ? (stream ?? 'duty') : null;
}
