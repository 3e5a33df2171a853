import type { IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { bundlePath, decodeBundle, HASH_BYTES, leafHash, tilePath, TILE_WIDTH } from '#libs/log';
import { BenchError } from '../bench-error.js';
import type { LogClients, Question } from './log-clients.js';

/** What is asked of the log, again and again. */
export interface Questions {
  readonly name: string;
  readonly next: () => Question;
  /** Holds answers that were kept against what else the log serves. To be called when all were given. */
  readonly holdKept: (clients: LogClients) => Promise<void>;
}

/** One answer in so many is kept, up to a number, the later in place of the earlier. */
const KEEP_EVERY = 50;
const KEPT = 32;

/** Always the same one: the log does not grow meanwhile. */
export function checkpoints(): Questions {
  let first: Buffer | null = null;
  const check = (body: Buffer): void => {
    first ??= body;
    if (!body.equals(first)) throw new BenchError('The api served another checkpoint than before.');
  };
  const holdKept = async (clients: LogClients): Promise<void> => check(await clients.get('checkpoint'));
  return { name: 'checkpoint', next: () => ({ path: 'checkpoint', check }), holdKept };
}

/** @param count of full tiles of level 0 that the log has */
export function fullTiles(count: number): Questions {
  const kept = new Kept();
  const next = (): Question => {
    const index = below(count);
    const path = tilePath({ level: 0, index, width: TILE_WIDTH });
    const check = (body: Buffer): void => {
      if (body.length !== TILE_WIDTH * HASH_BYTES) throw new BenchError(`${path} has ${body.length} bytes.`);
      kept.see(index, body);
    };
    return { path, check };
  };
  const holdKept = (clients: LogClients): Promise<void> =>
    kept.each(async (index, tile) => requireSame(index, tile, await clients.get(fullBundle(index))));
  return { name: 'full tile of level 0, at random', next, holdKept };
}

/** @param gzip whether clients say that they take it, as browsers, Go's and Node's do by themselves */
export function fullBundles(count: number, gzip: boolean): Questions {
  const kept = new Kept();
  const asked = gzip ? { headers: { 'accept-encoding': 'gzip' } } : {};
  const next = (): Question => {
    const index = below(count);
    const path = fullBundle(index);
    const check = (body: Buffer, headers: IncomingHttpHeaders): void => {
      if ((headers['content-encoding'] === 'gzip') !== gzip) throw new BenchError(`${path} came in another encoding.`);
      const bundle = gzip ? gunzipSync(body) : body;
      decodeBundle(bundle, TILE_WIDTH);
      kept.see(index, bundle);
    };
    return { path, ...asked, check };
  };
  const holdKept = (clients: LogClients): Promise<void> =>
    kept.each(async (index, bundle) => {
      requireSame(index, await clients.get(tilePath({ level: 0, index, width: TILE_WIDTH })), bundle);
    });
  return { name: `entry bundle at random, ${gzip ? 'gzip' : 'not compressed'}`, next, holdKept };
}

/** Some of the answers, by the place that they are of. */
class Kept {
  private readonly answers = new Map<number, { readonly index: number; readonly body: Buffer }>();
  private seen = 0;

  see(index: number, body: Buffer): void {
    if (this.seen % KEEP_EVERY === 0) this.answers.set((this.seen / KEEP_EVERY) % KEPT, { index, body });
    this.seen++;
  }

  async each(hold: (index: number, body: Buffer) => Promise<void>): Promise<void> {
    for (const { index, body } of this.answers.values()) await hold(index, body);
  }
}

function requireSame(index: number, tile: Buffer, bundle: Buffer): void {
  const hashes = decodeBundle(bundle, TILE_WIDTH).map((entry) => leafHash(entry));
  if (!Buffer.concat(hashes).equals(tile)) {
    throw new BenchError(`Tile ${index} of level 0 does not have the hashes of the entries in bundle ${index}.`);
  }
}

function fullBundle(index: number): string {
  return bundlePath({ index, width: TILE_WIDTH });
}

/** A whole number from 0 to before `count`, at random. */
export function below(count: number): number {
  return Math.floor(Math.random() * count);
}
