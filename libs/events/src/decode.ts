import { constraintFault } from './constraints.js';
import { Cursor, DecodeFault } from './cursor.js';
import type { StreamEvent } from './event.js';
import { CONFLUENT_HEADER, isConfluent, isSingleObject, requireHeader, SINGLE_OBJECT_HEADER } from './framing.js';
import type { Writer, WriterSchemas } from './writers.js';

/**
 * An event, or why the record holds none. `fault` is in the user's words and holds nothing of the record's content.
 * With `missingSchemaId` the record may be fine: its schema has to be fetched from the registry first
 * ({@link WriterSchemas.addRegistrySchema}), then it is to be decoded again.
 */
export type Decoded =
  | { readonly ok: true; readonly event: StreamEvent }
  | { readonly ok: false; readonly fault: string; readonly missingSchemaId?: number };

/**
 * Decodes the value of a Kafka record, in either framing, to an event of the current schemas. Whatever the bytes are,
 * it does not throw.
 *
 * The stream is told by the writer's record type, not by the topic the record came from.
 *
 * @param value the record's value; null in a tombstone
 * @param writers the schemas it may have been written with
 */
export function decodeRecord(value: Buffer | null, writers: WriterSchemas): Decoded {
  if (value === null) return { ok: false, fault: 'the record has no value' };
  try {
    if (isSingleObject(value)) {
      requireHeader(value, SINGLE_OBJECT_HEADER);
      const low = value.readUInt32LE(2);
      const high = value.readUInt32LE(6);
      const writer = writers.byFingerprint(low, high);
      if (writer === undefined) return { ok: false, fault: unknownFingerprint(low, high) };
      return decodeBody(value, SINGLE_OBJECT_HEADER, writer);
    }
    if (isConfluent(value)) {
      requireHeader(value, CONFLUENT_HEADER);
      const id = value.readUInt32BE(1);
      const writer = writers.byRegistryId(id);
      if (writer === undefined) {
        return { ok: false, fault: `no schema ${id} is known from a schema registry`, missingSchemaId: id };
      }
      return decodeBody(value, CONFLUENT_HEADER, writer);
    }
    return { ok: false, fault: 'the value begins neither with C3 01 (Avro single object) nor with 00 (Confluent)' };
  } catch (error) {
    if (error instanceof DecodeFault) return { ok: false, fault: error.message };
    // A stack overflow in a schema that contains itself, for one. The message could quote the content.
    return { ok: false, fault: 'the value cannot be decoded' };
  }
}

function decodeBody(value: Buffer, from: number, writer: Writer): Decoded {
  if (!writer.ok) return writer;
  const cursor = new Cursor(value, from);
  const event = { stream: writer.stream, event: writer.read(cursor) } as StreamEvent;
  if (cursor.pos < value.length) {
    return { ok: false, fault: `${value.length - cursor.pos} bytes are left over after the event` };
  }
  const fault = constraintFault(event);
  return fault === null ? { ok: true, event } : { ok: false, fault };
}

function unknownFingerprint(low: number, high: number): string {
  const hex = ((BigInt(high) << 32n) | BigInt(low)).toString(16).padStart(16, '0');
  return `no released schema has the fingerprint ${hex}: publish with a schema of this version or an earlier one`;
}
