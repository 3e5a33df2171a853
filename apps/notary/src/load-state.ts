import { EMPTY_ROOT, Frontier, TILE_WIDTH, tileWidth } from '#libs/log';
import type { HashReader } from '#libs/log';
import { DamagedTrail } from '#libs/trail';
import type { LogWriter, SignedCheckpoint } from '#libs/trail';
import { requireOurs, sign, type Identity } from './identity.js';
import type { LogState } from './log-state.js';

/** What loading takes: the log's records, and its tiles, the derived ones included. */
export interface LogSources {
  readonly log: LogWriter;
  /** Reads tiles as they are in the tree of that size. */
  readonly tilesAt: (size: number) => HashReader;
}

/**
 * The state at the last checkpoint, rebuilt from what is stored and proved to be what was signed. Where there is no
 * checkpoint yet, the one of the empty log is made.
 *
 * @throws DamagedTrail where what is stored is not what was signed
 */
export async function loadState(
  { log, tilesAt }: LogSources,
  identity: Identity,
  notary: string,
): Promise<{ state: LogState; checkpoint: SignedCheckpoint }> {
  const last = await log.lastCheckpoint();
  const checkpoint = last ?? sign(identity, 0, EMPTY_ROOT, Date.now());
  if (last === null) await log.insertCheckpoint(checkpoint, notary);
  requireOurs(identity, checkpoint);
  const { size, root } = checkpoint;
  if (size === 0) return { state: { frontier: Frontier.empty(), next: new Map() }, checkpoint };
  const sequence = await log.sequenceEndingAt(size);
  if (sequence === null) {
    throw new DamagedTrail(`The last checkpoint has size ${size}, but no sequence of blocks ends there.`);
  }
  const frontier = Frontier.at(size, await edges(size, tilesAt(size)));
  if (!frontier.root().equals(root)) {
    throw new DamagedTrail(
      `The log up to entry ${size} is not what its last checkpoint says: it was changed. Nothing is signed until it is ` +
        'as it was; `hjemmel verify` says what is wrong.',
    );
  }
  return { state: { frontier, next: sequence.next }, checkpoint };
}

/** The partial tile of each level (C2SP tlog-tiles, "Partial Tiles"). */
async function edges(size: number, read: HashReader): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for (let level = 0, hashes = size; hashes > 0; level++, hashes = Math.floor(hashes / TILE_WIDTH)) {
    const index = Math.floor(hashes / TILE_WIDTH);
    const width = tileWidth(level, index, size);
    const [edge = Buffer.alloc(0)] = width === 0 ? [] : await read([{ level, index, width }]);
    all.push(edge);
  }
  return all;
}
