import type { CountRow } from '../projection.js';

/** Days since 1970-01-01 in UTC, both inclusive. */
export interface DayRange {
  readonly first: number;
  readonly last: number;
}

export const ALL_DAYS: DayRange = { first: -Infinity, last: Infinity };

/** Days that are counted. */
export interface Within {
  readonly occurred: DayRange;
  readonly recorded: DayRange;
}

/** Which days a visitor wants to know; those of the others are 0. */
export interface Told {
  readonly occurred?: boolean;
  readonly recorded?: boolean;
}

export type Visitor = (shape: number, occurred: number, recorded: number, n: number) => void;

/**
 * All counts, in flat memory, with their sums by shape and by shape and day: a question goes through no more rows than it
 * needs, hundreds of thousands in some milliseconds.
 */
export class CountTable {
  private readonly cells = new Rows();
  private readonly byOccurred = new Rows();
  private readonly byRecorded = new Rows();
  private readonly byShape = new Rows();

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
    return this.rowsFor(within, {}).sums(within);
  }

  /**
   * Visits what was counted of wanted shapes and days, summed up over the days that the visitor does not want to know.
   *
   * @param wanted 1 for each shape (its number is the index) that is wanted
   */
  forEach(wanted: Uint8Array, within: Within, told: Told, visit: Visitor): void {
    this.rowsFor(within, told).forEach(wanted, within, told, visit);
  }

  private rowsFor({ occurred, recorded }: Within, told: Told): Rows {
    const byOccurred = told.occurred === true || isLimited(occurred);
    const byRecorded = told.recorded === true || isLimited(recorded);
    if (byOccurred) return byRecorded ? this.cells : this.byOccurred;
    return byRecorded ? this.byRecorded : this.byShape;
  }
}

function isLimited({ first, last }: DayRange): boolean {
  return first !== -Infinity || last !== Infinity;
}

/** Days of usual times; with others, keys are texts. */
const USUAL_DAYS = 2 ** 16;

/** Numbers by shape and two days, as columns. A day by which they are not told apart is 0, within any range. */
class Rows {
  private readonly places = new Map<number | string, number>();
  private shapes = new Int32Array(1024);
  private occurred = new Int32Array(1024);
  private recorded = new Int32Array(1024);
  private counts = new Float64Array(1024);
  private length = 0;
  private lastShape = -1;

  /** @returns by how much the number changed */
  set(shape: number, occurred: number, recorded: number, n: number): number {
    const at = this.place(shape, occurred, recorded);
    const change = n - (this.counts[at] as number);
    this.counts[at] = n;
    return change;
  }

  add(shape: number, occurred: number, recorded: number, n: number): void {
    const at = this.place(shape, occurred, recorded);
    this.counts[at] = (this.counts[at] as number) + n;
  }

  sums({ occurred, recorded }: Within): Float64Array {
    const sums = new Float64Array(this.lastShape + 1);
    for (let i = 0; i < this.length; i++) {
      const day = this.occurred[i] as number;
      const recordedDay = this.recorded[i] as number;
      if (day < occurred.first || day > occurred.last) continue;
      if (recordedDay < recorded.first || recordedDay > recorded.last) continue;
      const shape = this.shapes[i] as number;
      sums[shape] = (sums[shape] as number) + (this.counts[i] as number);
    }
    return sums;
  }

  forEach(wanted: Uint8Array, { occurred, recorded }: Within, told: Told, visit: Visitor): void {
    for (let i = 0; i < this.length; i++) {
      const shape = this.shapes[i] as number;
      if (wanted[shape] !== 1) continue;
      const day = this.occurred[i] as number;
      const recordedDay = this.recorded[i] as number;
      if (day < occurred.first || day > occurred.last) continue;
      if (recordedDay < recorded.first || recordedDay > recorded.last) continue;
      visit(shape, told.occurred ? day : 0, told.recorded ? recordedDay : 0, this.counts[i] as number);
    }
  }

  private place(shape: number, occurred: number, recorded: number): number {
    const key = keyOf(shape, occurred, recorded);
    const known = this.places.get(key);
    if (known !== undefined) return known;
    const at = this.length++;
    if (at === this.shapes.length) this.grow();
    this.places.set(key, at);
    this.shapes[at] = shape;
    this.occurred[at] = occurred;
    this.recorded[at] = recorded;
    this.lastShape = Math.max(this.lastShape, shape);
    return at;
  }

  private grow(): void {
    const size = this.shapes.length * 2;
    this.shapes = copyInto(new Int32Array(size), this.shapes);
    this.occurred = copyInto(new Int32Array(size), this.occurred);
    this.recorded = copyInto(new Int32Array(size), this.recorded);
    this.counts = copyInto(new Float64Array(size), this.counts);
  }
}

function keyOf(shape: number, occurred: number, recorded: number): number | string {
  const usual = occurred >= 0 && occurred < USUAL_DAYS && recorded >= 0 && recorded < USUAL_DAYS;
  return usual ? (shape * USUAL_DAYS + occurred) * USUAL_DAYS + recorded : `${shape}/${occurred}/${recorded}`;
}

function copyInto<T extends Int32Array | Float64Array>(larger: T, from: T): T {
  larger.set(from);
  return larger;
}
