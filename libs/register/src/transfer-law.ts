import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { dayStart } from './check.js';
import { packageFile } from './package-file.js';

/**
 * EEA membership and adequacy decisions by date (`libs/register/data/transfer-law.yaml`, each row with its legal
 * reference). A span begins on its first day and ends before its `until`, both at 00:00 UTC.
 */
export interface TransferLaw {
  /** Whether the country belongs to the EEA (or is treated so) at `at`, ms. */
  isInEea(country: string, at: number): boolean;
  /** The adequacy decision (GDPR Art. 45) in force for the country at `at`, ms; null where there is none. */
  adequacy(country: string, at: number): Adequacy | null;
}

export interface Adequacy {
  /** A partial decision covers some recipients only, so that the publisher must claim it. */
  readonly scope: 'full' | 'partial';
  readonly reference: string;
}

interface Row {
  readonly country: string;
  readonly from: string;
  readonly until: string | null;
  readonly reference: string;
}

interface Span<T> {
  readonly from: number;
  readonly until: number;
  readonly value: T;
}

let loaded: TransferLaw | undefined;

/** The list that ships with the package. */
export function loadTransferLaw(): TransferLaw {
  loaded ??= transferLaw(
    parse(readFileSync(packageFile('libs', 'register', 'data', 'transfer-law.yaml'), 'utf8'), {
      schema: 'core',
    }) as { eea: Row[]; adequacy: (Row & { scope: 'full' | 'partial' })[] },
  );
  return loaded;
}

/** @throws RangeError for a date that is none */
export function transferLaw(rows: {
  readonly eea: readonly Row[];
  readonly adequacy: readonly (Row & { readonly scope: 'full' | 'partial' })[];
}): TransferLaw {
  const eea = byCountry(rows.eea, () => true);
  const adequacy = byCountry(rows.adequacy, ({ scope, reference }): Adequacy => ({ scope, reference }));
  return {
    isInEea: (country, at) => covering(eea.get(country), at) !== null,
    adequacy: (country, at) => covering(adequacy.get(country), at),
  };
}

function byCountry<R extends Row, T>(rows: readonly R[], value: (row: R) => T): Map<string, Span<T>[]> {
  const spans = new Map<string, Span<T>[]>();
  for (const row of rows) {
    const from = dayStart(row.from);
    const until = row.until === null ? Infinity : dayStart(row.until);
    if (Number.isNaN(from) || Number.isNaN(until)) {
      throw new RangeError(`transfer law, ${row.country}: \`${row.from}\` or \`${String(row.until)}\` is no day`);
    }
    spans.set(row.country, [...(spans.get(row.country) ?? []), { from, until, value: value(row) }]);
  }
  return spans;
}

function covering<T>(spans: readonly Span<T>[] | undefined, at: number): T | null {
  if (spans === undefined) return null;
  for (const span of spans) if (at >= span.from && at < span.until) return span.value;
  return null;
}
