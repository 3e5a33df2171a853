import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { upGauge } from '#libs/service';
import type { AuditedBatch } from './audit-batch.js';

/** What is told of the state at the time of a scrape. */
export interface MetricSources {
  /** Records not yet in the trail, by owned task. */
  lags(): ReadonlyMap<number, number>;
  readonly kafkaUp: () => boolean;
  readonly mongodbUp: () => boolean;
}

/** The auditor's Prometheus metrics. No label holds anything a publisher wrote freely. */
export class Metrics {
  readonly registry = new Registry();
  private readonly events = new Counter({
    name: 'hjemmel_events_total',
    help: 'Records with an entry in the trail, by controller and verdict.',
    labelNames: ['controller', 'verdict'],
    registers: [this.registry],
  });
  private readonly rules = new Counter({
    name: 'hjemmel_rules_total',
    help: 'Rules that fired.',
    labelNames: ['rule'],
    registers: [this.registry],
  });
  private readonly misplaced = new Counter({
    name: 'hjemmel_misplaced_events_total',
    help: 'Events whose record key is not <controller>/<subject>.',
    registers: [this.registry],
  });
  private readonly block = new Histogram({
    name: 'hjemmel_block_seconds',
    help: 'From taking up a batch to its block being durable.',
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60],
    registers: [this.registry],
  });

  constructor(sources: MetricSources) {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'hjemmel_lag_records',
      help: 'Offsets known to be in Kafka and not in the trail, by owned task.',
      labelNames: ['task'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [task, lag] of sources.lags()) this.set({ task }, lag);
      },
    });
    upGauge('hjemmel_kafka_up', '1 while Kafka answers.', sources.kafkaUp, this.registry);
    upGauge('hjemmel_mongodb_up', '1 while MongoDB answers.', sources.mongodbUp, this.registry);
  }

  /** Counts a batch that is durable. */
  audited({ tally, misplaced }: AuditedBatch, seconds: number): void {
    const { verdicts, rules } = tally.summary();
    for (const { controller, verdict, count } of verdicts) this.events.inc({ controller, verdict }, count);
    for (const { rule, count } of rules) this.rules.inc({ rule }, count);
    this.misplaced.inc(misplaced);
    this.block.observe(seconds);
  }
}
