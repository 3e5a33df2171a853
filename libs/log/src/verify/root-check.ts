import type { OnFault } from './fault.js';
import type { StreamedTree } from './streamed-tree.js';

/** A root that the log, or somebody who kept a checkpoint of it, says a size has. */
export interface RootClaim {
  readonly size: number;
  /** 32 bytes. */
  readonly root: Buffer;
  /** `held`: somebody kept it from an earlier day, so that no administrator of the log could change it since. */
  readonly by: 'checkpoint' | 'held';
}

/** Claims that were looked at are let go from time to time. */
const LET_GO = 1_024;

/**
 * Holds the roots that are claimed against those of the tree, as it grows. Where history differs, all checkpoints from
 * there on are wrong: the first of a row is named, the others are counted.
 */
export class RootCheck {
  private readonly claims: RootClaim[] = [];
  private next = 0;
  private rightCount = 0;
  /** Size of the last checkpoint, where it was right. */
  private lastRight: number | null = null;
  private inRow = false;
  private unnamed = 0;

  constructor(
    private readonly tree: StreamedTree,
    private readonly onFault: OnFault,
  ) {}

  /** The size at which the tree has to be looked at next; Infinity where there is none. */
  get nextSize(): number {
    return this.claims[this.next]?.size ?? Infinity;
  }

  /** Number of checkpoints whose root is the tree's. */
  get right(): number {
    return this.rightCount;
  }

  /** Adds a claim on a size that the tree has not outgrown. */
  expect(claim: RootClaim): void {
    if (this.next > LET_GO) {
      this.claims.splice(0, this.next);
      this.next = 0;
    }
    let at = this.claims.length;
    while (at > this.next && (this.claims[at - 1] as RootClaim).size > claim.size) at--;
    this.claims.splice(at, 0, claim);
  }

  /** Checks every claim on the size that the tree has now; to be called whenever it has reached `nextSize`. */
  check(): void {
    const root = this.tree.root();
    for (; this.nextSize === this.tree.size; this.next++) this.hold(this.claims[this.next] as RootClaim, root);
  }

  /** Tells of what could not be checked because the log ends before, and sums up. */
  end(): void {
    const { size } = this.tree;
    for (; this.next < this.claims.length; this.next++) {
      const claim = this.claims[this.next] as RootClaim;
      const why = `it is larger than the log, which has ${size.toLocaleString('en')} entries`;
      if (claim.by === 'checkpoint') this.wrongCheckpoint(claim.size, why);
      else this.wrongHeld(claim.size, `${why}: its end was cut off, or it is not the same log`);
    }
    if (this.unnamed > 0) {
      this.onFault({
        kind: 'checkpoint',
        where: 'later checkpoints',
        message: `${this.unnamed} more are wrong in the same way`,
      });
    }
  }

  private hold({ size, root, by }: RootClaim, actual: Buffer): void {
    const same = root.equals(actual);
    if (by === 'held') {
      if (!same)
        this.wrongHeld(size, 'at this size the log has another root: its history was rewritten, or it is a fork');
    } else if (same) {
      this.rightCount++;
      this.lastRight = size;
      this.inRow = false;
    } else {
      const since = this.lastRight === null ? 'no checkpoint before it' : `the checkpoint of size ${this.lastRight}`;
      this.wrongCheckpoint(size, `its root is not that of the entries (the last that is right: ${since})`);
    }
  }

  private wrongCheckpoint(size: number, message: string): void {
    if (this.inRow) this.unnamed++;
    else this.onFault({ kind: 'checkpoint', where: `checkpoint ${size}`, message });
    this.inRow = true;
  }

  private wrongHeld(size: number, message: string): void {
    this.onFault({ kind: 'held', where: `held checkpoint ${size}`, message });
  }
}
