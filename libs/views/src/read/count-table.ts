import type { CountRow } from '../projection.js';

/** All counts, in flat memory: hundreds of thousands of rows are gone through in a millisecond or two. */
export class CountTable {
  private readonly places = new Map<string, number>();
  private shapes = new Int32Array(1024);
  private occurred = new Int32Array(1024);
  private recorded = new Int32Array(1024);
  private counts = new Float64Array(1024);
  private length = 0;

  /** Puts a row in the place of the one of the same shape and days. */
  set({ shape, occurred, recorded, n }: CountRow): void {
    const key = `${shape}/${occurred}/${recorded}`;
    let at = this.places.get(key);
    if (at === undefined) {
      at = this.length++;
      if (at === this.shapes.length) this.grow();
      this.places.set(key, at);
      this.shapes[at] = shape;
      this.occurred[at] = occurred;
      this.recorded[at] = recorded;
    }
    this.counts[at] = n;
  }

  /**
   * Visits the rows of wanted shapes and days.
   *
   * @param wanted 1 for each shape (its number is the index) that is wanted
   * @param within by day, both ends inclusive
   */
  forEach(
    wanted: Uint8Array,
    { occurred, recorded }: { occurred: DayRange; recorded: DayRange },
    visit: (shape: number, occurred: number, recorded: number, n: number) => void,
  ): void {
    for (let i = 0; i < this.length; i++) {
      const shape = this.shapes[i] as number;
      if (wanted[shape] !== 1) continue;
      const day = this.occurred[i] as number;
      const recordedDay = this.recorded[i] as number;
      if (day < occurred.first || day > occurred.last) continue;
      if (recordedDay < recorded.first || recordedDay > recorded.last) continue;
      visit(shape, day, recordedDay, this.counts[i] as number);
    }
  }

  private grow(): void {
    const size = this.shapes.length * 2;
    this.shapes = copyInto(new Int32Array(size), this.shapes);
    this.occurred = copyInto(new Int32Array(size), this.occurred);
    this.recorded = copyInto(new Int32Array(size), this.recorded);
    this.counts = copyInto(new Float64Array(size), this.counts);
  }
}

/** Days since 1970-01-01 in UTC, both inclusive. */
export interface DayRange {
  readonly first: number;
  readonly last: number;
}

export const ALL_DAYS: DayRange = { first: -Infinity, last: Infinity };

function copyInto<T extends Int32Array | Float64Array>(larger: T, from: T): T {
  larger.set(from);
  return larger;
}
