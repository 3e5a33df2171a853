import type avro from 'avsc';
import { STREAMS, type EventBase, type Stream, type StreamEvent } from './event.js';
import { SINGLE_OBJECT_HEADER, singleObjectHeader } from './framing.js';
import { currentSchema, currentType, NAMESPACE, RECORD_OF } from './schemas.js';

/** Writes values of one record type in single-object encoding. */
export class SingleObjectEncoder {
  readonly #record: string;
  readonly #type: avro.Type;
  #scratch: Buffer;

  /** @param record name of a current schema, such as `OrderEvent` */
  constructor(record: string) {
    this.#record = record;
    this.#type = currentType(record);
    this.#scratch = this.#newScratch(1024);
  }

  /** @throws Error when the value does not fit the schema */
  encode(value: unknown): Buffer {
    let end = this.#write(value);
    if (end < 0) {
      this.#scratch = this.#newScratch(2 * (this.#scratch.length - end));
      end = this.#write(value);
    }
    return Buffer.from(this.#scratch.subarray(0, end));
  }

  /** Where the value ends; below zero, the number of bytes that are missing. */
  #write(value: unknown): number {
    try {
      return this.#type.encode(value, this.#scratch, SINGLE_OBJECT_HEADER);
    } catch {
      // avsc's own message quotes the value, which may be a subject.
      throw new Error(`the value does not fit the schema ${NAMESPACE}.${this.#record}`);
    }
  }

  #newScratch(size: number): Buffer {
    const scratch = Buffer.alloc(size);
    singleObjectHeader(currentSchema(this.#record).fingerprint).copy(scratch);
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
