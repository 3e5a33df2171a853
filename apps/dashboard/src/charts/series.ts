/** Rows of statistics as series over days. */

export interface Series {
  readonly key: string;
  /** One value for each day. */
  readonly values: readonly number[];
  readonly total: number;
}

/** The key of what is left over. */
export const OTHERS = 'others';

/**
 * One series for each of the largest keys, and one for all others; days without a row count 0. They come by name, so
 * that each keeps its place and colour while counts come in.
 *
 * @param days as the api names them, in the order wanted; rows of other days are left out
 * @param most series at most, without the others
 */
export function seriesOf<Row extends { day: string | null; count: number }>(
  rows: readonly Row[],
  days: readonly string[],
  keyOf: (row: Row) => string,
  most: number,
): Series[] {
  const at = new Map(days.map((day, index) => [day, index]));
  const counts = new Map<string, number[]>();
  for (const row of rows) {
    const index = at.get(row.day ?? '');
    if (index === undefined) continue;
    add(counts, keyOf(row), index, row.count, days.length);
  }
  const all = [...counts].map(([key, values]) => ({ key, values, total: sum(values) }));
  all.sort((a, b) => b.total - a.total || byName(a, b));
  const largest = all.slice(0, most).sort(byName);
  const rest = all.slice(most);
  if (rest.length === 0) return largest;
  const values = days.map((_, index) => sum(rest.map((series) => series.values[index] ?? 0)));
  return [...largest, { key: OTHERS, values, total: sum(values) }];
}

const byName = (a: Series, b: Series): number => (a.key < b.key ? -1 : 1);

function add(counts: Map<string, number[]>, key: string, index: number, count: number, length: number): void {
  const values = counts.get(key) ?? new Array<number>(length).fill(0);
  values[index] = (values[index] ?? 0) + count;
  counts.set(key, values);
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
