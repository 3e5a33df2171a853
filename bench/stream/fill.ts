import kafkajs, { type Message, type Producer } from 'kafkajs';
import { encodeRecord, recordKey, STREAMS, toHeaders, type Stream } from '#libs/events';
import { judge, type SubjectFacts, type Verdict } from '#libs/judge';
import { defaultRegistersDir, loadRegisters, loadTransferLaw } from '#libs/register';
import { learn } from '../judge/workload.js';
import { load, type LoadOptions } from './load.js';

const { Kafka, logLevel, Partitioners } = kafkajs;

export const VERDICTS: readonly Verdict[] = ['compliant', 'violation', 'gap', 'unreadable'];

/** What was written to Kafka, and what is to be found in the end, once every fact is known. */
export interface Filled {
  readonly events: number;
  readonly subjects: number;
  readonly byStream: Readonly<Record<Stream, number>>;
  readonly byVerdict: Readonly<Record<Verdict, number>>;
  /** Mean length of a record's value. */
  readonly valueBytes: number;
  /** By topic and partition, at each offset the index of the verdict in `VERDICTS`. */
  readonly expected: ReadonlyMap<string, readonly number[][]>;
}

export interface FillOptions extends LoadOptions {
  readonly partitions: number;
  /** Whether records carry the CloudEvents headers of `libs/publisher`, some 250 bytes each. */
  readonly headers: boolean;
}

/** Records a request: fewer, larger batches than a publishing service would write, so that filling does not take long. */
const PORTION = 5_000;

/** Writes the load to the four empty topics, keyed and partitioned as publishers do, in order. */
export async function fill(broker: string, options: FillOptions, signal: AbortSignal): Promise<Filled> {
  const registers = await loadRegisters(defaultRegistersDir());
  const law = loadTransferLaw();
  const known = new Map<string, SubjectFacts>();
  for (const { event } of load(options)) learn(known, event);
  const byStream = Object.fromEntries(STREAMS.map((stream) => [stream, 0])) as Record<Stream, number>;
  const byVerdict = { compliant: 0, violation: 0, gap: 0, unreadable: 0 };
  const partitions = (): number[][] => Array.from({ length: options.partitions }, () => []);
  const expected = new Map<string, number[][]>(STREAMS.map((stream) => [stream, partitions()]));
  const partitionOf = partitioner(options.partitions);
  let bytes = 0;

  const producer = new Kafka({ clientId: 'bench', brokers: [broker], logLevel: logLevel.NOTHING }).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  try {
    let portion: { topic: Stream; message: Message }[] = [];
    for (const { event, timestamp } of load(options)) {
      const key = recordKey(event.event);
      const { verdict } = judge({ event, timestamp, registers, facts: known.get(key)!, law });
      const partition = partitionOf(event.stream, key);
      const value = encodeRecord(event);
      const headers = options.headers ? { headers: { ...toHeaders(event) } } : {};
      portion.push({
        topic: event.stream,
        message: { key, value, partition, timestamp: String(timestamp), ...headers },
      });
      expected.get(event.stream)![partition]!.push(VERDICTS.indexOf(verdict));
      byStream[event.stream]++;
      byVerdict[verdict]++;
      bytes += value.length;
      if (portion.length < PORTION) continue;
      await send(producer, portion);
      signal.throwIfAborted();
      portion = [];
    }
    await send(producer, portion);
  } finally {
    await producer.disconnect();
  }
  const { events } = options;
  return { events, subjects: known.size, byStream, byVerdict, valueBytes: bytes / events, expected };
}

async function send(producer: Producer, portion: readonly { topic: Stream; message: Message }[]): Promise<void> {
  const topics = Map.groupBy(portion, ({ topic }) => topic);
  const topicMessages = Array.from(topics, ([topic, list]) => ({
    topic,
    messages: list.map(({ message }) => message),
  }));
  if (topicMessages.length > 0) await producer.sendBatch({ acks: -1, topicMessages });
}

/** Where kafkajs puts a key (murmur2, as Java's client), known beforehand so that offsets are too. */
function partitioner(partitions: number): (topic: string, key: string) => number {
  const partitionOf = Partitioners.DefaultPartitioner();
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 0,
    replicas: [0],
    isr: [0],
  }));
  return (topic, key) => partitionOf({ topic, partitionMetadata, message: { key, value: null } });
}
