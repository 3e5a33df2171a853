import kafkajs, { type Message, type Producer } from 'kafkajs';
import type { Stream } from '#libs/events';

const { Kafka, logLevel, Partitioners } = kafkajs;

/** A record on its way to a topic. */
export interface TopicRecord {
  readonly topic: Stream;
  readonly message: Message & { readonly partition: number };
}

/** Records a request: fewer, larger batches than a publishing service would write, so that filling does not take long. */
const PORTION = 5_000;

/** Writes records to Kafka, in order. */
export async function publish(broker: string, records: Iterable<TopicRecord>, signal: AbortSignal): Promise<void> {
  const kafka = new Kafka({ clientId: 'bench', brokers: [broker], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  try {
    let portion: TopicRecord[] = [];
    for (const record of records) {
      portion.push(record);
      if (portion.length < PORTION) continue;
      await send(producer, portion);
      signal.throwIfAborted();
      portion = [];
    }
    await send(producer, portion);
  } finally {
    await producer.disconnect();
  }
}

async function send(producer: Producer, portion: readonly TopicRecord[]): Promise<void> {
  const topics = Map.groupBy(portion, ({ topic }) => topic);
  const topicMessages = Array.from(topics, ([topic, list]) => ({
    topic,
    messages: list.map(({ message }) => message),
  }));
  if (topicMessages.length > 0) await producer.sendBatch({ acks: -1, topicMessages });
}
