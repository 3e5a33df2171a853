import { EMPTY_ROOT, HASH_BYTES, nodeHash, perfectRoot } from './hashes.js';
import { LogFormatError } from './errors.js';
import { TILE_WIDTH, tileRoot } from './tiles.js';

/** A tile that an append completed. */
export interface FullTile {
  level: number;
  index: number;
  /** 256 times 32 bytes. */
  hashes: Buffer;
  /** The hash that stands for it on the level above; 32 bytes. */
  root: Buffer;
}

const TILE_BYTES = TILE_WIDTH * HASH_BYTES;

/** The hashes of one level that are in no full tile yet. */
interface Edge {
  hashes: Buffer;
  /** Bytes in use. */
  length: number;
}

/**
 * The right edge of the tree: all that is needed to append to it and to know its root. It keeps one partial tile for
 * each level, so its size is the logarithm of the log's.
 */
export class Frontier {
  #size: number;
  readonly #edges: Edge[];

  private constructor(size: number, edges: Edge[]) {
    this.#size = size;
    this.#edges = edges;
  }

  /** The edge of the tree without entries. */
  static empty(): Frontier {
    return new Frontier(0, []);
  }

  /**
   * The edge of a tree that is there already.
   *
   * @param edges the partial tile of each level, as concatenated hashes: on level l `floor(size / 256^l) mod 256`
   *   (C2SP tlog-tiles, "Partial Tiles"); empty ones at the end may be left out
   * @throws LogFormatError where a level has another number of hashes
   */
  static at(size: number, edges: readonly Uint8Array[]): Frontier {
    const copies: Edge[] = [];
    for (let level = 0, hashes = size; hashes > 0 || level < edges.length; level++) {
      const edge = edges[level] ?? new Uint8Array();
      const length = (hashes % TILE_WIDTH) * HASH_BYTES;
      if (edge.length !== length) {
        throw new LogFormatError(
          `The partial tile of level ${level} has ${length} bytes in a log of ${size} entries, not ${edge.length}.`,
        );
      }
      copies.push(edgeOf(edge));
      hashes = Math.floor(hashes / TILE_WIDTH);
    }
    return new Frontier(size, copies);
  }

  /** Entries in the tree. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds entries by their leaf hashes.
   *
   * @param leafHashes concatenated, 32 bytes each
   * @returns the tiles completed by it: level 0 ascending, then level 1, …
   * @throws LogFormatError unless the length is a multiple of 32; nothing is added then
   */
  append(leafHashes: Uint8Array): FullTile[] {
    if (leafHashes.length % HASH_BYTES !== 0) {
      throw new LogFormatError(`Leaf hashes have 32 bytes each, and ${leafHashes.length} bytes are not whole hashes.`);
    }
    const tiles: FullTile[] = [];
    let added = leafHashes;
    for (let level = 0, before = this.#size; added.length > 0; level++) {
      const full = this.#fill(level, before, added);
      tiles.push(...full);
      added = Buffer.concat(full.map((tile) => tile.root));
      before = Math.floor(before / TILE_WIDTH);
    }
    this.#size += leafHashes.length / HASH_BYTES;
    return tiles;
  }

  /** Root of the tree (RFC 6962 §2.1); 32 bytes. */
  root(): Buffer {
    let root: Buffer | null = null;
    for (const { hashes, length } of this.#edges) {
      // From the right: the perfect subtrees of a partial tile have the sizes of its width's binary digits.
      for (let end = length, bytes = HASH_BYTES; end > 0; bytes *= 2) {
        if ((length & bytes) === 0) continue;
        const subtree = perfectRoot(hashes.subarray(end - bytes, end));
        root = root === null ? subtree : nodeHash(subtree, root);
        end -= bytes;
      }
    }
    return root ?? Buffer.from(EMPTY_ROOT);
  }

  /** The hashes of the partial tile on a level, concatenated; empty where there is none. */
  edge(level: number): Buffer {
    const edge = this.#edges[level];
    return edge === undefined ? Buffer.alloc(0) : Buffer.from(edge.hashes.subarray(0, edge.length));
  }

  /** @param before hashes that the level had before */
  #fill(level: number, before: number, added: Uint8Array): FullTile[] {
    const edge = (this.#edges[level] ??= edgeOf(new Uint8Array()));
    const tiles: FullTile[] = [];
    let index = Math.floor(before / TILE_WIDTH);
    for (let at = 0; at < added.length;) {
      const part = added.subarray(at, at + TILE_BYTES - edge.length);
      edge.hashes.set(part, edge.length);
      edge.length += part.length;
      at += part.length;
      if (edge.length < TILE_BYTES) break;
      const hashes = Buffer.from(edge.hashes);
      tiles.push({ level, index: index++, hashes, root: tileRoot(hashes) });
      edge.length = 0;
    }
    return tiles;
  }
}

function edgeOf(content: Uint8Array): Edge {
  const hashes = Buffer.alloc(TILE_BYTES);
  hashes.set(content);
  return { hashes, length: content.length };
}
