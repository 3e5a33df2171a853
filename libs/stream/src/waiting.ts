import { setTimeout as sleep } from 'node:timers/promises';

/** Wakes one waiter, early or by time. */
export class Bell {
  private wake: (() => void) | null = null;
  private rung = false;

  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  /** Resolves when the bell rings (or has rung since the last wait), at the latest after `ms`. */
  async wait(ms: number): Promise<void> {
    if (!this.rung) {
      await new Promise<void>((resolve) => {
        const timer = Number.isFinite(ms) ? setTimeout(resolve, ms) : undefined;
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.wake = null;
    }
    this.rung = false;
  }
}

/** Lets at most `free` holders in at a time, in order of arrival. */
export class Slots {
  private readonly queue: (() => void)[] = [];

  constructor(private free: number) {}

  async acquire(): Promise<void> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.queue.push(resolve));
  }

  release(): void {
    const next = this.queue.shift();
    if (next === undefined) this.free++;
    else next();
  }
}

/** Sleeps for `ms` or until the signal; never throws. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/** Delay before try number `attempt` (from 0): 100 ms, doubled up to `most`. */
export function backoff(attempt: number, most = 3_000): number {
  return Math.min(most, 100 * 2 ** Math.min(attempt, 16));
}
