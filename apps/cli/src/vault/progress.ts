import type { Progress } from '#libs/subjects';

const EVERY_MS = 200;

/** A line on a terminal that says how far something long has come, rewritten in place; nothing where there is none. */
export function progressLine(what: string): { readonly progress: Progress; readonly end: () => void } {
  const { stderr } = process;
  let shown = -Infinity;
  return {
    progress(done, of) {
      const now = performance.now();
      if (!stderr.isTTY || now - shown < EVERY_MS) return;
      shown = now;
      const share = of === 0 ? 100 : Math.floor((100 * done) / of);
      stderr.write(`\r\u001b[K${what}: ${done.toLocaleString('en')} of ${of.toLocaleString('en')} (${share} %)`);
    },
    end() {
      if (shown > -Infinity) stderr.write('\r\u001b[K');
    },
  };
}
