import type { CategoriesEntry, RegisterFile } from './file.js';
import type { Fault } from './fault.js';
import type { Parsed } from './parse.js';
import { didYouMean } from './suggest.js';
import type { Vocabulary } from './vocabulary.js';

/**
 * What the schema cannot hold: that every id a register refers to is there, that a clause is located or reasoned, and
 * that nothing is declared twice. Pure.
 *
 * @returns every fault, in the order of the text
 */
export function checkRegister({ file, faultAt }: Parsed, vocabulary: Vocabulary): readonly Fault[] {
  const faults: Fault[] = [];
  const fault = (path: readonly (string | number)[], message: string, onKey = false): void => {
    faults.push(faultAt(path, message, onKey));
  };
  const known = (path: readonly (string | number)[], id: string, what: string, all: ReadonlySet<string>): void => {
    if (!all.has(id)) fault(path, `no ${what} \`${id}\` is known${didYouMean(id, all)}`);
  };

  const clauses = new Set(Object.keys(file.clauses));
  const purposes = new Set(Object.keys(file.purposes));
  const documents = new Set(Object.keys(file.documents));
  const groups = new Set(Object.keys(file.categoryGroups ?? {}));
  const sectors = new Set(vocabulary.sectors.keys());
  const categories = new Set([...vocabulary.categories.keys(), ...Object.keys(file.categoryIris ?? {})]);
  const eachOf = (
    path: readonly (string | number)[],
    ids: readonly string[],
    what: string,
    all: ReadonlySet<string>,
  ) => {
    ids.forEach((id, i) => known([...path, i], id, what, all));
  };

  if (Number.isNaN(dayStart(file.inForce.from))) {
    fault(['inForce', 'from'], `\`${file.inForce.from}\` is no day of the calendar`);
  }

  for (const [id, clause] of Object.entries(file.clauses)) {
    if ((clause.at === undefined) === (clause.assumption === undefined)) {
      fault(
        ['clauses', id],
        `clause \`${id}\` needs either \`at\` (where the policy says it) or \`assumption\` (why)`,
        true,
      );
    }
    if (clause.at !== undefined) {
      const { document, fromLine, toLine } = parseLocator(clause.at);
      known(['clauses', id, 'at'], document, 'document', documents);
      if (fromLine > toLine) fault(['clauses', id, 'at'], `lines ${fromLine}-${toLine} run backwards`);
    }
  }

  for (const { path, id } of clauseReferences(file)) known(path, id, 'clause', clauses);

  for (const [name, list] of Object.entries(file.categoryGroups ?? {})) {
    eachOf(['categoryGroups', name], list, 'data category', categories);
  }
  file.excludedCategories?.forEach((entry, i) => {
    eachOf(['excludedCategories', i, 'list'], entry.list, 'data category', categories);
  });
  eachOf(['registrationConsent', 'except'], file.registrationConsent?.except ?? [], 'purpose', purposes);

  const excluded = new Set(file.excludedCategories?.flatMap((entry) => entry.list));
  for (const [id, purpose] of Object.entries(file.purposes)) {
    checkCategories(file, id, purpose.categories, excluded);
    const periods = purpose.retention?.filter((r) => r.category === undefined) ?? [];
    const forNever = periods.filter((r) => r.for === 'never-customers');
    if (forNever.length > 1 || periods.length - forNever.length > 1) {
      fault(['purposes', id, 'retention'], `purpose \`${id}\` has more than one period for the same people`, true);
    }
    purpose.retention?.forEach((entry, i) => {
      if (entry.category !== undefined) {
        known(['purposes', id, 'retention', i, 'category'], entry.category, 'data category', categories);
      }
      if (entry.for === 'never-customers' && entry.after === 'contract-end') {
        fault(
          ['purposes', id, 'retention', i, 'after'],
          'those who never were customers have no contract that could end',
        );
      }
      if (entry.category !== undefined && entry.after !== 'collection') {
        fault(['purposes', id, 'retention', i, 'after'], 'a period for one category counts from `collection`');
      }
    });
  }

  const seen = new Set<string>();
  file.recipients.forEach((recipient, i) => {
    const path = ['recipients', i] as const;
    if (seen.has(recipient.id)) fault([...path, 'id'], `recipient \`${recipient.id}\` is declared twice`);
    seen.add(recipient.id);
    if ((recipient.names === undefined) === (recipient.roles === undefined)) {
      fault(path, `recipient \`${recipient.id}\` needs either \`names\` or \`roles\``);
    }
    if (recipient.names !== undefined && (recipient.sectors ?? recipient.exceptSectors) !== undefined) {
      fault(path, `recipient \`${recipient.id}\` is matched by name; sectors have no part in it`);
    }
    for (const field of ['sectors', 'exceptSectors'] as const) {
      eachOf([...path, field], recipient[field] ?? [], 'sector', sectors);
    }
    eachOf([...path, 'requires', 'sectors'], recipient.requires?.sectors ?? [], 'sector', sectors);
    const scope = recipient.purposes;
    if (scope !== 'all') {
      const list = 'allExcept' in scope ? scope.allExcept : scope;
      eachOf([...path, 'purposes', ...('allExcept' in scope ? ['allExcept'] : [])], list, 'purpose', purposes);
    }
  });

  return faults.sort((a, b) => a.line - b.line || a.column - b.column);

  function checkCategories(
    { categoryGroups }: RegisterFile,
    purpose: string,
    entries: readonly CategoriesEntry[],
    never: ReadonlySet<string>,
  ): void {
    const declared = new Set<string>();
    const declare = (path: readonly (string | number)[], category: string): void => {
      if (declared.has(category)) fault(path, `\`${category}\` is declared twice for purpose \`${purpose}\``);
      if (never.has(category)) fault(path, `\`${category}\` is declared here and under \`excludedCategories\``);
      declared.add(category);
    };
    entries.forEach((entry, i) => {
      const path = ['purposes', purpose, 'categories', i] as const;
      if (entry.groups === undefined && entry.list === undefined) {
        fault(path, 'an entry of `categories` needs `groups` or `list`');
      }
      entry.groups?.forEach((group, j) => {
        known([...path, 'groups', j], group, 'category group', groups);
        for (const category of categoryGroups?.[group] ?? []) declare([...path, 'groups', j], category);
      });
      entry.list?.forEach((category, j) => {
        known([...path, 'list', j], category, 'data category', categories);
        declare([...path, 'list', j], category);
      });
    });
  }
}

/** `document:from-to` taken apart; the schema holds its form. */
export function parseLocator(at: string): { document: string; fromLine: number; toLine: number } {
  const [document = '', lines = ''] = at.split(':');
  const [from, to] = lines.split('-').map(Number);
  return { document, fromLine: from ?? 0, toLine: to ?? 0 };
}

/** 00:00 UTC of an ISO day, in ms; NaN where the calendar has no such day. */
export function dayStart(day: string): number {
  const ms = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== day ? NaN : ms;
}

/** Every `clause` field, and every field of `statements`, with where it stands. */
function* clauseReferences(file: RegisterFile): Generator<{ path: (string | number)[]; id: string }> {
  for (const [field, id] of Object.entries(file.statements)) yield { path: ['statements', field], id };
  const { clauses: _clauses, statements: _statements, documents: _documents, ...rest } = file;
  yield* walk(rest, []);

  function* walk(value: unknown, path: (string | number)[]): Generator<{ path: (string | number)[]; id: string }> {
    if (Array.isArray(value)) {
      for (const [i, item] of value.entries()) yield* walk(item, [...path, i]);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        if (key === 'clause' && typeof item === 'string') yield { path: [...path, key], id: item };
        else yield* walk(item, [...path, key]);
      }
    }
  }
}
