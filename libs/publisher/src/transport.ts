import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Kafka, type KafkaConfig, type Message, type Producer } from 'kafkajs';
import type { OutgoingMessage } from './message.js';

// CommonJS: Node finds only some of its names for a named import.
const { KafkaJSError, KafkaJSProtocolError, logLevel, Partitioners } = kafkajs;

/** Where messages go. */
export interface Transport {
  /** Resolves when all in-sync replicas have all messages. One call at a time. */
  send(messages: readonly OutgoingMessage[]): Promise<void>;
  /** Gives up what is under way, whose `send` then rejects. */
  close(): Promise<void>;
}

export interface KafkaOptions {
  /** `host:port` of some brokers. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly ssl?: KafkaConfig['ssl'];
  readonly sasl?: KafkaConfig['sasl'];
  /** Told in one line when Kafka stops answering and when it answers again. Default: nobody. */
  readonly log?: (line: string) => void;
}

const PAUSE_MS = 1000;

/**
 * Kafka by kafkajs: acknowledged by all in-sync replicas and idempotent, so that a retry inside the client writes
 * nothing twice (KIP-98).
 *
 * kafkajs keeps its sequence numbers right only with one request under way and as long as no request is given up. So
 * one is sent at a time; and since kafkajs cannot be told to stop retrying, it may only do so for a while, after which
 * waiting goes on here, with a new producer. Only then may a batch be written twice.
 */
export class KafkaTransport implements Transport {
  readonly #options: KafkaOptions;
  readonly #kafka: Kafka;
  readonly #closing = new AbortController();
  #producer: Producer | null = null;
  #isAway = false;

  constructor(options: KafkaOptions) {
    this.#options = options;
    this.#kafka = new kafkajs.Kafka({
      brokers: [...options.brokers],
      clientId: options.clientId,
      ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
      ...(options.sasl === undefined ? {} : { sasl: options.sasl }),
      retry: { retries: 1 },
      logLevel: logLevel.NOTHING,
    });
  }

  async send(messages: readonly OutgoingMessage[]): Promise<void> {
    for (;;) {
      try {
        await this.#attempt(messages);
        if (this.#isAway) this.#options.log?.('Kafka answers again');
        this.#isAway = false;
        return;
      } catch (error) {
        await this.#disconnect();
        const cause = causeOf(error);
        if (this.#closing.signal.aborted || !passesByWaiting(cause)) throw inUsersWords(cause);
        if (!this.#isAway) {
          this.#options.log?.(
            `Kafka at ${this.#options.brokers.join(', ')} does not take events, waiting: ${cause.message}`,
          );
        }
        this.#isAway = true;
        await sleep(PAUSE_MS, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#disconnect();
  }

  async #attempt(messages: readonly OutgoingMessage[]): Promise<void> {
    const producer = (this.#producer ??= await this.#connect());
    try {
      await producer.sendBatch({ acks: -1, topicMessages: byTopic(messages) });
    } finally {
      // kafkajs, while it retries, connects again on its own even after it was told to disconnect.
      if (this.#closing.signal.aborted) await quietly(producer.disconnect());
    }
  }

  async #connect(): Promise<Producer> {
    const producer = this.#kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      retry: { retries: 6, initialRetryTime: 100 },
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    if (this.#closing.signal.aborted) {
      await quietly(producer.disconnect());
      throw new Error('the publisher was closed while it connected to Kafka');
    }
    return producer;
  }

  async #disconnect(): Promise<void> {
    const producer = this.#producer;
    this.#producer = null;
    if (producer !== null) await quietly(producer.disconnect());
  }
}

/** A connection that cannot be closed is gone already. */
async function quietly(disconnected: Promise<void>): Promise<void> {
  await disconnected.catch(() => undefined);
}

/** The error that kafkajs wrapped when it gave up, which says whether waiting helps. */
function causeOf(error: unknown): Error {
  if (error instanceof KafkaJSError && !error.retriable && error.cause instanceof Error) return causeOf(error.cause);
  return error instanceof Error ? error : new Error(String(error));
}

function passesByWaiting(error: Error): boolean {
  return error instanceof KafkaJSError && error.retriable && !isMissingTopic(error);
}

function isMissingTopic(error: Error): boolean {
  return error instanceof KafkaJSProtocolError && error.type === 'UNKNOWN_TOPIC_OR_PARTITION';
}

function inUsersWords(error: Error): Error {
  if (!isMissingTopic(error)) return error;
  return new Error(
    'a topic to publish to does not exist on the Kafka cluster: create it, or name another in `topics`',
    {
      cause: error,
    },
  );
}

function byTopic(messages: readonly OutgoingMessage[]): { topic: string; messages: Message[] }[] {
  const topics = Map.groupBy(messages, (message) => message.topic);
  return Array.from(topics, ([topic, ofTopic]) => ({
    topic,
    messages: ofTopic.map(({ key, value, headers }) => ({ key, value, headers })),
  }));
}
