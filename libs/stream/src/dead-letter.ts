import kafkajs from 'kafkajs';
import type { ICustomPartitioner, Kafka, Message, Producer } from 'kafkajs';
import { createKafka } from './kafkajs-client.js';
import type { StreamLog } from './log.js';
import type { SourceRecord } from './record.js';
import type { KafkaSettings } from './settings.js';
import { StreamFault } from './stream-fault.js';
import { backoff, pause } from './waiting.js';

/** A record nobody can read, with the code of the reason (no exception text, nothing of the content). */
export interface DeadLetter {
  readonly record: SourceRecord;
  readonly reason: string;
}

/**
 * Names of the headers that say where a dead letter comes from, and their form, as Spring Kafka's DeadLetterPublishing-
 * Recoverer writes them, so that its tools can replay: topic as text, partition as int32, offset and timestamp as int64,
 * big-endian.
 */
export const DEAD_LETTER_HEADERS = {
  topic: 'kafka_dlt-original-topic',
  partition: 'kafka_dlt-original-partition',
  offset: 'kafka_dlt-original-offset',
  timestamp: 'kafka_dlt-original-timestamp',
  reason: 'hjemmel_reason',
  /** Present where the letter was too large for the topic, and has no key, value or other headers; the value's length. */
  omitted: 'hjemmel_value_omitted',
} as const;

/** Puts unreadable records on a topic of their own: original key, value and headers, and where they come from. */
export class DeadLetters {
  private readonly kafka: Kafka;
  private producer: Producer | null = null;
  private away = false;

  constructor(
    settings: KafkaSettings,
    private readonly topic: string,
    private readonly log: StreamLog,
  ) {
    this.kafka = createKafka(settings, log);
  }

  /**
   * Sends the letters and resolves once all in-sync replicas have them (at least once). While Kafka is away it keeps
   * trying and says so.
   *
   * @returns false where the signal came first
   * @throws StreamFault where waiting would not help: no such topic, or not allowed
   */
  async send(letters: readonly DeadLetter[], signal: AbortSignal): Promise<boolean> {
    let messages = letters.map(toMessage);
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        const producer = await this.connected();
        await producer.send({ topic: this.topic, acks: -1, messages });
        if (this.away) this.log.info({}, 'dead letters can be written again');
        this.away = false;
        return true;
      } catch (fault) {
        const type = typeOf(fault);
        if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') {
          if (messages.length > 1) return this.sendSingly(letters, signal);
          const { topic } = this;
          this.log.warn(
            { topic, bytes: messages[0]?.value?.length ?? 0 },
            'a dead letter is too large for its topic and goes there without key, value and headers: raise max.message.bytes',
          );
          messages = messages.map(withoutValue);
          continue;
        }
        if (type === 'UNKNOWN_TOPIC_OR_PARTITION' && attempt >= 5) {
          throw new StreamFault(`Kafka has no topic \`${this.topic}\` for dead letters: create it.`);
        }
        if (type === 'TOPIC_AUTHORIZATION_FAILED') {
          throw new StreamFault(`Not allowed to write to the topic \`${this.topic}\` for dead letters.`);
        }
        if (!this.away) this.log.warn({}, 'Kafka does not take dead letters; trying again until it does');
        this.away = true;
        await this.disconnect();
        await pause(backoff(attempt), signal);
      }
    }
    return false;
  }

  async close(): Promise<void> {
    await this.disconnect();
  }

  private async sendSingly(letters: readonly DeadLetter[], signal: AbortSignal): Promise<boolean> {
    for (const letter of letters) if (!(await this.send([letter], signal))) return false;
    return true;
  }

  private async connected(): Promise<Producer> {
    if (this.producer !== null) return this.producer;
    const producer = this.kafka.producer({ allowAutoTopicCreation: false, createPartitioner: byOrigin });
    await producer.connect();
    return (this.producer = producer);
  }

  private async disconnect(): Promise<void> {
    const { producer } = this;
    this.producer = null;
    await producer?.disconnect().catch(() => undefined);
  }
}

function toMessage({ record, reason }: DeadLetter): Message {
  const partition = Buffer.alloc(4);
  partition.writeInt32BE(record.partition);
  return {
    key: record.key,
    value: record.value,
    headers: {
      ...(record.headers as Message['headers']),
      [DEAD_LETTER_HEADERS.topic]: record.topic,
      [DEAD_LETTER_HEADERS.partition]: partition,
      [DEAD_LETTER_HEADERS.offset]: int64(record.offset),
      [DEAD_LETTER_HEADERS.timestamp]: int64(record.timestamp),
      [DEAD_LETTER_HEADERS.reason]: reason,
    },
  };
}

/**
 * Puts a letter where its record was, as far as there are as many partitions. Not by its key: kafkajs takes hours to hash
 * one of a megabyte, its numbers growing with each byte.
 */
const byOrigin: ICustomPartitioner =
  () =>
  ({ partitionMetadata, message }) => {
    const origin = (message.headers?.[DEAD_LETTER_HEADERS.partition] as Buffer).readInt32BE();
    const ids = partitionMetadata.map(({ partitionId }) => partitionId).sort((a, b) => a - b);
    return ids[origin % ids.length]!;
  };

function withoutValue(message: Message): Message {
  const omitted = String(message.value?.length ?? 0);
  const own = Object.values<string>(DEAD_LETTER_HEADERS);
  const headers = Object.fromEntries(Object.entries(message.headers ?? {}).filter(([name]) => own.includes(name)));
  return { key: null, value: null, headers: { ...headers, [DEAD_LETTER_HEADERS.omitted]: omitted } };
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}

function typeOf(fault: unknown): string | undefined {
  for (let at = fault; at instanceof Error; at = at.cause) {
    if (at instanceof kafkajs.KafkaJSProtocolError) return at.type;
  }
  return undefined;
}
