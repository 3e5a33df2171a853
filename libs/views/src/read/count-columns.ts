import { IntIndex } from './int-index.js';
import { larger } from './larger.js';

/** Days since 1970-01-01 in UTC, both inclusive. */
export interface DayRange {
  readonly first: number;
  readonly last: number;
}

/** Days that are counted. */
export interface Within {
  readonly occurred: DayRange;
  readonly recorded: DayRange;
}

/** The day that entries occurred on and the one that they were recorded on; by which they are not told apart, it is 0. */
export interface DayPair {
  readonly occurred: number;
  readonly recorded: number;
}

/** Days of usual times; other pairs have texts as keys. */
const USUAL_DAYS = 2 ** 16;

/** Numbers by shape and pair of days: a walk over hundreds of thousands takes a millisecond or two. */
export class CountColumns {
  /** Pairs that were met, by their numbers. */
  readonly pairs: DayPair[] = [];
  private readonly pairNumbers = new Map<number | string, number>();
  private readonly shapes: Column[] = [];

  /** @returns by how much the number changed */
  set(shape: number, occurred: number, recorded: number, n: number): number {
    return this.column(shape).set(this.pair(occurred, recorded), n);
  }

  add(shape: number, occurred: number, recorded: number, n: number): void {
    this.column(shape).add(this.pair(occurred, recorded), n);
  }

  /** 1 for each pair that is within, by their numbers. */
  mask({ occurred, recorded }: Within): Uint8Array {
    return Uint8Array.from(this.pairs, (pair) =>
      isIn(occurred, pair.occurred) && isIn(recorded, pair.recorded) ? 1 : 0,
    );
  }

  /** How many there are of each shape, whose number is the index; of shapes beyond the last one there are none. */
  sums(within: Within): Float64Array {
    const mask = this.mask(within);
    return Float64Array.from(this.shapes, (column) => column.sum(mask));
  }

  /**
   * Visits what was counted of a shape.
   *
   * @param mask of the pairs
   * @param visit told the number of the pair, and how many there are
   */
  forEach(shape: number, mask: Uint8Array, visit: (pair: number, n: number) => void): void {
    this.shapes[shape]?.forEach(mask, visit);
  }

  /** Whether there are any of these shapes at any of these pairs, which are given by their numbers. */
  haveAny(shapes: readonly number[], pairs: readonly number[]): boolean {
    return shapes.some((shape) => {
      const column = this.shapes[shape];
      return column !== undefined && pairs.some((pair) => column.has(pair));
    });
  }

  private column(shape: number): Column {
    while (this.shapes.length <= shape) this.shapes.push(new Column());
    return this.shapes[shape] as Column;
  }

  private pair(occurred: number, recorded: number): number {
    const isUsual = occurred >= 0 && occurred < USUAL_DAYS && recorded >= 0 && recorded < USUAL_DAYS;
    const key = isUsual ? occurred * USUAL_DAYS + recorded : `${occurred}/${recorded}`;
    const known = this.pairNumbers.get(key);
    if (known !== undefined) return known;
    const pair = this.pairs.push({ occurred, recorded }) - 1;
    this.pairNumbers.set(key, pair);
    return pair;
  }
}

const FEW = 8;

/** Numbers of one shape. */
class Column {
  private readonly pairs = new IntIndex();
  private counts = new Float64Array(FEW);

  set(pair: number, n: number): number {
    const row = this.row(pair);
    const change = n - (this.counts[row] as number);
    this.counts[row] = n;
    return change;
  }

  add(pair: number, n: number): void {
    const row = this.row(pair);
    this.counts[row] = (this.counts[row] as number) + n;
  }

  sum(mask: Uint8Array): number {
    let sum = 0;
    for (let row = 0; row < this.pairs.size; row++) {
      if (mask[this.pairs.at(row)] === 1) sum += this.counts[row] as number;
    }
    return sum;
  }

  forEach(mask: Uint8Array, visit: (pair: number, n: number) => void): void {
    for (let row = 0; row < this.pairs.size; row++) {
      const pair = this.pairs.at(row);
      if (mask[pair] === 1) visit(pair, this.counts[row] as number);
    }
  }

  has(pair: number): boolean {
    const row = this.pairs.find(pair);
    return row !== undefined && this.counts[row] !== 0;
  }

  private row(pair: number): number {
    const row = this.pairs.add(pair);
    if (row === this.counts.length) this.counts = larger(this.counts);
    return row;
  }
}

function isIn({ first, last }: DayRange, day: number): boolean {
  return day >= first && day <= last;
}
