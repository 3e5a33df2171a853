import type { OnFault } from '#libs/log';
import type { Amendment, ChainCheck } from './chain-check.js';
import type { EntryFacts } from './entry-reader.js';

/** Finds the blocks in the entries of a log: each begins with an entry that states what it accounts for. */
export class PublicBlocks {
  /** Entries of blocks that state nothing (written before schema 1.1.0), or whose beginning was pruned. */
  entriesWithoutAccount = 0;
  private hashes: Buffer[] | null = null;
  private stated = false;

  constructor(
    private readonly chains: ChainCheck,
    private readonly onFault: OnFault,
  ) {}

  /** The next entry of the log; gives what it amends, as `ChainCheck.entry` does. */
  add(facts: EntryFacts, leafHash: Buffer, logIndex: number): Amendment | null {
    const { account, canAccount } = facts;
    // An entry by a writer that knows no accounts is of another block than those that do.
    if (account !== null || !canAccount) this.end();
    if (account !== null) {
      const { task, block: n, previous, ranges } = account;
      const block = { task, n, previous, digest: null, ranges, next: null, summary: null, recordedAt: null };
      this.chains.begin(block, logIndex);
      this.hashes = [];
      this.stated = true;
    }
    if (this.hashes === null) {
      if (canAccount && this.stated) {
        const message = 'no entry before it states what its block accounts for';
        this.onFault({ kind: 'entry', where: `entry ${logIndex}`, message });
      }
      this.entriesWithoutAccount++;
      this.chains.hasUnplaced = true;
      return null;
    }
    this.hashes.push(leafHash);
    return this.chains.entry(facts);
  }

  /** An entry that cannot be read. */
  skip(leafHash: Buffer): void {
    if (this.hashes === null) return;
    this.chains.skipEntry();
    this.hashes.push(leafHash);
  }

  /** No entry follows that is of the block by now. */
  end(): void {
    if (this.hashes !== null) this.chains.end(Buffer.concat(this.hashes));
    this.hashes = null;
  }
}
