import { HASH_BYTES, perfectRoot } from './hashes.js';
import { LogFormatError } from './errors.js';

/** Hashes of a full tile (C2SP tlog-tiles, "Merkle Tree"). */
export const TILE_WIDTH = 256;

const MAX_LEVEL = 63;

/** A tile, or part of one: its first `width` hashes. */
export interface TileId {
  /** 0 (leaf hashes) to 63. */
  level: number;
  /** Place in its level, from 0. */
  index: number;
  /** 1 to 256; 256 is a full tile. */
  width: number;
}

/** What a path under `/log/` names. */
export type LogPath = ({ kind: 'tile' } & TileId) | { kind: 'entries'; index: number; width: number };

const PATH = /^tile\/(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;

/**
 * How many hashes a tile has in a tree of that size: 0 where there is none, 256 where it is full. On level l there are
 * `floor(size / 256^l)` hashes (C2SP tlog-tiles, "Partial Tiles").
 */
export function tileWidth(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}

/**
 * @returns `tile/<L>/<N>[.p/<W>]`, for instance `tile/0/x001/067.p/5`
 * @throws RangeError for what no tile is
 */
export function tilePath({ level, index, width }: TileId): string {
  if (!Number.isInteger(level) || level < 0 || level > MAX_LEVEL) throw new RangeError(`no tile has level ${level}`);
  return `tile/${level}/${place(index, width)}`;
}

/**
 * @returns `tile/entries/<N>[.p/<W>]`
 * @throws RangeError for what no bundle is
 */
export function bundlePath({ index, width }: Omit<TileId, 'level'>): string {
  return `tile/entries/${place(index, width)}`;
}

/** What a path names, or null where it is not the one way to write it (C2SP tlog-tiles, "Merkle Tree"). */
export function parseLogPath(path: string): LogPath | null {
  const [, of = '', groups = '', partial] = PATH.exec(path) ?? [];
  const digits = groups.replaceAll(/[x/]/g, '');
  const index = Number(digits);
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  const canonical = digits.length > 0 && (digits.length === 3 || !digits.startsWith('000'));
  if (!canonical || !Number.isSafeInteger(index)) return null;
  if (partial !== undefined && width >= TILE_WIDTH) return null;
  if (of === 'entries') return { kind: 'entries', index, width };
  const level = Number(of);
  return level > MAX_LEVEL ? null : { kind: 'tile', level, index, width };
}

/**
 * The hash that stands for a full tile on the level above.
 *
 * @param hashes 256 times 32 bytes
 * @throws LogFormatError if it is not full
 */
export function tileRoot(hashes: Uint8Array): Buffer {
  if (hashes.length !== TILE_WIDTH * HASH_BYTES) {
    throw new LogFormatError(`A full tile has ${TILE_WIDTH * HASH_BYTES} bytes, not ${hashes.length}.`);
  }
  return perfectRoot(hashes);
}

function place(index: number, width: number): string {
  if (!Number.isSafeInteger(index) || index < 0) throw new RangeError(`no tile has index ${index}`);
  if (!Number.isInteger(width) || width < 1 || width > TILE_WIDTH) throw new RangeError(`no tile has width ${width}`);
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/.{3}/g) as string[];
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
  return width === TILE_WIDTH ? path : `${path}.p/${width}`;
}
