import type { FindingFilter } from './filter.js';
import type { MomentRange, MomentReader } from './moment-reader.js';
import type { Snapshot } from './snapshot.js';
import { cutRange, wholeDays } from './time-range.js';

/** Part of what is counted, within a day of one of its times. */
interface Strip extends MomentRange {
  /** Whether it is taken off. */
  readonly less: boolean;
}

/** How many findings there are of these shapes, by shape: whole days by what was counted, the rest by moments. */
export async function fullCounts(
  snapshot: Snapshot,
  moments: MomentReader,
  filter: Pick<FindingFilter, 'occurred' | 'recorded'>,
  shapes: readonly number[],
): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  if (shapes.length === 0) return counts;
  const add = (shape: number, n: number): void => void counts.set(shape, (counts.get(shape) ?? 0) + n);
  const occurred = cutRange(filter.occurred);
  const recorded = cutRange(filter.recorded);
  const strips: Strip[] = occurred.parts.map((part) => ({ by: 'occurred', ...part, other: filter.recorded ?? {} }));
  if (occurred.days !== null) {
    const other = wholeDays(occurred.days);
    strips.push(...recorded.parts.map((part): Strip => ({ by: 'recorded', ...part, other })));
    if (recorded.days !== null) {
      const sums = snapshot.counts.sums({ occurred: occurred.days, recorded: recorded.days });
      for (const shape of shapes) if ((sums[shape] ?? 0) > 0) add(shape, sums[shape] as number);
    }
  }
  const mask = snapshot.maskOf(shapes);
  const addStrip = (strip: Strip) =>
    moments.forEach(strip, (shape, n) => {
      if (mask[shape] === 1) add(shape, strip.less ? -n : n);
    });
  await Promise.all(strips.map(addStrip));
  // What was taken off may have come after the counts were read.
  for (const [shape, n] of counts) if (n < 0) counts.set(shape, 0);
  return counts;
}
