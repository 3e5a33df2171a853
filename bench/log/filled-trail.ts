import { progressDisplay } from '../../apps/local/src/progress-display.js';
import { step, type OnProgress } from '../../apps/local/src/stack/progress.js';
import { startStack, type Stack } from '../../apps/local/src/stack/stack.js';
import { inDatabase } from '../mongo.js';
import { fillTrail, type BlockMaker, type FilledTrail } from './fill.js';

export interface TrailSize {
  readonly entries: number;
  readonly blockEntries: number;
  readonly tasks: number;
  /** What makes the blocks; left out: all are alike. */
  readonly made?: BlockMaker;
}

/** A trail in a MongoDB of this machine, of which no log was made yet. */
export interface ReadyTrail {
  /** Connection string, with the database. */
  readonly uri: string;
  readonly filled: FilledTrail;
  readonly onProgress: OnProgress;
}

/** Starts a MongoDB, fills a trail in it, works on it, and stops it. */
export async function withFilledTrail<T>(
  size: TrailSize,
  signal: AbortSignal,
  work: (trail: ReadyTrail) => Promise<T>,
): Promise<T> {
  const { onProgress, close } = progressDisplay(process.stderr);
  let stack: Stack | null = null;
  try {
    stack = await startStack({ brokers: 0, onProgress, signal });
    const uri = inDatabase(stack.mongoUri, 'bench-log');
    const filled = await step(onProgress, `Writing blocks of ${size.entries} entries`, () =>
      fillTrail(uri, size, signal),
    );
    return await work({ uri, filled, onProgress });
  } finally {
    await stack?.stop();
    close();
  }
}
