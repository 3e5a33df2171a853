import kafkajs, { type Message, type RecordMetadata } from 'kafkajs';
import type { Stream } from '#libs/events';

const { Kafka, logLevel, Partitioners } = kafkajs;

/** A record on its way to a topic. */
export interface TopicRecord {
  readonly topic: Stream;
  readonly message: Message & { readonly partition: number };
}

/** Records a request: fewer, larger batches than a publishing service would write, so that filling does not take long. */
const PORTION = 5_000;

/** Sends records in one request, and gives what Kafka acknowledged. */
export type Send = (records: readonly TopicRecord[]) => Promise<RecordMetadata[]>;

/** Writes records to Kafka, in order. */
export async function publish(broker: string, records: Iterable<TopicRecord>, signal: AbortSignal): Promise<void> {
  await withProducer(broker, async (send) => {
    let portion: TopicRecord[] = [];
    for (const record of records) {
      portion.push(record);
      if (portion.length < PORTION) continue;
      await send(portion);
      signal.throwIfAborted();
      portion = [];
    }
    if (portion.length > 0) await send(portion);
  });
}

/** Does what needs a producer that keeps the order of its requests, and ends it. */
export async function withProducer<T>(broker: string, work: (send: Send) => Promise<T>): Promise<T> {
  const kafka = new Kafka({ clientId: 'bench', brokers: [broker], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  try {
    return await work((records) => {
      const topics = Map.groupBy(records, ({ topic }) => topic);
      const topicMessages = Array.from(topics, ([topic, list]) => ({
        topic,
        messages: list.map(({ message }) => message),
      }));
      return producer.sendBatch({ acks: -1, topicMessages });
    });
  } finally {
    await producer.disconnect();
  }
}
