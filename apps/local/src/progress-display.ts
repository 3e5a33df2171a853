import { type OnProgress } from './stack/progress.js';

/**
 * Shows steps on a terminal as one line that keeps moving, elsewhere as a line at each begin and end.
 * `close` gives the line free.
 */
export function progressDisplay(out: NodeJS.WriteStream): { onProgress: OnProgress; close: () => void } {
  const running = new Map<string, number>();
  const clear = (): void => void (out.isTTY && out.write('\r\x1b[K'));
  const draw = (): void => {
    if (!out.isTTY || running.size === 0) return;
    const steps = [...running].map(([step, since]) => `${step} … ${seconds(performance.now() - since)}`);
    out.write(`\r\x1b[K${steps.join('   ').slice(0, out.columns - 1)}`);
  };
  const timer = setInterval(draw, 1000);
  timer.unref();
  const onProgress: OnProgress = ({ step, state, milliseconds }) => {
    clear();
    if (state === 'started') {
      running.set(step, performance.now());
      if (!out.isTTY) out.write(`${step} …\n`);
    } else {
      running.delete(step);
      out.write(`${step}: ${state} in ${seconds(milliseconds)}\n`);
    }
    draw();
  };
  const close = (): void => {
    clearInterval(timer);
    clear();
  };
  return { onProgress, close };
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
