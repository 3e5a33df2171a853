import { STREAMS, type EventBase, type Stream, type StreamEvent } from './event.js';
import { SINGLE_OBJECT_HEADER, singleObjectHeader } from './framing.js';
import { currentSchema, currentType, NAMESPACE, RECORD_OF } from './schemas.js';
import { Sink } from './sink.js';
import { compileWriter, type Write } from './write.js';

/** Writes values of one record type in single-object encoding. */
export class SingleObjectEncoder {
  readonly #record: string;
  readonly #header: Buffer;
  readonly #write: Write;

  /** @param record name of a current schema, such as `OrderEvent` */
  constructor(record: string) {
    this.#record = record;
    this.#header = singleObjectHeader(currentSchema(record).fingerprint);
    this.#write = compileWriter(currentType(record));
  }

  /** Whether a value is of this record, by its current schema. */
  isOf(value: Buffer): boolean {
    for (let i = 0; i < SINGLE_OBJECT_HEADER; i++) if (value[i] !== this.#header[i]) return false;
    return true;
  }

  /** @throws Error when the value does not fit the schema; what was written to the sink by then stays */
  write(value: unknown, sink: Sink): void {
    sink.raw(this.#header);
    try {
      this.#write(value, sink);
    } catch {
      throw new Error(`the value does not fit the schema ${NAMESPACE}.${this.#record}`);
    }
  }

  /** @throws Error when the value does not fit the schema */
  encode(value: unknown): Buffer {
    scratch.at = 0;
    this.write(value, scratch);
    return scratch.copy();
  }
}

const scratch = new Sink(1024);

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

/**
 * Bytes that stand for an event, the same where it is published again: its value where that is by the current schema, else
 * as {@link encodeRecord} makes it.
 *
 * @param value in single-object encoding; null: in another
 */
export function contentOf(value: Buffer | null, event: StreamEvent): Buffer {
  return value !== null && ENCODERS[event.stream].isOf(value) ? value : encodeRecord(event);
}

/** The record key, `<controller>/<subject>`: all events of one subject go to one partition, in order. */
export function recordKey(event: EventBase): string {
  return `${event.controller}/${event.subject}`;
}
