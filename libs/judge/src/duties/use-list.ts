import { LEGAL_BASES, type LegalBasis } from '#libs/events';
import type { UseFact } from '../fact.js';

/** Numbers of a use: when it was, when its data was collected (NaN: not stated), and its basis. */
const NUMBERS = 3;
/** Lists of up to so many uses are copied to grow: one that is pushed to makes room for sixteen more at once. */
const COPY_TO = 8;

/**
 * Uses in an order. Their numbers and their purposes lie side by side: there are some for nearly everybody, one person's
 * are looked at with each event, and as objects they would take three times the memory, all over it.
 */
export class UseList {
  private purposes: string[] = [];
  private numbers: number[] = [];

  static of(uses: Iterable<UseFact>): UseList {
    const list = new UseList();
    for (const use of uses) list.push(use);
    return list;
  }

  get length(): number {
    return this.purposes.length;
  }

  /** The purpose of the use at a place, which is less work than all of it. */
  purposeAt(i: number): string {
    return this.purposes[i] as string;
  }

  at(i: number): UseFact {
    const { numbers } = this;
    const collectedAt = numbers[NUMBERS * i + 1] as number;
    return {
      at: numbers[NUMBERS * i] as number,
      purpose: this.purposes[i] as string,
      basis: LEGAL_BASES[numbers[NUMBERS * i + 2] as number] as LegalBasis,
      collectedAt: Number.isNaN(collectedAt) ? null : collectedAt,
    };
  }

  *[Symbol.iterator](): Generator<UseFact> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  push(use: UseFact): void {
    if (this.length < COPY_TO) {
      this.purposes = this.purposes.concat(use.purpose);
      this.numbers = this.numbers.concat(numbersOf(use));
    } else {
      this.purposes.push(use.purpose);
      this.numbers.push(...numbersOf(use));
    }
  }

  insert(i: number, use: UseFact): void {
    this.purposes.splice(i, 0, use.purpose);
    this.numbers.splice(NUMBERS * i, 0, ...numbersOf(use));
  }

  remove(i: number): void {
    this.purposes.splice(i, 1);
    this.numbers.splice(NUMBERS * i, NUMBERS);
  }

  /** Has the uses at two places change them. */
  swap(i: number, j: number): void {
    if (i === j) return;
    exchange(this.purposes, i, j);
    for (let k = 0; k < NUMBERS; k++) exchange(this.numbers, NUMBERS * i + k, NUMBERS * j + k);
  }
}

function numbersOf({ at, collectedAt, basis }: UseFact): number[] {
  return [at, collectedAt ?? NaN, LEGAL_BASES.indexOf(basis)];
}

function exchange<T>(list: T[], i: number, j: number): void {
  const kept = list[i] as T;
  list[i] = list[j] as T;
  list[j] = kept;
}
