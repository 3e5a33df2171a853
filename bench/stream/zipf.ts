import type { Random } from '../../apps/local/src/traffic/random.js';

/** Zipf's law over ranks 0 to `ranks - 1`: rank k is drawn in proportion to 1 / (k + 1) ** exponent. Exact, by table. */
export class Zipf {
  readonly #cumulative: Float64Array;

  constructor(ranks: number, exponent: number) {
    this.#cumulative = new Float64Array(ranks);
    let sum = 0;
    for (let rank = 0; rank < ranks; rank++) this.#cumulative[rank] = sum += (rank + 1) ** -exponent;
  }

  draw(random: Random): number {
    const table = this.#cumulative;
    const mark = random.fraction() * table[table.length - 1]!;
    let low = 0;
    let high = table.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (table[middle]! > mark) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
