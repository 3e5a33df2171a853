import type { LogWriter } from '#libs/trail';

/** How a write fails: nothing of it lasted, all of it did, or (tiles) the first half. */
export const FAILURES = ['not persisted', 'persisted', 'half persisted'] as const;
export type Failure = (typeof FAILURES)[number];

/** The store did not answer. */
export class StoreAway extends Error {}

const WRITES = ['insertSequence', 'insertTiles', 'insertCheckpoint'] as const;

/**
 * A store whose writes can fail.
 *
 * @param plan asked before each write; null: it works
 * @param turn awaited before and after everything that is asked of the store, so that others may come in between
 */
export function faulty(
  log: LogWriter,
  plan: (write: (typeof WRITES)[number]) => Failure | null,
  turn: () => Promise<unknown> = async () => undefined,
): LogWriter {
  return new Proxy(log, {
    get(target, name: keyof LogWriter) {
      return async (...args: unknown[]) => {
        await turn();
        const call = (given: unknown[]): Promise<unknown> =>
          (target[name] as (...all: unknown[]) => Promise<unknown>)(...given);
        const write = WRITES.find((each) => each === name);
        const failure = write === undefined ? null : plan(write);
        if (failure === 'persisted' || (failure === 'half persisted' && write !== 'insertTiles')) await call(args);
        else if (failure === 'half persisted') {
          const tiles = args[0] as unknown[];
          await call([tiles.slice(0, Math.ceil(tiles.length / 2))]);
        }
        if (failure !== null) throw new StoreAway(failure);
        const answer = await call(args);
        await turn();
        return answer;
      };
    },
  });
}
