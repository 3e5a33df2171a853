/** Passing on what ends a script, so that what it started ends too. */

/** The signals that ask a program to end. */
export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Calls `act` with each signal that asks this process to end, and with SIGTERM when the npm that started it is gone:
 * npm does not always take its scripts down with it.
 *
 * @param {(signal: NodeJS.Signals) => void} act
 */
export function onEnd(act) {
  for (const signal of SIGNALS) process.on(signal, () => act(signal));
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act('SIGTERM');
  }, 1000);
  timer.unref();
}
