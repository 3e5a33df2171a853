/** What a log serves to everybody under `/log/` (C2SP tlog-tiles). */
import type { Bytes } from '../proof/bytes.js';
import { HASH_BYTES } from '../proof/inclusion.js';
import { TILE_WIDTH, tilePath, type Tile } from './tiles.js';

export interface PublicLog {
  /** The newest checkpoint, a signed note; null where the log has not begun. */
  checkpoint(): Promise<string | null>;
  /** Verifier keys, those in use first. */
  keys(): Promise<string[]>;
  /** @throws {NotServed} */
  tiles(tiles: readonly Tile[]): Promise<Bytes[]>;
}

/** The log does not answer, or has nothing where it should have something. */
export class NotServed extends Error {
  constructor(
    readonly path: string,
    /** Null where there was no answer. */
    readonly status: number | null,
  ) {
    super(`${path}: ${status ?? 'no answer'}`);
    this.name = 'NotServed';
  }
}

const ROOT = '/log/';

/** Over HTTP; the browser may keep tiles, which never change. */
export function publicLog(signal?: AbortSignal): PublicLog {
  const ask = async (path: string): Promise<Response | null> => {
    const response = await fetch(ROOT + path, { ...(signal && { signal }) }).catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      throw new NotServed(path, null);
    });
    if (response.status === 404) return null;
    if (!response.ok) throw new NotServed(path, response.status);
    return response;
  };
  return {
    checkpoint: async () => (await (await ask('checkpoint'))?.text()) ?? null,
    keys: async () => (await (await ask('key'))?.text())?.split('\n').filter((line) => line !== '') ?? [],
    tiles: (tiles) => Promise.all(tiles.map((tile) => read(tile, ask))),
  };
}

async function read(tile: Tile, ask: (path: string) => Promise<Response | null>): Promise<Bytes> {
  const path = tilePath(tile);
  // Part of a tile may be gone once the whole is there, which begins with it.
  const response =
    (await ask(path)) ?? (tile.width < TILE_WIDTH ? await ask(tilePath({ ...tile, width: TILE_WIDTH })) : null);
  if (response === null) throw new NotServed(path, 404);
  return new Uint8Array(await response.arrayBuffer()).subarray(0, tile.width * HASH_BYTES);
}
