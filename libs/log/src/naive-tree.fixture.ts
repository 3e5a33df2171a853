import { createHash } from 'node:crypto';
import type { HashReader } from './proofs.js';

const sha256 = (...parts: Uint8Array[]) => {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest();
};

/**
 * The tree of RFC 6962 §2.1 written down as the RFC defines it, by recursion over ranges of entries, to hold the fast
 * one against. Hashes of perfect subtrees are kept, as they recur.
 */
export class NaiveTree {
  readonly leaves: Buffer[];
  readonly #perfect = new Map<string, Buffer>();

  constructor(entries: readonly Uint8Array[]) {
    this.leaves = entries.map((entry) => sha256(Buffer.of(0), entry));
  }

  /** A tree over the numbers below `size`, in four bytes each. */
  static ofNumbers(size: number): NaiveTree {
    return new NaiveTree(Array.from({ length: size }, (_, i) => entryOf(i)));
  }

  /** MTH(D[from:to]). */
  root(to: number, from = 0): Buffer {
    if (to === from) return sha256();
    if (to - from === 1) return this.leaves[from] as Buffer;
    const key = Number.isInteger(Math.log2(to - from)) ? `${from}:${to}` : null;
    const known = key === null ? undefined : this.#perfect.get(key);
    if (known !== undefined) return known;
    const k = from + splitOf(to - from);
    const hash = sha256(Buffer.of(1), this.root(k, from), this.root(to, k));
    if (key !== null) this.#perfect.set(key, hash);
    return hash;
  }

  /** PATH(m, D[from:to]), m counted from `from`. */
  path(m: number, to: number, from = 0): Buffer[] {
    if (to - from === 1) return [];
    const k = splitOf(to - from);
    return m < k
      ? [...this.path(m, from + k, from), this.root(to, from + k)]
      : [...this.path(m - k, to, from + k), this.root(from + k, from)];
  }

  /** PROOF(m, D[n]). */
  proof(m: number, n: number): Buffer[] {
    return m === 0 ? [] : this.#subproof(m, 0, n, true);
  }

  /** The first `width` hashes of a tile, as C2SP tlog-tiles defines them. */
  tile(level: number, index: number, width: number): Buffer {
    const below = 256 ** level;
    return Buffer.concat(
      Array.from({ length: width }, (_, i) => this.root((index * 256 + i + 1) * below, (index * 256 + i) * below)),
    );
  }

  readonly reader: HashReader = (tiles) =>
    Promise.resolve(tiles.map(({ level, index, width }) => this.tile(level, index, width)));

  #subproof(m: number, from: number, to: number, whole: boolean): Buffer[] {
    if (m === to - from) return whole ? [] : [this.root(to, from)];
    const k = splitOf(to - from);
    return m <= k
      ? [...this.#subproof(m, from, from + k, whole), this.root(to, from + k)]
      : [...this.#subproof(m - k, from + k, to, false), this.root(from + k, from)];
  }
}

export function entryOf(i: number): Buffer {
  const entry = Buffer.alloc(4);
  entry.writeUInt32BE(i);
  return entry;
}

function splitOf(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
