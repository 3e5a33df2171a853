import { setTimeout as sleep } from 'node:timers/promises';
import type { LogWriter, MongoWatch } from '#libs/trail';
import type { Metrics } from './metrics.js';
import type { Notary, Round } from './notary.js';
import type { RoundWatch } from './round-watch.js';
import type { Witnesses } from './witness/witnesses.js';

/** Where messages go; pino's shape. */
export interface NotaryLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface LoopParts {
  readonly notary: Notary;
  readonly store: LogWriter;
  /** Verifier keys of those that sign. */
  readonly keys: readonly string[];
  readonly witnesses: Witnesses;
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
    this.running = Promise.all([this.run(signal), this.parts.witnesses.run(signal)]).then(() => undefined, fail);
  }

  /** Finishes the round under way. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { notary, store, keys, watch, rounds, intervalMs, log } = this.parts;
    await watch.untilDone(async () => {
      await store.prepare();
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
    const { metrics, witnesses, log } = this.parts;
    const { kind, checkpoint, blocks } = round;
    metrics.done(round, Date.now());
    if (checkpoint !== null) witnesses.offer(checkpoint);
    const size = checkpoint?.size;
    if (before === null) log.info({ size }, 'making the log');
    if (kind === 'signed') log.debug({ size, blocks: blocks.length }, 'checkpoint signed');
    else if (kind === 'lost') log.debug({}, 'another notary was first; standing by');
    else if (before?.kind === 'standing by' && kind === 'idle') log.debug({ size }, 'no other notary is at work');
  }
}
