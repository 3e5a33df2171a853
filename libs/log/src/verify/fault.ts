/** What is wrong, as programs tell it apart. */
export type FaultKind =
  | 'entry'
  | 'bundle'
  | 'tile'
  | 'checkpoint'
  | 'held'
  | 'key'
  | 'cosignature'
  | 'block'
  | 'sequence'
  | 'offset'
  | 'pruning'
  | 'register';

/** One thing that is wrong. */
export interface Fault {
  readonly kind: FaultKind;
  /** Which one, such as `tile/1/000`, `entry 785 (3/17/4)`, `checkpoint 70000` or `orders, partition 2`. */
  readonly where: string;
  /** What is wrong with it; a clause in the user's words, without a full stop. */
  readonly message: string;
}

/** Where a check tells what it finds. */
export type OnFault = (fault: Fault) => void;

/** Counts all faults and keeps the first. */
export class Faults {
  count = 0;
  readonly first: Fault[] = [];

  constructor(private readonly limit: number) {}

  readonly add: OnFault = (fault) => {
    this.count++;
    if (this.first.length < this.limit) this.first.push(fault);
  };
}
