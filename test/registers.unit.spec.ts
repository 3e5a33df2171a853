import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import {
  defaultRegistersDir,
  expandIri,
  loadRegisters,
  loadTransferLaw,
  loadVocabulary,
  packageFile,
  registerFiles,
  type RegisterFile,
} from '#libs/register';

/** All IRIs of W3C DPV 2.3 in its modules dpv, eu-gdpr and pd. */
const DPV: ReadonlySet<string> = new Set(
  readFileSync(packageFile('test', 'reference', 'dpv-2.3-iris.txt'), 'utf8')
    .trim()
    .split('\n'),
);

interface Row {
  readonly country: string;
  readonly from: string;
  readonly until: string | null;
  readonly reference: string;
}
type Terms = Readonly<Record<string, { readonly label: string; readonly dpv?: string; readonly broad?: boolean }>>;

// A key given twice in one map makes `parse` throw, so ids are unique as soon as a file is read.
function read<T>(...path: string[]): T {
  return parse(readFileSync(join(...path), 'utf8')) as T;
}

const data = packageFile('libs', 'register', 'data');
const law = read<{ eea: readonly Row[]; adequacy: readonly (Row & { readonly scope: string })[] }>(
  data,
  'transfer-law.yaml',
);
const vocabulary = read<Readonly<Record<string, Terms>>>(data, 'vocabulary.yaml');
const registers = (await registerFiles(defaultRegistersDir())).map((file) => ({
  name: basename(file),
  file: read<RegisterFile>(file),
}));

function unknownIris(iris: readonly string[]): string[] {
  return iris.filter((iri) => !DPV.has(expandIri(iri)));
}

/** Every value of `field`, at any depth. */
function valuesOf(field: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesOf(field, item));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === field && typeof item === 'string' ? [item] : valuesOf(field, item),
  );
}

test('the reference list holds all of DPV 2.3, and nothing made up', () => {
  expect(DPV.size).toBe(1581);
  expect(unknownIris(['dpv:NoSuchPurpose'])).toEqual(['dpv:NoSuchPurpose']);
});

describe.each(registers)('$name', ({ file }) => {
  test('maps every purpose and recipient to an IRI that DPV has', () => {
    const iris = valuesOf('dpv', file);
    expect(iris).toHaveLength(Object.keys(file.purposes).length + file.recipients.length);
    expect(unknownIris([...iris, ...Object.values(file.categoryIris ?? {})])).toEqual([]);
  });

  test('uses categories and sectors of the vocabulary only', () => {
    const { categories, sectors } = loadVocabulary();
    const purposes = Object.values(file.purposes);
    const used = [
      ...Object.values(file.categoryGroups ?? {}).flat(),
      ...(file.excludedCategories ?? []).flatMap((entry) => entry.list),
      ...purposes.flatMap((purpose) => purpose.categories.flatMap((entry) => entry.list ?? [])),
      ...purposes.flatMap((purpose) => (purpose.retention ?? []).flatMap((entry) => entry.category ?? [])),
    ];
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((category) => !categories.has(category))).toEqual([]);
    const named = file.recipients.flatMap((r) => [
      ...(r.sectors ?? []),
      ...(r.exceptSectors ?? []),
      ...(r.requires?.sectors ?? []),
    ]);
    expect(named.filter((sector) => !sectors.has(sector))).toEqual([]);
  });

  test('gives every recipient an id of its own', () => {
    const ids = file.recipients.map((recipient) => recipient.id);
    expect([...new Set(ids)]).toEqual(ids);
  });

  test('rests something on every assumption', () => {
    const assumed = Object.entries(file.clauses).flatMap(([id, clause]) => (clause.assumption === undefined ? [] : id));
    const used = new Set([...valuesOf('clause', file), ...Object.values(file.statements)]);
    expect(assumed.filter((id) => !used.has(id) && id !== 'in-force')).toEqual([]);
  });

  test('says what findings on consent, objection and restriction point at', () => {
    expect(Object.keys(file.statements).sort()).toEqual([
      'consent',
      'objection',
      'purposes',
      'recipients',
      'restriction',
    ]);
  });
});

test('all registers load together', async () => {
  const loaded = [...(await loadRegisters(defaultRegistersDir()))];
  expect(loaded.map(({ controller }) => controller)).toEqual(
    expect.arrayContaining(['janus', 'jetcards', 'jetkids', 'jetpak', 'kidssafety']),
  );
});

describe('the vocabulary', () => {
  test.each(Object.entries(vocabulary))('%s: every IRI is one that DPV has', (_section, terms) => {
    expect(unknownIris(valuesOf('dpv', terms))).toEqual([]);
  });

  test('has an IRI for every data category and legal basis', () => {
    const { categories, legalBases } = loadVocabulary();
    expect([...categories, ...legalBases].filter(([, term]) => term.dpv === null)).toEqual([]);
  });

  test('calls a term broad only where there is one', () => {
    const terms = Object.values(vocabulary).flatMap((section) => Object.values(section));
    expect(terms.filter((term) => term.broad === true && term.dpv === undefined)).toEqual([]);
  });

  test.each([
    ['legalBases', 'OrderEvent', 'LegalBasis'],
    ['roles', 'SharingEvent', 'RecipientRole'],
    ['safeguards', 'SharingEvent', 'Safeguard'],
    ['requestKinds', 'RightsEvent', 'RequestKind'],
  ])('%s are the symbols of %s.%s', (section, event, type) => {
    const schema: unknown = JSON.parse(readFileSync(packageFile('schemas', `${event}.avsc`), 'utf8'));
    expect(Object.keys(vocabulary[section] ?? {})).toEqual(symbolsOf(type, schema));
  });
});

function symbolsOf(type: string, schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return undefined;
  if ('name' in schema && schema.name === type && 'symbols' in schema) return schema.symbols;
  for (const part of Object.values(schema)) {
    const found = symbolsOf(type, part);
    if (found !== undefined) return found;
  }
  return undefined;
}

describe('the transfer law', () => {
  test.each(['eea', 'adequacy'] as const)(
    '%s: every row has a reference, and rows of a country do not overlap',
    (list) => {
      const last = new Map<string, string>();
      for (const { country, from, until, reference } of [...law[list]].sort((a, b) => (a.from < b.from ? -1 : 1))) {
        expect(country).toMatch(/^[A-Z]{2}$/);
        expect(reference).not.toBe('');
        expect([country, (until ?? '9999') > from]).toEqual([country, true]);
        expect([country, from >= (last.get(country) ?? '')]).toEqual([country, true]);
        last.set(country, until ?? '9999');
      }
    },
  );

  test.each([
    ['NO', '2018-05-25', true],
    ['LI', '1995-04-30', false],
    ['LI', '1995-05-01', true],
    ['HR', '2013-06-30', false],
    ['HR', '2013-07-01', true],
    ['GB', '2020-12-31', true],
    ['GB', '2021-06-27', true],
    ['GB', '2021-06-28', false],
    ['GI', '2021-01-01', false],
    ['YT', '2013-12-31', false],
    ['YT', '2014-01-01', true],
    ['AX', '2020-01-01', true],
    ['SJ', '2020-01-01', false],
    ['GL', '2020-01-01', false],
    ['CH', '2020-01-01', false],
  ])('%s on %s: in the EEA is %s', (country, day, expected) => {
    expect(loadTransferLaw().isInEea(country, Date.parse(`${day}T00:00:00Z`))).toBe(expected);
  });

  test('the EEA has thirty members today', () => {
    const territories = new Set(['AX', 'GF', 'GP', 'MF', 'MQ', 'RE', 'YT']);
    expect(law.eea.filter((row) => row.until === null && !territories.has(row.country))).toHaveLength(30);
  });

  test.each([
    ['GB', '2021-06-27', undefined],
    ['GB', '2021-06-28', 'full'],
    ['GB', '2025-12-26', 'full'],
    ['GB', '2025-12-27', 'full'],
    ['GB', '2031-12-27', undefined],
    ['US', '2015-10-05', 'partial'],
    ['US', '2015-10-06', undefined],
    ['US', '2016-07-12', 'partial'],
    ['US', '2020-07-15', 'partial'],
    ['US', '2020-07-16', undefined],
    ['US', '2023-07-09', undefined],
    ['US', '2023-07-10', 'partial'],
    ['CA', '2018-05-25', 'partial'],
    ['JP', '2019-01-22', undefined],
    ['JP', '2019-01-23', 'full'],
    ['KR', '2021-12-16', undefined],
    ['KR', '2021-12-17', 'full'],
    ['BR', '2026-01-25', undefined],
    ['BR', '2026-01-26', 'full'],
    ['IN', '2026-01-26', undefined],
  ])('%s on %s: adequacy is %s', (country, day, expected) => {
    expect(loadTransferLaw().adequacy(country, Date.parse(`${day}T00:00:00Z`))?.scope).toBe(expected);
  });
});
