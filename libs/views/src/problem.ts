import { hash } from 'node:crypto';

/** What an entry is of: the event's stream, a duty, or a record that could not be read. */
export const KINDS = ['orders', 'marketing', 'sharing', 'rights', 'duty', 'unreadable'] as const;
export type Kind = (typeof KINDS)[number];

/** What findings of one problem have in common. */
export interface ProblemMarks {
  /** null: of records that name none. */
  readonly controller: string | null;
  readonly rule: string;
  /** Clause of the register; null where there is none. */
  readonly clause: string | null;
  readonly service: string | null;
  readonly kind: Kind;
}

/** Version of the fingerprint, the id's prefix: what was said of a problem is said of this version's. */
const VERSION = 'p1';
const HEX_DIGITS = 16;

/**
 * The fingerprint that findings are grouped by: `p1-` and the first 16 hex digits of SHA-256 over the JSON of
 * `['p1', controller, rule, clause, service, kind]`.
 */
export function problemId({ controller, rule, clause, service, kind }: ProblemMarks): string {
  const text = JSON.stringify([VERSION, controller, rule, clause, service, kind]);
  return `${VERSION}-${hash('sha256', text, 'hex').slice(0, HEX_DIGITS)}`;
}
