/** The middle of the values, or the mean of the two in the middle. @throws RangeError where there are none */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no values to take the median of');
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/**
 * The least value that at least the share `q` of all values does not exceed.
 *
 * @param values ascending
 * @param q 0 to 1
 * @throws RangeError where there are none
 */
export function quantile(values: readonly number[], q: number): number {
  const value = values[Math.max(0, Math.ceil(q * values.length) - 1)];
  if (value === undefined) throw new RangeError('no values to take a quantile of');
  return value;
}

/** `1.23 (1.11–1.54)`: median, least and greatest. */
export function spread(values: readonly number[], format: (value: number) => string): string {
  return `${format(median(values))} (${format(Math.min(...values))}–${format(Math.max(...values))})`;
}

/** Three significant digits at most, with separators: 12,345; 12.3; 0.0123. */
export function significant(value: number): string {
  return value >= 100
    ? Math.round(value).toLocaleString('en-GB')
    : value.toLocaleString('en-GB', { maximumSignificantDigits: 3 });
}
