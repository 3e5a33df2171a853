import kafkajs, { type Message, type Producer } from 'kafkajs';
import { decodeRecord, WriterSchemas } from '#libs/events';
import { registerCompression } from '#libs/stream';
import { keyPartitioner } from '../../apps/local/src/stack/key-partition.js';
import type { Manifest } from './manifest.js';
import { reader } from './readable.js';
import type { FuzzRecord } from './records.js';

const { CompressionTypes, Kafka, logLevel } = kafkajs;

/** A request is sent when it has so much. */
const RECORDS = 2_000;
const BYTES = 3 * 1024 * 1024;
/** One after the other; every type that Kafka knows. */
const COMPRESSIONS = [
  CompressionTypes.None,
  CompressionTypes.GZIP,
  CompressionTypes.Snappy,
  CompressionTypes.LZ4,
  CompressionTypes.ZSTD,
];

/**
 * Publishes records to topics that are empty, in order, acknowledged by all in-sync replicas and each once.
 *
 * @param manifest takes what was published
 * @param onProgress gets how many were, now and then
 */
export async function publishFuzz(
  brokers: string,
  partitions: number,
  records: Iterable<FuzzRecord>,
  manifest: Manifest,
  onProgress: (published: number) => void,
  signal: AbortSignal,
): Promise<void> {
  registerCompression();
  const producer = new Kafka({
    brokers: brokers.split(','),
    clientId: 'hjemmel-drill',
    logLevel: logLevel.NOTHING,
  }).producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  try {
    const isReadable = reader();
    const released = new WriterSchemas();
    const partitionOf = partitioner(partitions);
    let portion: { topic: string; message: Message }[] = [];
    let bytes = 0;
    let published = 0;
    let sent = 0;
    const send = async (): Promise<void> => {
      await sendAll(producer, portion, COMPRESSIONS[sent++ % COMPRESSIONS.length]!);
      published += portion.length;
      onProgress(published);
      portion = [];
      bytes = 0;
    };
    for (const { topic, key, value, headers, timestamp, partition: given } of records) {
      signal.throwIfAborted();
      const partition = given ?? partitionOf(topic, key, published + portion.length);
      const readable = isReadable(value);
      manifest.add(topic, partition, readable, key, value);
      const decoded = readable ? decodeRecord(value, released) : null;
      if (decoded?.ok) manifest.addPerson(decoded.event);
      portion.push({ topic, message: { key, value, headers: { ...headers }, timestamp, partition } });
      bytes += (key?.length ?? 0) + (value?.length ?? 0);
      if (portion.length >= RECORDS || bytes >= BYTES) await send();
    }
    if (portion.length > 0) await send();
  } finally {
    await producer.disconnect();
  }
}

async function sendAll(
  producer: Producer,
  portion: readonly { topic: string; message: Message }[],
  compression: kafkajs.CompressionTypes,
): Promise<void> {
  const topics = Map.groupBy(portion, ({ topic }) => topic);
  const topicMessages = Array.from(topics, ([topic, list]) => ({
    topic,
    messages: list.map(({ message }) => message),
  }));
  await producer.sendBatch({ acks: -1, compression, topicMessages });
}

/** kafkajs needs very long to hash keys that are longer, its numbers growing with each byte. */
const HASHED = 4_096;

/** Where kafkajs puts a key; in turn where it cannot. */
function partitioner(partitions: number): (topic: string, key: Buffer | null, i: number) => number {
  const partitionOf = keyPartitioner(partitions);
  return (topic, key, i) => (key === null || key.length > HASHED ? i % partitions : partitionOf(topic, key));
}
