import { setTimeout as sleep } from 'node:timers/promises';
import { DamagedTrail } from '#libs/trail';
import type { MongoWatch } from '#libs/trail';
import type { Projector } from '#libs/views';
import { Latest } from '../latest.js';
import type { Metrics } from '../metrics.js';
import type { NotaryLog } from '../notary-log.js';
import type { Recurrence } from './recurrence.js';

/** ms between two steps: what many rounds bring is taken over at once. */
const PAUSE_MS = 500;
/** ms until the next try, where the log cannot be read. */
const DAMAGED_PAUSE_MS = 30_000;

export interface ViewLoopParts {
  readonly projector: Pick<Projector, 'step' | 'through'>;
  readonly recurrence: Pick<Recurrence, 'look'>;
  readonly watch: Pick<MongoWatch, 'untilDone'>;
  readonly metrics: Pick<Metrics, 'viewed'>;
  readonly log: NotaryLog;
}

/** Keeps the read models at the newest checkpoint, at its own pace: the log never waits for it. */
export class ViewLoop {
  private readonly sizes = new Latest<number>();
  private offered = -1;

  constructor(private readonly parts: ViewLoopParts) {}

  /** A checkpoint of that size is there. */
  offer(size: number): void {
    if (size <= this.offered) return;
    this.offered = size;
    this.sizes.offer(size);
  }

  /** Works until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    const { projector, recurrence, watch, metrics, log } = this.parts;
    for (;;) {
      const size = await this.sizes.take(signal);
      if (size === null) return;
      let pause = PAUSE_MS;
      try {
        const there = await watch.untilDone(() => projector.step(size, signal), signal);
        if (signal.aborted) return;
        metrics.viewed(projector.through ?? 0);
        if (there === false) {
          this.sizes.giveBack(size);
          pause = 0;
        } else {
          await watch.untilDone(() => recurrence.look(Date.now()), signal);
        }
      } catch (fault) {
        if (signal.aborted) return;
        if (!(fault instanceof DamagedTrail)) throw fault;
        log.error({ size }, `the read models stand still: ${fault.message}`);
        this.sizes.giveBack(size);
        pause = DAMAGED_PAUSE_MS;
      }
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}
