import { createLogUpdate } from 'log-update';
import type { Progress } from '#libs/trail';

const WIDTH = 30;
/** Between lines where there is no terminal. */
const LINE_EVERY_MS = 5_000;
/** Between pictures on a terminal, however often there is something new. */
const DRAW_EVERY_MS = 100;

export interface ProgressBar {
  readonly update: (progress: Progress) => void;
  readonly end: () => void;
}

/**
 * A bar on stderr with share, speed and time to go; a line every few seconds where stderr is no terminal.
 *
 * @param unit what is counted, in the plural
 */
export function progressBar(what: string, unit: string): ProgressBar {
  const { stderr } = process;
  const started = performance.now();
  if (!stderr.isTTY) {
    let told = started;
    const update = (progress: Progress): void => {
      if (performance.now() - told < LINE_EVERY_MS) return;
      told = performance.now();
      stderr.write(`${what}: ${figures(progress, unit, told - started)}\n`);
    };
    return { update, end: () => undefined };
  }
  const show = createLogUpdate(stderr);
  let drawn = -Infinity;
  return {
    update(progress) {
      if (performance.now() - drawn < DRAW_EVERY_MS) return;
      drawn = performance.now();
      const share = progress.total === 0 ? 1 : Math.min(1, progress.done / progress.total);
      const full = Math.round(share * WIDTH);
      const bar = `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}`;
      show(`${what} ${bar} ${figures(progress, unit, performance.now() - started)}`);
    },
    end: () => show.clear(),
  };
}

function figures({ done, total }: Progress, unit: string, elapsedMs: number): string {
  const perSecond = (done * 1_000) / Math.max(1, elapsedMs);
  const toGo = perSecond > 0 ? Math.ceil((total - done) / perSecond) : null;
  const share = total === 0 ? 100 : Math.floor((100 * done) / total);
  const ending = toGo === null ? '' : `, ${toGo} s to go`;
  const count = `${done.toLocaleString('en')} of ${total.toLocaleString('en')} ${unit}`;
  return `${share} % (${count}, ${Math.round(perSecond).toLocaleString('en')} a second${ending})`;
}
