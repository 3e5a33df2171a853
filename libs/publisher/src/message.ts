import { encodeRecord, recordKey, toHeaders, type Stream, type StreamEvent } from '#libs/events';

/** A Kafka record on its way out. */
export interface OutgoingMessage {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Record<string, string>;
}

/** Topic of each stream. */
export type Topics = Readonly<Record<Stream, string>>;

export const DEFAULT_TOPICS: Topics = {
  orders: 'orders',
  marketing: 'marketing',
  sharing: 'sharing',
  rights: 'rights',
};

/** The Kafka record of an event: Avro single object, keyed by controller and subject, CloudEvents headers. */
export function toMessage(event: StreamEvent, topics: Topics): OutgoingMessage {
  return {
    topic: topics[event.stream],
    key: recordKey(event.event),
    value: encodeRecord(event),
    headers: { ...toHeaders(event) },
  };
}

/** About what the record takes in a batch: with its framing and headers. */
export function sizeOf(message: OutgoingMessage): number {
  const RECORD_OVERHEAD = 350;
  return Buffer.byteLength(message.key) + message.value.length + RECORD_OVERHEAD;
}
