/** Multiplier of Fibonacci hashing: 2^32 divided by the golden ratio. */
const SPREAD = 0x9e37_79b1;

const FEW_BITS = 4;

/**
 * Where in a list of whole numbers each stands, kept outside of the heap: of hundreds of thousands of numbers in maps the
 * garbage collector would look at each, again and again.
 */
export class IntIndex {
  size = 0;
  private bits = FEW_BITS;
  /** By hash: 1 + where it stands; 0: nothing. Half of them are free, at least. */
  private slots = new Int32Array(2 ** FEW_BITS);
  private numbers = new Int32Array(2 ** (FEW_BITS - 1));

  /** undefined: it is none of them. */
  find(number: number): number | undefined {
    const place = this.slots[this.slotOf(number)] as number;
    return place === 0 ? undefined : place - 1;
  }

  /** @returns where it stands, at the end if it is a new one */
  add(number: number): number {
    const slot = this.slotOf(number);
    const place = this.slots[slot] as number;
    if (place > 0) return place - 1;
    if (this.size === this.numbers.length) {
      this.grow();
      return this.add(number);
    }
    this.numbers[this.size] = number;
    this.slots[slot] = ++this.size;
    return this.size - 1;
  }

  /** The number that stands there. */
  at(place: number): number {
    return this.numbers[place] as number;
  }

  /** Where it is, or would be: linear probing. */
  private slotOf(number: number): number {
    const last = this.slots.length - 1;
    let slot = Math.imul(number, SPREAD) >>> (32 - this.bits);
    for (;;) {
      const place = this.slots[slot] as number;
      if (place === 0 || this.numbers[place - 1] === number) return slot;
      slot = (slot + 1) & last;
    }
  }

  private grow(): void {
    const numbers = this.numbers;
    this.bits++;
    this.slots = new Int32Array(2 ** this.bits);
    this.numbers = new Int32Array(2 ** (this.bits - 1));
    this.size = 0;
    for (const number of numbers) this.add(number);
  }
}
