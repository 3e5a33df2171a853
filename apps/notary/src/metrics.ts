import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { upGauge } from '#libs/service';
import type { Round } from './notary.js';
import type { WitnessResult } from './witness/witness.js';

/** The notary's Prometheus metrics. */
export class Metrics {
  readonly registry = new Registry();
  private readonly size = new Gauge({
    name: 'hjemmel_log_size',
    help: 'Entries under the newest checkpoint that this notary knows.',
    registers: [this.registry],
  });
  private readonly waiting = new Gauge({
    name: 'hjemmel_log_waiting_blocks',
    help: 'Blocks found that are not under a checkpoint yet.',
    registers: [this.registry],
  });
  private readonly rounds = new Counter({
    name: 'hjemmel_notary_rounds_total',
    help: 'Looks for new blocks, by what came of them.',
    labelNames: ['outcome'],
    registers: [this.registry],
  });
  private readonly blocks = new Counter({
    name: 'hjemmel_log_blocks_total',
    help: 'Blocks that this notary brought under a checkpoint.',
    registers: [this.registry],
  });
  private readonly delay = new Histogram({
    name: 'hjemmel_checkpoint_seconds',
    help: 'From a block being recorded to its checkpoint being durable.',
    buckets: [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 60, 600],
    registers: [this.registry],
  });
  private readonly cosignatures = new Counter({
    name: 'hjemmel_witness_requests_total',
    help: 'Checkpoints given to witnesses, by the host of the witness and what it said.',
    labelNames: ['witness', 'result'],
    registers: [this.registry],
  });
  private readonly cosigned = new Gauge({
    name: 'hjemmel_witness_size',
    help: 'Size of the newest checkpoint that the witness cosigned.',
    labelNames: ['witness'],
    registers: [this.registry],
  });

  private readonly views = new Gauge({
    name: 'hjemmel_views_size',
    help: 'Entries of the log that the read models know.',
    registers: [this.registry],
  });

  constructor(mongodbUp: () => boolean) {
    collectDefaultMetrics({ register: this.registry });
    upGauge('hjemmel_mongodb_up', '1 while MongoDB answers.', mongodbUp, this.registry);
  }

  /** New blocks that a round found. */
  found(blocks: number): void {
    this.waiting.set(blocks);
  }

  /** Counts a round that is done. */
  done({ kind, more, checkpoint, blocks }: Round, now: number): void {
    this.rounds.inc({ outcome: kind });
    if (!more) this.waiting.set(0);
    if (checkpoint !== null) this.size.set(checkpoint.size);
    this.blocks.inc(blocks.length);
    // The clocks of the writer and this machine may differ.
    for (const { recordedAt } of blocks) this.delay.observe(Math.max(0, now - recordedAt) / 1_000);
  }

  /** The read models are at this log index. */
  viewed(through: number): void {
    this.views.set(through);
  }

  /** Counts an answer of a witness. */
  witnessed(witness: string, result: WitnessResult, size: number): void {
    this.cosignatures.inc({ witness, result });
    if (result === 'cosigned') this.cosigned.set({ witness }, size);
  }
}
