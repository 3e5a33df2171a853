import { SHA256_BYTES } from './sha256.js';
import type { BuiltTile } from './streamed-tree.js';
import type { OnFault } from './fault.js';

/** A tile as the log has it. */
export interface StoredTile {
  readonly hashes: Buffer;
  /** The hash it says stands for it a level above; null where the log does not say so (over HTTP). */
  readonly root: Buffer | null;
}

/**
 * Holds the tiles of the log against those rebuilt from its entries. The first wrong tile of each level is named, with
 * the first wrong hash; the others are counted.
 */
export class TileCheck {
  private checked = 0;
  /** Wrong tiles by level. */
  private readonly wrong = new Map<number, number>();

  constructor(private readonly onFault: OnFault) {}

  /** Number of tiles that are right. */
  get right(): number {
    let wrong = 0;
    for (const count of this.wrong.values()) wrong += count;
    return this.checked - wrong;
  }

  /** @param stored null: the log does not have it */
  check(
    built: Pick<BuiltTile, 'level' | 'index' | 'hashes'> & { root: Buffer | null },
    stored: StoredTile | null,
  ): void {
    this.checked++;
    const fault = stored === null ? 'it is missing' : difference(built, stored);
    if (fault === null) return;
    const count = this.wrong.get(built.level) ?? 0;
    this.wrong.set(built.level, count + 1);
    const width = built.hashes.length / SHA256_BYTES;
    if (count === 0) this.onFault({ kind: 'tile', where: tileName(built.level, built.index, width), message: fault });
  }

  /** Sums up. */
  end(): void {
    for (const [level, count] of this.wrong) {
      if (count === 1) continue;
      this.onFault({ kind: 'tile', where: `later tiles of level ${level}`, message: `${count - 1} more are wrong` });
    }
  }
}

/** The path of a tile under the log's prefix: `tile/0/x001/067.p/17` (C2SP tlog-tiles, "Merkle Tree"). */
export function tileName(level: number | 'entries', index: number, width: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) as string[];
  const last = groups.pop() as string;
  const path = [...groups.map((group) => `x${group}`), last].join('/');
  return `tile/${level}/${path}${width < 256 ? `.p/${width}` : ''}`;
}

function difference(built: { hashes: Buffer; root: Buffer | null; level: number; index: number }, stored: StoredTile) {
  if (stored.hashes.length !== built.hashes.length) {
    return `it has ${stored.hashes.length} bytes in place of ${built.hashes.length}`;
  }
  if (!stored.hashes.equals(built.hashes)) {
    const { first, count } = wrongHashes(built.hashes, stored.hashes);
    const others = count === 1 ? '' : ` (and ${count - 1} more of its hashes are wrong)`;
    const at = built.index * 256 + first;
    const whose = built.level === 0 ? `entry ${at}` : tileName(built.level - 1, at, 256);
    return `hash ${first} is not that of ${whose}${others}`;
  }
  if (stored.root !== null && built.root !== null && !stored.root.equals(built.root)) {
    return 'its root is not that of its hashes';
  }
  return null;
}

function wrongHashes(a: Buffer, b: Buffer): { first: number; count: number } {
  let first = -1;
  let count = 0;
  for (let at = 0; at < a.length; at += SHA256_BYTES) {
    if (a.compare(b, at, at + SHA256_BYTES, at, at + SHA256_BYTES) === 0) continue;
    if (first < 0) first = at / SHA256_BYTES;
    count++;
  }
  return { first, count };
}
