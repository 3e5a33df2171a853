import { addSignatures, bundlePath, tilePath, TILE_WIDTH } from '#libs/log';
import type { HashReader } from '#libs/log';
import { MongoLogReader } from '#libs/trail';
import type { MongoConnection } from '#libs/trail';
import { openHttpLog } from '../log/http-log.js';
import { UsageError } from '../usage-error.js';
import { placeOf } from '../vault/positions.js';

/** What writing a proof takes of a log. */
export interface ProofSource {
  /** The log index of what the user calls the entry. */
  indexOf(position: string): Promise<number>;
  /** The newest checkpoint, with the signatures of witnesses; null: there is none. */
  checkpoint(): Promise<string | null>;
  /** The first `width` entries of a bundle; null: it is not there. */
  bundle(index: number, width: number): Promise<Buffer | null>;
  /** Tiles of the tree of that size. */
  tilesAt(size: number): HashReader;
}

const LOG_INDEX = /^\d{1,15}$/;

export function mongodbSource(mongodb: MongoConnection): ProofSource {
  const log = new MongoLogReader(mongodb);
  return {
    async indexOf(position) {
      if (LOG_INDEX.test(position)) return Number(position);
      const { task, block, index } = await placeOf(mongodb, position);
      const logIndex = await log.logIndexOf(task, block, index);
      if (logIndex === null) throw new UsageError(`The entry ${position} is not in the log (yet, or any more).`);
      return logIndex;
    },
    async checkpoint() {
      const newest = await log.checkpoint();
      return newest === null ? null : addSignatures(newest.note, await log.cosignatures(newest.size));
    },
    bundle: (index, width) => log.bundle(index, width),
    tilesAt: (size) => log.hashReader(size),
  };
}

export async function httpSource(url: string): Promise<ProofSource> {
  const fetch = await openHttpLog(url);
  const required = async (path: string) => {
    const bytes = await fetch(path);
    if (bytes === null) throw new UsageError(`${url}: the log does not have ${path} (any more)`);
    return bytes;
  };
  return {
    async indexOf(position) {
      if (LOG_INDEX.test(position)) return Number(position);
      throw new UsageError(`\`${position}\` is no log index; over HTTP entries are named by it, as 1234.`);
    },
    checkpoint: async () => (await fetch('checkpoint'))?.toString() ?? null,
    bundle: (index, width) => fetch(bundlePath({ index, width })),
    tilesAt: () => (tiles) => Promise.all(tiles.map((tile) => required(tilePath(tile)))),
  };
}

/** The bundle of an entry in a log of that size, and how many entries it has there. */
export function bundleOf(logIndex: number, size: number): { index: number; width: number } {
  const index = Math.floor(logIndex / TILE_WIDTH);
  return { index, width: Math.min(TILE_WIDTH, size - index * TILE_WIDTH) };
}
