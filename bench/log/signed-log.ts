import { progressDisplay } from '../../apps/local/src/progress-display.js';
import { step, type OnProgress } from '../../apps/local/src/stack/progress.js';
import { startStack, type Stack } from '../../apps/local/src/stack/stack.js';
import { inDatabase } from '../mongo.js';
import { fillTrail, type FilledTrail } from './fill.js';
import { signLog } from './sign-log.js';

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

/** Starts a MongoDB, fills and signs a log in it, works on it, and stops it. */
export async function withSignedLog<T>(
  options: SignedLogOptions,
  signal: AbortSignal,
  work: (log: SignedLog) => Promise<T>,
): Promise<T> {
  const { onProgress, close } = progressDisplay(process.stderr);
  let stack: Stack | null = null;
  try {
    stack = await startStack({ brokers: 0, onProgress, signal });
    const uri = inDatabase(stack.mongoUri, 'bench-log');
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
