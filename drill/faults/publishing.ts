import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import type { Kafka, Producer, RecordMetadata, TopicMessages } from 'kafkajs';
import { STREAMS } from '#libs/events';
import { Random } from '../../apps/local/src/traffic/random.js';
import type { Mix, Sending } from './mix.js';

const TICK_MS = 100;
const BATCH = 300;
/** What could not be published in time is not caught up with beyond this, in seconds of the rate. */
const CATCH_UP_S = 2;
const AGAIN_AFTER_MS = 500;
const TRANSACTIONS = 0.3;
const ABORTED = 1 / 3;
/** After so long Kafka itself aborts a transaction whose producer is gone. */
const TRANSACTION_TIMEOUT_MS = 15_000;

/** By topic and partition the offset behind the last record that Kafka acknowledged. */
export type Published = ReadonlyMap<string, readonly number[]>;

/** What was published. */
export interface PublishingCount {
  /** Records that Kafka acknowledged, in transactions that were committed or in none. */
  readonly records: number;
  readonly late: number;
  readonly again: number;
  readonly poison: number;
  /** Transactions that were aborted on purpose. */
  readonly aborted: number;
  /** Requests that Kafka did not answer well, so that they were made again. */
  readonly repeated: number;
}

/**
 * Publishes steadily, acknowledged by all in-sync replicas, in part by transactions, some of which are aborted. What Kafka
 * does not acknowledge is published again, by another producer, so some of it may be there twice.
 */
export class Publishing {
  readonly count = { records: 0, late: 0, again: 0, poison: 0, aborted: 0, repeated: 0 };
  private readonly ends = new Map<string, number[]>();
  private readonly random: Random;
  private readonly kafka: Kafka;
  private producer: Producer | null = null;
  private transactional: Producer | null = null;
  /** A transaction may be open whose producer is gone, and holds up all readers until another takes its place. */
  private orphaned = false;
  private loop: Promise<void> | null = null;
  private readonly stopping = new AbortController();
  /** What Kafka has not acknowledged is given up. */
  private closed = false;

  constructor(
    brokers: string,
    private readonly mix: Mix,
    private readonly options: { readonly rate: number; readonly seed: number; readonly partitions: number },
  ) {
    this.random = new Random(options.seed, 99);
    for (const topic of STREAMS) this.ends.set(topic, Array<number>(options.partitions).fill(0));
    this.kafka = new kafkajs.Kafka({
      brokers: brokers.split(','),
      clientId: 'hjemmel-drill',
      connectionTimeout: 3_000,
      requestTimeout: 5_000,
      retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 },
      logLevel: kafkajs.logLevel.NOTHING,
    });
  }

  start(): void {
    this.loop = this.run();
  }

  /** How far Kafka has acknowledged, as of now. */
  get published(): Published {
    return new Map([...this.ends].map(([topic, ends]) => [topic, [...ends]]));
  }

  /**
   * Publishes what was held back and, last of each topic-partition, one ordinary record, so that no offsets are left at
   * the ends that no record follows.
   */
  async finish(): Promise<void> {
    this.stopping.abort();
    await this.loop;
    for (const batch of [this.mix.rest(), this.mix.closing()]) {
      for (let i = 0; i < batch.length; i += BATCH) await this.deliver(batch.slice(i, i + BATCH));
    }
  }

  /** Gives up what is under way. */
  async close(): Promise<void> {
    this.closed = true;
    this.stopping.abort();
    await this.loop;
    await this.dispose();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const { rate } = this.options;
    let started = performance.now();
    let sent = 0;
    while (!signal.aborted) {
      const due = ((performance.now() - started) / 1_000) * rate - sent;
      if (due > rate * CATCH_UP_S) started += ((due - rate * CATCH_UP_S) / rate) * 1_000;
      if (due >= 1) {
        const batch = this.mix.take(Math.min(BATCH, Math.ceil(due)));
        sent += batch.length;
        if (this.orphaned || this.random.chance(TRANSACTIONS)) await this.transact(batch);
        else await this.deliver(batch);
      }
      await sleep(TICK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Publishes until Kafka has acknowledged it. */
  private async deliver(batch: readonly Sending[]): Promise<void> {
    while (!this.closed) {
      try {
        this.producer ??= await this.connect({});
        const acknowledged = await this.producer.sendBatch({ acks: -1, topicMessages: byTopic(batch) });
        return this.note(batch, acknowledged);
      } catch {
        await this.fail();
      }
    }
  }

  private async transact(batch: readonly Sending[]): Promise<void> {
    const aborts = this.random.chance(ABORTED);
    try {
      this.transactional ??= await this.connect({
        transactionalId: `hjemmel-drill-${this.options.seed}`,
        transactionTimeout: TRANSACTION_TIMEOUT_MS,
      });
      this.orphaned = false;
      const transaction = await this.transactional.transaction();
      const acknowledged = await transaction.sendBatch({ acks: -1, topicMessages: byTopic(batch) });
      if (aborts) {
        await transaction.abort();
        this.count.aborted++;
      } else {
        await transaction.commit();
        return this.note(batch, acknowledged);
      }
    } catch {
      this.orphaned = true;
      await this.fail();
    }
    await this.deliver(batch);
  }

  private note(batch: readonly Sending[], acknowledged: readonly RecordMetadata[]): void {
    for (const { topicName, partition, baseOffset } of acknowledged) {
      const base = Number(baseOffset ?? -1);
      const count = batch.filter((one) => one.topic === topicName && one.partition === partition).length;
      const ends = this.ends.get(topicName);
      // Kafka gives no offset for what it had already.
      if (ends !== undefined && base >= 0) ends[partition] = Math.max(ends[partition] ?? 0, base + count);
    }
    this.count.records += batch.length;
    for (const { oddity } of batch) if (oddity !== 'none') this.count[oddity]++;
  }

  private async connect(config: Parameters<Kafka['producer']>[0]): Promise<Producer> {
    const producer = this.kafka.producer({ idempotent: true, maxInFlightRequests: 1, ...config });
    await producer.connect();
    return producer;
  }

  private async fail(): Promise<void> {
    this.count.repeated++;
    await this.dispose();
    await sleep(AGAIN_AFTER_MS);
  }

  private async dispose(): Promise<void> {
    const producers = [this.producer, this.transactional];
    this.producer = this.transactional = null;
    for (const producer of producers) await producer?.disconnect().catch(() => undefined);
  }
}

function byTopic(batch: readonly Sending[]): TopicMessages[] {
  const topics = Map.groupBy(batch, ({ topic }) => topic);
  return Array.from(topics, ([topic, messages]) => ({
    topic,
    messages: messages.map(({ partition, key, value, headers }) => ({ partition, key, value, headers })),
  }));
}
