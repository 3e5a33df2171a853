import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { upGauge } from '#libs/service';
import type { Finding } from '#libs/judge';
import type { AuditedBatch } from './audit-batch.js';
import type { LoadedRulebook } from './register-book.js';

/** What is told of the state at the time of a scrape. */
export interface MetricSources {
  /** Records not yet in the trail, by owned task. */
  lags(): ReadonlyMap<number, number>;
  /** The tasks that are ours. */
  owned(): Iterable<OwnedTaskState>;
  readonly kafkaUp: () => boolean;
  readonly mongodbUp: () => boolean;
}

export interface OwnedTaskState {
  readonly task: number;
  /** Subjects of whom findings are to be judged again. */
  readonly marked: number;
  /** As of when duties were looked at last, ms; -Infinity: not yet. */
  readonly sweptAt: number;
  /** How long the last whole look at the duties took, ms; null: there was none. */
  readonly sweepTook: number | null;
}

/** A finding that no record of the block is about: on a duty, or one that amends an earlier finding. */
export interface LateFinding {
  /** A controller that a register knows. */
  readonly controller: string;
  readonly finding: Finding;
  readonly amendment: boolean;
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
  private readonly amendments = new Counter({
    name: 'hjemmel_amendments_total',
    help: 'Findings that late evidence changed, by controller and the verdict after.',
    labelNames: ['controller', 'verdict'],
    registers: [this.registry],
  });
  private readonly duties = new Counter({
    name: 'hjemmel_duty_findings_total',
    help: 'Duties found not fulfilled in time, by controller and verdict.',
    labelNames: ['controller', 'verdict'],
    registers: [this.registry],
  });
  private readonly registers = new Gauge({
    name: 'hjemmel_registers',
    help: 'Register versions loaded.',
    registers: [this.registry],
  });
  private readonly registersTaken = new Gauge({
    name: 'hjemmel_registers_taken_timestamp_seconds',
    help: 'Since when the registers loaded are judged by.',
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
    new Gauge({
      name: 'hjemmel_marked_subjects',
      help: 'Subjects of whom earlier findings are to be judged again, by owned task.',
      labelNames: ['task'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const { task, marked } of sources.owned()) this.set({ task }, marked);
      },
    });
    new Gauge({
      name: 'hjemmel_duties_swept_timestamp_seconds',
      help: 'As of when duties were looked at last, by owned task.',
      labelNames: ['task'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const { task, sweptAt } of sources.owned()) if (sweptAt > -Infinity) this.set({ task }, sweptAt / 1_000);
      },
    });
    new Gauge({
      name: 'hjemmel_duties_sweep_seconds',
      help: 'How long the last whole look at the duties took, by owned task.',
      labelNames: ['task'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const { task, sweepTook } of sources.owned())
          if (sweepTook !== null) this.set({ task }, sweepTook / 1_000);
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

  /** Counts what a durable block says beside its records. */
  found(findings: readonly LateFinding[]): void {
    for (const { controller, finding, amendment } of findings) {
      (amendment ? this.amendments : this.duties).inc({ controller, verdict: finding.verdict });
    }
  }

  /** Tells which registers blocks are made by from now on. */
  taken({ stated }: LoadedRulebook): void {
    this.registers.set(stated.length);
    this.registersTaken.setToCurrentTime();
  }
}
