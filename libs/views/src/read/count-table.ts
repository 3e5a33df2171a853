import type { CountRow } from '../projection.js';
import { CountColumns, type DayRange, type Within } from './count-columns.js';

export const ALL_DAYS: DayRange = { first: -Infinity, last: Infinity };

/** Which days are to be told apart. */
export interface Told {
  readonly occurred?: boolean;
  readonly recorded?: boolean;
}

/** All counts in memory, with their sums by shape and by shape and day, so that a question walks over no more than it needs. */
export class CountTable {
  private readonly cells = new CountColumns();
  private readonly byOccurred = new CountColumns();
  private readonly byRecorded = new CountColumns();
  private readonly byShape = new CountColumns();

  /** Puts a row in the place of the one of the same shape and days. */
  set({ shape, occurred, recorded, n }: CountRow): void {
    const change = this.cells.set(shape, occurred, recorded, n);
    if (change === 0) return;
    this.byOccurred.add(shape, occurred, 0, change);
    this.byRecorded.add(shape, 0, recorded, change);
    this.byShape.add(shape, 0, 0, change);
  }

  /** How many there are of each shape, whose number is the index; of shapes beyond the last one there are none. */
  sums(within: Within): Float64Array {
    return this.columns(within, {}).sums(within);
  }

  /** What was counted, summed up over the days that are not told, which are 0 there, but for those that limit it. */
  columns({ occurred, recorded }: Within, told: Told): CountColumns {
    const byOccurred = told.occurred === true || isLimited(occurred);
    const byRecorded = told.recorded === true || isLimited(recorded);
    if (byOccurred) return byRecorded ? this.cells : this.byOccurred;
    return byRecorded ? this.byRecorded : this.byShape;
  }
}

function isLimited({ first, last }: DayRange): boolean {
  return first !== -Infinity || last !== Infinity;
}
