import { formatSignerKey, parseSigner, parseVerifier } from '#libs/log';
import { MongoConnection, MongoLogReader, MongoLogWriter } from '#libs/trail';
import { Notary } from '../../apps/notary/src/notary.js';
import { progressDisplay } from '../../apps/local/src/progress-display.js';
import { step, type OnProgress } from '../../apps/local/src/stack/progress.js';
import { startStack, type Stack } from '../../apps/local/src/stack/stack.js';
import { BenchError } from '../bench-error.js';
import { emptyLog, fillTrail, type FilledTrail } from '../log/fill.js';

export interface SignedLogOptions {
  readonly entries: number;
  readonly blockEntries: number;
  readonly tasks: number;
}

/** A trail in a MongoDB of this machine, all of it under a signed checkpoint. */
export interface SignedLog {
  /** Connection string, with the database. */
  readonly uri: string;
  readonly filled: FilledTrail;
  readonly onProgress: OnProgress;
}

const ORIGIN = 'bench.hjemmel.example/log';
/** Any will do. */
const SIGNER = parseSigner(formatSignerKey(ORIGIN, Buffer.alloc(32, 1)));

/** Whose signature is believed. */
export const LOG_KEYS = [parseVerifier(SIGNER.verifierKey)];

const quiet = { info: () => undefined, warn: () => undefined };

/** Starts the servers, fills and signs a log, works on it, and stops the servers. */
export async function withSignedLog<T>(
  options: SignedLogOptions,
  signal: AbortSignal,
  work: (log: SignedLog) => Promise<T>,
): Promise<T> {
  const { onProgress, close } = progressDisplay(process.stderr);
  let stack: Stack | null = null;
  try {
    stack = await startStack({ partitions: 1, topics: [], onProgress, signal });
    const url = new URL(stack.mongoUri);
    url.pathname = '/bench-read';
    const uri = url.href;
    const filled = await step(onProgress, `Writing blocks of ${options.entries} entries`, () =>
      fillTrail(uri, options, signal),
    );
    await step(onProgress, 'Making the log of them', () => sign(uri, filled, signal));
    return await work({ uri, filled, onProgress });
  } finally {
    await stack?.stop();
    close();
  }
}

/** A connection that says nothing. */
export function quietConnection(uri: string): MongoConnection {
  return new MongoConnection(uri, 'bench', quiet);
}

/** One notary from the first block to the last. */
async function sign(uri: string, { entries }: FilledTrail, signal: AbortSignal): Promise<void> {
  const connection = await emptyLog(uri);
  try {
    const log = new MongoLogWriter(connection);
    await log.prepare();
    await log.insertKey(SIGNER.verifierKey);
    const reader = new MongoLogReader(connection, { cacheBytes: 0 });
    const identity = { origin: ORIGIN, signers: [SIGNER], trusted: LOG_KEYS };
    const notary = new Notary({ log, tilesAt: (size) => reader.hashReader(size) }, identity);
    for (let more = true; more;) {
      signal.throwIfAborted();
      ({ more } = await notary.round());
    }
    const size = (await log.lastCheckpoint())?.size;
    if (size !== entries) throw new BenchError(`The notary signed a log of ${size} entries, not of ${entries}.`);
  } finally {
    await connection.close();
  }
}
