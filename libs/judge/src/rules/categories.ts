import type { CategoryCondition, Purpose } from '#libs/register';
import { fire, isJustified, rely, type Case } from './case.js';
import { quote, quoteAll } from './quote.js';

/** category-undeclared, category-excluded, category-condition-unmet and, for categories, judgement-required. */
export function judgeCategories(c: Case, purpose: Purpose): void {
  let undeclared: string[] | undefined;
  let unmet: string[] | undefined;
  let judged: string[] | undefined;
  let allDeclared = true;
  for (const category of c.event.dataCategories) {
    const declared = purpose.categories.get(category);
    if (declared === undefined) {
      allDeclared = false;
      if (!c.register.excludedCategories.has(category)) undeclared = with_(undeclared, category);
    } else if (declared.condition === null) {
      rely(c, declared);
    } else if (declared.condition.kind === 'judgement' && isJustified(c.event)) {
      judged = with_(judged, category);
    } else if (isMet(declared.condition, c)) {
      rely(c, declared);
    } else {
      unmet = with_(unmet, category);
    }
  }
  if (undeclared !== undefined) {
    const message = `${quoteAll(undeclared)} ${areNot(undeclared)} declared for ${quote(purpose.id)}, but used for it`;
    fire(c, 'category-undeclared', 'violation', purpose.categoriesClause, message);
  }
  // A register that excludes what it declares is refused.
  if (!allDeclared) judgeExcludedCategories(c);
  if (unmet !== undefined) conditional(c, purpose, unmet, 'category-condition-unmet');
  if (judged !== undefined) conditional(c, purpose, judged, 'judgement-required');
}

/** category-excluded, which depends on no purpose. */
export function judgeExcludedCategories(c: Case): void {
  if (c.register.excludedCategories.size === 0) return;
  let excluded: string[] | undefined;
  for (const category of c.event.dataCategories) {
    if (c.register.excludedCategories.has(category)) excluded = with_(excluded, category);
  }
  if (excluded === undefined) return;
  const clause = c.register.excludedCategories.get(excluded[0] ?? '') ?? null;
  const message = `the controller declares that it never has ${quoteAll(excluded)}, but used it`;
  fire(c, 'category-excluded', 'violation', clause, message);
}

function conditional(
  c: Case,
  purpose: Purpose,
  categories: readonly string[],
  rule: 'category-condition-unmet' | 'judgement-required',
): void {
  const declared = categories.flatMap((category) => purpose.categories.get(category) ?? []);
  for (const each of declared) rely(c, each);
  const conditions = [...new Set(declared.flatMap((d) => (d.condition === null ? [] : words(d.condition))))].join('; ');
  const what = `${quoteAll(categories)} ${are(categories)} declared for ${quote(purpose.id)} only ${conditions}`;
  const clause = declared[0]?.clause ?? purpose.categoriesClause;
  if (rule === 'judgement-required') {
    fire(c, rule, 'gap', clause, `${what}; a justification is stated, which a person must judge`);
  } else {
    fire(c, rule, 'violation', clause, `${what}; the event does not show it`);
  }
}

/** A condition on something the event's kind does not carry is unmet. */
function isMet(condition: CategoryCondition, c: Case): boolean {
  switch (condition.kind) {
    case 'basis':
      return c.event.legalBasis === condition.basis;
    case 'customer-type':
      return c.order?.customerType === condition.customerType;
    case 'action':
      return c.order?.action === condition.action;
    case 'judgement':
      return false;
  }
}

function words(condition: CategoryCondition): string {
  switch (condition.kind) {
    case 'basis':
      return `on the basis \`${condition.basis}\``;
    case 'customer-type':
      return `where the customer type is \`${condition.customerType}\``;
    case 'action':
      return `where the action is \`${condition.action}\``;
    case 'judgement':
      return 'where a need for it is stated and holds';
  }
}

function with_(list: string[] | undefined, category: string): string[] {
  if (list === undefined) return [category];
  if (!list.includes(category)) list.push(category);
  return list;
}

function are(list: readonly string[]): string {
  return list.length === 1 ? 'is' : 'are';
}

function areNot(list: readonly string[]): string {
  return `${are(list)} not`;
}
