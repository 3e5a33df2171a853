import { MongoConnection } from '#libs/trail';
import { progressDisplay } from '../../apps/local/src/progress-display.js';
import { step, type OnProgress } from '../../apps/local/src/stack/progress.js';
import { startStack, type Stack } from '../../apps/local/src/stack/stack.js';
import { fillTrail, type FilledTrail } from '../log/fill.js';
import { signLog } from '../log/sign-log.js';

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
    await step(onProgress, 'Making the log of them', () => signLog(uri, filled, signal, (work) => work()));
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
