/**
 * Query strings as the api has them: a value repeated for "any of them" (`rule=a&rule=b`). The page's own addresses are
 * written the same way, so that what stands in one can be copied to the other.
 */
export type QueryValue = string | number | boolean | readonly string[] | null | undefined;
export type QueryValues = Readonly<Record<string, QueryValue>>;

/** `?a=1&b=x&b=y`, or the empty string; what is undefined, null or an empty list is left out. */
export function toQuery(values: Readonly<Record<string, unknown>>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    const items: unknown[] = Array.isArray(value) ? value : [value];
    for (const item of items) if (isScalar(item)) params.append(key, String(item));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** Each parameter's value; a list where it is repeated. */
export function fromQuery(text: string): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = {};
  const params = new URLSearchParams(text);
  for (const key of new Set(params.keys())) {
    const all = params.getAll(key);
    values[key] = all.length === 1 ? (all[0] ?? '') : all;
  }
  return values;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
