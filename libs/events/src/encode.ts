import type avro from 'avsc';
import { STREAMS, type EventBase, type Stream, type StreamEvent } from './event.js';
import { SINGLE_OBJECT_HEADER, singleObjectHeader } from './framing.js';
import { currentSchema, currentType, RECORD_OF } from './schemas.js';

/** Writes values of one record type in single-object encoding. */
export class SingleObjectEncoder {
  readonly #type: avro.Type;
  #scratch: Buffer;

  /** @param record name of a current schema, such as `OrderEvent` */
  constructor(record: string) {
    this.#type = currentType(record);
    this.#scratch = this.#newScratch(record, 1024);
    this.#record = record;
  }

  readonly #record: string;

  /** @throws Error when the value does not fit the schema */
  encode(value: unknown): Buffer {
    let end = this.#type.encode(value, this.#scratch, SINGLE_OBJECT_HEADER);
    if (end < 0) {
      this.#scratch = this.#newScratch(this.#record, 2 * (this.#scratch.length - end));
      end = this.#type.encode(value, this.#scratch, SINGLE_OBJECT_HEADER);
    }
    return Buffer.from(this.#scratch.subarray(0, end));
  }

  #newScratch(record: string, size: number): Buffer {
    const scratch = Buffer.alloc(size);
    singleObjectHeader(currentSchema(record).fingerprint).copy(scratch);
    return scratch;
  }
}

const ENCODERS = Object.fromEntries(
  STREAMS.map((stream) => [stream, new SingleObjectEncoder(RECORD_OF[stream])]),
) as Record<Stream, SingleObjectEncoder>;

/**
 * The record value of an event: Avro single-object encoding under the current schema.
 *
 * @throws Error when the event does not fit its schema; make it with `parseEvent` where that is not certain
 */
export function encodeRecord(event: StreamEvent): Buffer {
  return ENCODERS[event.stream].encode(event.event);
}

/** The record key, `<controller>/<subject>`: all events of one subject go to one partition, in order. */
export function recordKey(event: EventBase): string {
  return `${event.controller}/${event.subject}`;
}
