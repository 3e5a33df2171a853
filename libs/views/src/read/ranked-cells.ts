import { larger } from './larger.js';

const FEW = 256;

/** Numbers by two indexes, which are sorted as arrays of numbers: there may be tens of thousands, asked for many times a second. */
export class RankedCells {
  size = 0;
  private rows = new Int32Array(FEW);
  private columns = new Int32Array(FEW);
  private counts = new Float64Array(FEW);

  add(row: number, column: number, count: number): void {
    if (this.size === this.rows.length) this.grow();
    this.rows[this.size] = row;
    this.columns[this.size] = column;
    this.counts[this.size++] = count;
  }

  /**
   * All of them in order, each made when it is asked for.
   *
   * @param by what they are sorted by, the most significant first: a rank, from 0, for each row or for each column
   * @param make told the row, the column and the number
   */
  *inOrder<T>(by: readonly Ranks[], make: (row: number, column: number, count: number) => T): Generator<T, undefined> {
    let order = new Int32Array(this.size).map((_, cell) => cell);
    for (const { of, ranks, most } of by.toReversed()) {
      order = sortedBy(order, of === 'row' ? this.rows : this.columns, ranks, most);
    }
    for (const cell of order) {
      yield make(this.rows[cell] as number, this.columns[cell] as number, this.counts[cell] as number);
    }
  }

  private grow(): void {
    this.rows = larger(this.rows);
    this.columns = larger(this.columns);
    this.counts = larger(this.counts);
  }
}

/** Where rows, or columns, stand among each other. */
export interface Ranks {
  readonly of: 'row' | 'column';
  /** By index of the row or column. */
  readonly ranks: Int32Array;
  /** How many ranks there are. */
  readonly most: number;
}

/** Counting sort: keeps the order of those of one rank. */
function sortedBy(order: Int32Array, indexes: Int32Array, ranks: Int32Array, most: number): Int32Array<ArrayBuffer> {
  const starts = new Int32Array(most + 1);
  const rankOf = (cell: number): number => ranks[indexes[cell] as number] as number;
  for (const cell of order) (starts[rankOf(cell) + 1] as number)++;
  for (let rank = 0; rank < most; rank++) starts[rank + 1] = (starts[rank + 1] as number) + (starts[rank] as number);
  const sorted = new Int32Array(order.length);
  for (const cell of order) {
    const rank = rankOf(cell);
    const at = starts[rank] as number;
    sorted[at] = cell;
    starts[rank] = at + 1;
  }
  return sorted;
}
