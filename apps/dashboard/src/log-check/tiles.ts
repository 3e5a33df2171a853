/** Where the public log keeps its hashes (C2SP tlog-tiles, "Merkle Tree"). */

/** Hashes of a full tile. */
export const TILE_WIDTH = 256;

/** A tile, or part of one: its first `width` hashes, of 32 bytes each. */
export interface Tile {
  /** 0: leaf hashes; a hash of each further level stands for a full tile of the one below. */
  readonly level: number;
  /** Place in its level, from 0. */
  readonly index: number;
  /** 1 to 256; 256 is a full tile. */
  readonly width: number;
}

/** How many hashes a tile has in a tree of that size: 0 where there is none. */
export function tileWidth(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}

/** @example tilePath({ level: 0, index: 1067, width: 5 }) // 'tile/0/x001/067.p/5' */
export function tilePath({ level, index, width }: Tile): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) ?? [];
  const place = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${level}/${place}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}
