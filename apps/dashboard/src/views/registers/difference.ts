/** Where two versions of a register differ, in steps that have names. */
import type { RegisterChange } from '../../api/types.js';

/** Fields of a register that the catalogue has names for. */
export const FIELDS = [
  'name',
  'inForce',
  'from',
  'clause',
  'purposes',
  'excludedCategories',
  'registrationConsent',
  'except',
  'transfers',
  'permitted',
  'requests',
  'within',
  'erasureOnWithdrawal',
  'statements',
  'documents',
  'clauses',
  'dpv',
  'directMarketing',
  'bases',
  'conditions',
  'relationship',
  'categories',
  'condition',
  'retention',
  'customer',
  'neverCustomer',
  'notStored',
  'keep',
  'recipients',
  'names',
  'roles',
  'sectors',
  'exceptSectors',
  'uses',
  'undertakings',
  'requires',
  'summary',
  'lines',
  'assumption',
  'consent',
  'objection',
  'restriction',
] as const;
export type Field = (typeof FIELDS)[number];

/** Fields that hold things by their ids, and what these are. */
const HOLDS = {
  purposes: 'purpose',
  bases: 'basis',
  categories: 'category',
  excludedCategories: 'category',
  notStored: 'category',
  recipients: 'recipient',
  documents: 'document',
  clauses: 'clause',
} as const;
type Thing = (typeof HOLDS)[keyof typeof HOLDS];

export interface Step {
  readonly kind: 'field' | Thing;
  /** The field's name, or the thing's id. */
  readonly id: string;
}

/** A step from a place into what lies at it. */
export function stepInto(place: readonly Step[], key: string): Step {
  const last = place.at(-1);
  // What the whole policy states is told apart by the same words as purposes and recipients.
  const stated = place[0]?.id === 'statements';
  if (last?.kind === 'field' && !stated && last.id in HOLDS) return { kind: HOLDS[last.id as keyof typeof HOLDS], id: key };
  return { kind: 'field', id: key };
}

/** The steps of a JSON pointer (RFC 6901). */
export function stepsOf(where: string): Step[] {
  const keys = where.replace(/^\//, '').split('/');
  const steps: Step[] = [];
  for (const key of keys) steps.push(stepInto(steps, key.replaceAll('~1', '/').replaceAll('~0', '~')));
  return steps;
}

export interface ChangeGroup {
  /** What the changes have in common: a field of the register, or one thing that a field holds. */
  readonly place: readonly Step[];
  /** `rest`: the steps from there; none where all of it is new or gone. */
  readonly changes: readonly { readonly rest: readonly Step[]; readonly change: RegisterChange }[];
}

/** Changes of one purpose, or of one field of the register, together, in their order. */
export function changeGroups(changes: readonly RegisterChange[]): ChangeGroup[] {
  const groups = new Map<string, { place: Step[]; changes: { rest: Step[]; change: RegisterChange }[] }>();
  for (const change of changes) {
    const steps = stepsOf(change.where);
    const length = steps[1]?.kind === 'purpose' ? 2 : 1;
    const place = steps.slice(0, length);
    const key = JSON.stringify(place);
    const group = groups.get(key) ?? { place, changes: [] };
    group.changes.push({ rest: steps.slice(length), change });
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Whether a value tells nothing: not there, or an empty list or group. */
export function isBlank(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
}
