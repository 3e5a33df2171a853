/** Declared purposes against those that events named. */
import type { Coverage } from '../../api/types.js';

export type CoverageState = 'undeclared' | 'unseen' | 'seen';

export interface CoverageRow {
  readonly purpose: string;
  readonly state: CoverageState;
  readonly events: number;
  /** Null: not counted apart. */
  readonly findings: number | null;
  /** A day, `2024-03-01`; null: never, or not known. */
  readonly lastSeen: string | null;
}

/** What somebody must look at comes first; within that the order of the api. */
export function coverageRows({ declared, undeclared }: Coverage): CoverageRow[] {
  const known = declared.map((row) => ({ ...row, state: row.events === 0 ? 'unseen' : 'seen' }) as const);
  return [
    ...undeclared.map((row) => ({ ...row, state: 'undeclared', findings: null, lastSeen: null }) as const),
    ...known.filter(({ state }) => state === 'unseen'),
    ...known.filter(({ state }) => state === 'seen'),
  ];
}
