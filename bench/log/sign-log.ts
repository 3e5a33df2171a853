import { formatSignerKey, parseSigner, parseVerifier } from '#libs/log';
import { MongoLogReader, MongoLogWriter } from '#libs/trail';
import { Notary } from '../../apps/notary/src/notary.js';
import { BenchError } from '../bench-error.js';
import { emptyLog, type FilledTrail } from './fill.js';

const ORIGIN = 'bench.hjemmel.example/log';
/** Any will do. */
export const SIGNING_KEY = formatSignerKey(ORIGIN, Buffer.alloc(32, 1));
const SIGNER = parseSigner(SIGNING_KEY);
/** Whose signature is believed. */
export const LOG_KEYS = [parseVerifier(SIGNER.verifierKey)];

/**
 * One notary from the first block to the last, the log being empty before.
 *
 * @param around is given the notary's work, and does it
 * @throws BenchError where the log that is signed in the end is not of all entries
 */
export async function signLog<T>(
  uri: string,
  { entries }: FilledTrail,
  signal: AbortSignal,
  around: (work: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const connection = await emptyLog(uri);
  try {
    const log = new MongoLogWriter(connection);
    await log.prepare();
    await log.insertKey(SIGNER.verifierKey);
    const reader = new MongoLogReader(connection, { cacheBytes: 0 });
    const identity = { origin: ORIGIN, signers: [SIGNER], trusted: LOG_KEYS };
    const notary = new Notary({ log, tilesAt: (size) => reader.hashReader(size) }, identity);
    const result = await around(async () => {
      for (let more = true; more;) {
        signal.throwIfAborted();
        ({ more } = await notary.round());
      }
    });
    const size = (await log.lastCheckpoint())?.size;
    if (size !== entries) throw new BenchError(`The notary signed a log of ${size} entries, not of ${entries}.`);
    return result;
  } finally {
    await connection.close();
  }
}
