/** A value at a time, in s. */
export type Point = readonly [seconds: number, value: number];

/** How much a value may grow over the time it is looked at and still count as flat: the larger of the two. */
export interface Bound {
  readonly absolute: number;
  /** Share of the middle value. */
  readonly share: number;
}

export interface Flatness {
  /** By the slope, over all the time looked at. */
  readonly growth: number;
  readonly median: number;
  readonly most: number;
  /** What it may grow by. */
  readonly allowed: number;
  readonly flat: boolean;
}

/** More points do not say more; the number of slopes is its square. */
const POINTS = 300;

/**
 * Whether a value keeps its level over the second half of its points; in the first, caches and heaps still fill. The slope
 * is Theil and Sen's, the median of those between all pairs, which single peaks do not move.
 *
 * @param points in the order of time
 */
export function flatness(points: readonly Point[], { absolute, share }: Bound): Flatness {
  const half = thinned(points.slice(Math.floor(points.length / 2)));
  const values = half.map(([, value]) => value);
  const slopes = half.flatMap(([at, value], i) =>
    half.slice(i + 1).flatMap(([later, other]) => (later > at ? [(other - value) / (later - at)] : [])),
  );
  const seconds = (half.at(-1)?.[0] ?? 0) - (half[0]?.[0] ?? 0);
  const median = middle(values);
  const growth = slopes.length === 0 ? 0 : middle(slopes) * seconds;
  const allowed = Math.max(absolute, share * median);
  return { growth, median, most: Math.max(0, ...values), allowed, flat: growth <= allowed };
}

/** The value that as many are below as above; 0 where there is none. */
export function middle(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** @param q from 0 to 1; the nearest value from above */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}

function thinned(points: readonly Point[]): readonly Point[] {
  const step = Math.ceil(points.length / POINTS);
  return step <= 1 ? points : points.filter((_, i) => i % step === 0);
}
