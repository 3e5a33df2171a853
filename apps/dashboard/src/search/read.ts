/**
 * Reads search parameters, which anybody may have typed: what makes no sense is left out, as if it were not there. The
 * page then shows more rather than an error, and its filter chips say what counts.
 */
export type Raw = Readonly<Record<string, unknown>>;

/** The value, if it is one of those allowed. */
export function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((candidate) => candidate === value);
}

/** The values that are allowed, each once; undefined if none is. */
export function someOf<T extends string>(value: unknown, allowed: readonly T[]): T[] | undefined {
  return some(texts(value)?.flatMap((text) => oneOf(text, allowed) ?? []));
}

/** Values of any text, each once; undefined if there is none. */
export function texts(value: unknown): string[] | undefined {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return some([...new Set(list.flatMap((item) => text(item) ?? []))]);
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** A time as the api writes it (ISO 8601, UTC); a day alone begins at midnight UTC. */
export function time(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d/.test(value)) return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** A whole number from 1 on. */
export function count(value: unknown): number | undefined {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : NaN;
  return Number.isSafeInteger(number) && number >= 1 ? number : undefined;
}

/** Only what is there: an address does not carry what says nothing. */
export function present<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}

function some<T>(list: T[] | undefined): T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}
