import { step } from '../../apps/local/src/stack/progress.js';
import { withFilledTrail, type ReadyTrail, type TrailSize } from './filled-trail.js';
import { signLog } from './sign-log.js';

/** Starts a MongoDB, fills a trail in it, makes and signs the log of it, works on that, and stops it. */
export async function withSignedLog<T>(
  size: TrailSize,
  signal: AbortSignal,
  work: (log: ReadyTrail) => Promise<T>,
): Promise<T> {
  return withFilledTrail(size, signal, async (trail) => {
    const { uri, filled, onProgress } = trail;
    await step(onProgress, 'Making the log of them', () => signLog(uri, filled, signal, (sign) => sign()));
    return work(trail);
  });
}
