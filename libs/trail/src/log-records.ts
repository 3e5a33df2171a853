/** A block's place in the order of the log. */
export interface SequencedBlock {
  readonly task: number;
  readonly n: number;
  /** Number of entries. */
  readonly count: number;
}

/** What of a block goes into the tree. */
export interface HashedBlock extends SequencedBlock {
  /** The entries' RFC 6962 leaf hashes, 32 bytes each. */
  readonly hashes: Buffer;
  /** ms since the epoch. */
  readonly recordedAt: number;
}

/** Blocks that are put into the log together; see `SequenceDocument`. */
export interface Sequence {
  /** Log index of the first entry. */
  readonly start: number;
  /** Log index after the last entry, greater than `start`. */
  readonly end: number;
  readonly blocks: readonly SequencedBlock[];
  /** For every task seen so far, the number of its first block that is not in the log yet. */
  readonly next: ReadonlyMap<number, number>;
  /** Id of the notary's session. */
  readonly notary: string;
  /** ms since the epoch. */
  readonly sequencedAt: number;
}
