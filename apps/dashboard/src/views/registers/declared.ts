/** What a register declares, put together for reading. */
import type { Clause, DeclaredCategory, RegisterText, Retention } from '../../api/types.js';

/** Categories that one clause declares under one condition. */
export interface CategoryGroup {
  readonly clause: string;
  readonly condition: string | null;
  readonly assumed: boolean;
  readonly categories: readonly string[];
}

/** In their order. */
export function grouped(categories: readonly DeclaredCategory[]): CategoryGroup[] {
  const groups = new Map<string, CategoryGroup & { categories: string[] }>();
  for (const { category, clause, condition, assumed } of categories) {
    const key = JSON.stringify([clause, condition, assumed]);
    const group = groups.get(key) ?? { clause, condition, assumed, categories: [] };
    group.categories.push(category);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Whose data is kept how long; `whose` is null where customers and others are not told apart. */
export interface Keeping {
  readonly whose: 'customers' | 'neverCustomers' | null;
  readonly retention: Retention;
}

export function keepings(
  retention: { customer: Retention | null; neverCustomer: Retention | null } | null,
): Keeping[] {
  const { customer = null, neverCustomer = null } = retention ?? {};
  if (customer !== null && neverCustomer !== null && isSame(customer, neverCustomer)) {
    return [{ whose: null, retention: customer }];
  }
  return [
    ...(customer === null ? [] : [{ whose: 'customers', retention: customer } as const]),
    ...(neverCustomer === null ? [] : [{ whose: 'neverCustomers', retention: neverCustomer } as const]),
  ];
}

function isSame(a: Retention, b: Retention): boolean {
  return a.period === b.period && a.from === b.from && a.clause === b.clause;
}

/** Clauses by their ids. */
export function clausesOf({ clauses }: Pick<RegisterText, 'clauses'>): ReadonlyMap<string, Clause> {
  return new Map(clauses.map((clause) => [clause.id, clause]));
}

/** The clause that an address names: by its parameter, or by what stands behind `#`. */
export function clauseOf(parameter: string | undefined, hash: string): string | null {
  if (parameter !== undefined) return parameter;
  return hash.startsWith('clause-') ? hash.slice('clause-'.length) : null;
}
