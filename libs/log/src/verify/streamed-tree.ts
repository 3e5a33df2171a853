import { emptyTreeHash, SHA256_BYTES, writeNodeHash } from './sha256.js';

/** Hashes of a full tile (C2SP tlog-tiles, "Merkle Tree"). */
export const FULL_TILE = 256;

const LEVEL_HEIGHT = 8;
/** Subtrees that a tree of less than 2^53 leaves can consist of, and one that is being added. */
const MAX_SUBTREES = 54;
const MAX_LEVELS = 8;

/** A full tile that the leaves so far complete. */
export interface BuiltTile {
  readonly level: number;
  readonly index: number;
  /** 256 hashes. */
  readonly hashes: Buffer;
  /** The hash that stands for the tile on the level above. */
  readonly root: Buffer;
}

/**
 * The RFC 6962 tree of leaves that come one after the other: a stack of complete subtrees, as an adding machine carries.
 * Its root, and each tile as it becomes full.
 *
 * It is the verifier's own: the code that writes the log is made differently, so that a fault in one shows in the other.
 */
export class StreamedTree {
  private leaves = 0;
  /** Roots of the complete subtrees, the largest first; sizes are the powers of two in `leaves`. */
  private readonly stack = Buffer.alloc(MAX_SUBTREES * SHA256_BYTES);
  private depth = 0;
  /** Hashes of the tile of each level that is not full yet. */
  private readonly open = Array.from({ length: MAX_LEVELS }, () => Buffer.alloc(FULL_TILE * SHA256_BYTES));
  private readonly openWidth = new Array<number>(MAX_LEVELS).fill(0);

  /** @param onTile gets each full tile; its buffers are its own */
  constructor(private readonly onTile: (tile: BuiltTile) => void = () => undefined) {}

  get size(): number {
    return this.leaves;
  }

  /** Adds the leaf hash at `at` of `hashes`. */
  add(hashes: Buffer, at: number): void {
    this.carry(0, hashes, at);
  }

  /**
   * Adds a whole subtree of 256^level leaves of which only the hash is known: how a tree begins whose first leaves are
   * no longer there. From the highest level to the lowest, before any leaf.
   */
  addSubtree(level: number, hash: Buffer): void {
    if (this.leaves % FULL_TILE ** level !== 0) throw new RangeError(`no place for a subtree of level ${level}`);
    this.carry(level, hash, 0);
  }

  /** The root hash. */
  root(): Buffer {
    if (this.leaves === 0) return emptyTreeHash();
    const both = Buffer.alloc(2 * SHA256_BYTES);
    const hash = Buffer.from(this.slot(this.depth - 1));
    for (let i = this.depth - 2; i >= 0; i--) {
      this.slot(i).copy(both, 0);
      hash.copy(both, SHA256_BYTES);
      writeNodeHash(both, 0, hash, 0);
    }
    return hash;
  }

  /** The hashes of the tile of a level that is not full; empty where there is none. A view. */
  partial(level: number): Buffer {
    return this.openTile(level).subarray(0, (this.openWidth[level] ?? 0) * SHA256_BYTES);
  }

  private carry(level: number, hash: Buffer, at: number): void {
    hash.copy(this.stack, this.depth * SHA256_BYTES, at, at + SHA256_BYTES);
    this.depth++;
    this.append(level);
    let nodes = Math.floor(this.leaves / FULL_TILE ** level);
    this.leaves += FULL_TILE ** level;
    for (let height = level * LEVEL_HEIGHT + 1; nodes % 2 === 1; height++) {
      const left = (this.depth - 2) * SHA256_BYTES;
      writeNodeHash(this.stack, left, this.stack, left);
      this.depth--;
      nodes = (nodes - 1) / 2;
      if (height % LEVEL_HEIGHT === 0) {
        this.complete(height / LEVEL_HEIGHT - 1);
        this.append(height / LEVEL_HEIGHT);
      }
    }
  }

  /** The newest subtree becomes a hash of the open tile of its level. */
  private append(level: number): void {
    const width = this.openWidth[level] ?? 0;
    this.slot(this.depth - 1).copy(this.openTile(level), width * SHA256_BYTES);
    this.openWidth[level] = width + 1;
  }

  private complete(level: number): void {
    this.openWidth[level] = 0;
    this.onTile({
      level,
      index: this.leaves / FULL_TILE ** (level + 1) - 1,
      hashes: Buffer.from(this.openTile(level)),
      root: Buffer.from(this.slot(this.depth - 1)),
    });
  }

  private slot(i: number): Buffer {
    return this.stack.subarray(i * SHA256_BYTES, (i + 1) * SHA256_BYTES);
  }

  private openTile(level: number): Buffer {
    const tile = this.open[level];
    if (tile === undefined) throw new RangeError(`a log of less than 2^53 entries has no level ${level}`);
    return tile;
  }
}
