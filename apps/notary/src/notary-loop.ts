import { setTimeout as sleep } from 'node:timers/promises';
import type { LogWriter, MongoWatch } from '#libs/trail';
import type { Metrics } from './metrics.js';
import type { NotaryLog } from './notary-log.js';
import type { Notary, Round } from './notary.js';
import type { RoundWatch } from './round-watch.js';
import type { ViewLoop } from './views/view-loop.js';
import type { Witnesses } from './witness/witnesses.js';

export interface LoopParts {
  readonly notary: Notary;
  readonly store: LogWriter;
  /** Verifier keys of those that sign. */
  readonly keys: readonly string[];
  readonly witnesses: Witnesses;
  /** Creates what the read models need. */
  readonly prepareViews: () => Promise<void>;
  readonly views: Pick<ViewLoop, 'offer' | 'run'>;
  readonly watch: Pick<MongoWatch, 'untilDone'>;
  readonly rounds: RoundWatch;
  readonly metrics: Metrics;
  readonly intervalMs: number;
  readonly log: NotaryLog;
}

/** The notary's life: round after round, waiting while MongoDB is away. */
export class NotaryLoop {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly parts: LoopParts) {}

  /** @param fail told of what ends the loop before its time */
  start(fail: (fault: unknown) => void): void {
    const { signal } = this.stopping;
    const { witnesses, views } = this.parts;
    const all = [this.run(signal), witnesses.run(signal), views.run(signal)];
    this.running = Promise.all(all).then(() => undefined, fail);
  }

  /** Finishes the round under way. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { notary, store, keys, prepareViews, watch, rounds, intervalMs, log } = this.parts;
    await watch.untilDone(async () => {
      await store.prepare();
      await prepareViews();
      for (const key of keys) await store.insertKey(key);
    }, signal);
    let before: Round | null = null;
    while (!signal.aborted) {
      const round = await watch.untilDone(() => notary.round(), signal);
      if (round === null) return;
      rounds.done();
      this.tell(round, before);
      before = round;
      if (!round.more) await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
    }
    log.debug({}, 'no more rounds');
  }

  private tell(round: Round, before: Round | null): void {
    const { metrics, witnesses, views, log } = this.parts;
    const { kind, checkpoint, blocks } = round;
    metrics.done(round, Date.now());
    if (checkpoint !== null) {
      witnesses.offer(checkpoint);
      views.offer(checkpoint.size);
    }
    const size = checkpoint?.size;
    if (before === null) log.info({ size }, 'making the log');
    if (kind === 'signed') log.debug({ size, blocks: blocks.length }, 'checkpoint signed');
    else if (kind === 'lost') log.debug({}, 'another notary was first; standing by');
    else if (before?.kind === 'standing by' && kind === 'idle') log.debug({ size }, 'no other notary is at work');
  }
}
