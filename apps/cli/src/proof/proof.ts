import { writeFileSync } from 'node:fs';
import {
  decodeBundle,
  formatTlogProof,
  inclusionProof,
  leafHash,
  LogFormatError,
  NoteError,
  parseCheckpoint,
  parseNote,
  ProofError,
  TILE_WIDTH,
  verifyInclusion,
} from '#libs/log';
import { DamagedTrail, MongoConnection, MongodbFault } from '#libs/trail';
import { userPath } from '../paths.js';
import { mongodbUri } from '../settings.js';
import { UsageError } from '../usage-error.js';
import type { ProofOptions } from './options.js';
import { bundleOf, httpSource, mongodbSource } from './proof-source.js';
import type { ProofSource } from './proof-source.js';

const SILENT = { info: () => undefined, warn: () => undefined };

/** Faults of a log that does not prove what it holds. */
const UNPROVED = [DamagedTrail, LogFormatError, NoteError, ProofError];

/** Writes a proof; false where the log does not give one. */
export async function proof(position: string, options: ProofOptions): Promise<boolean> {
  try {
    const { text, entry } = await withSource(options.url, (source) => make(source, position, options));
    if (options.entry !== undefined) write(options.entry, entry);
    if (options.out !== undefined) write(options.out, text);
    else process.stdout.write(text);
    return true;
  } catch (error) {
    if (!UNPROVED.some((kind) => error instanceof kind)) throw error;
    process.stderr.write(
      `The log does not prove this entry: ${(error as Error).message} \`hjemmel verify\` says what is wrong.\n`,
    );
    return false;
  }
}

async function withSource<T>(url: string | undefined, action: (source: ProofSource) => Promise<T>): Promise<T> {
  if (url !== undefined) return action(await httpSource(url));
  const mongodb = new MongoConnection(mongodbUri('api'), 'hjemmel-proof', SILENT);
  try {
    return await mongodb.attempt(() => action(mongodbSource(mongodb)));
  } catch (error) {
    if (error instanceof MongodbFault) throw new UsageError(error.message);
    throw error;
  } finally {
    await mongodb.close();
  }
}

async function make(source: ProofSource, position: string, options: ProofOptions) {
  const index = await source.indexOf(position);
  const checkpoint = await source.checkpoint();
  if (checkpoint === null) throw new UsageError('The log has no checkpoint yet: its notary has not run.');
  const { size, root } = parseCheckpoint(parseNote(checkpoint).text);
  if (index >= size)
    throw new UsageError(`The newest checkpoint has ${size} entries; entry ${index} is not among them.`);
  const place = bundleOf(index, size);
  const bundle = await source.bundle(place.index, place.width);
  if (bundle === null) throw new UsageError(`The log does not have entry ${index} any more: it was pruned.`);
  const entry = decodeBundle(bundle, place.width)[index % TILE_WIDTH] as Buffer;
  const hashes = await inclusionProof(index, size, source.tilesAt(size));
  // A proof that does not hold must not leave the house.
  verifyInclusion(index, size, leafHash(entry), hashes, root);
  const extra = options.entry === undefined ? entry : null;
  return { text: formatTlogProof({ extra, index, proof: hashes, checkpoint }), entry };
}

function write(file: string, data: string | Buffer): void {
  try {
    writeFileSync(userPath(file), data);
  } catch {
    throw new UsageError(`${file}: it cannot be written`);
  }
}
