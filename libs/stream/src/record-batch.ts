import { crc32c } from './crc32c.js';
import type { FetchedBatchContext, FetchedMessage } from './fetch-guard.js';
import { MalformedBatch } from './malformed-batch.js';
import type { RecordHeaders } from './record.js';
import { COMPRESSION, unpack } from './unpack.js';

/** How much may still be read of one answer of a broker; what does not fit is fetched again. Counted down as it is used. */
export interface Room {
  /** Lengths of keys, values and headers, unpacked. */
  bytes: number;
  records: number;
}

export interface ReadBatches {
  readonly messages: FetchedMessage[];
  /** Next offset after what was read; where nothing was, the one that was asked for. */
  readonly end: number;
}

/** Bytes of a batch before its records (Kafka protocol, RecordBatch). */
const HEADER = 61;
/** `batchLength` counts from here. */
const LENGTH_FROM = 12;
const MAGIC_AT = 16;
const CRC_AT = 17;
/** What the CRC covers begins here. */
const ATTRIBUTES_AT = 21;
const TYPE_MASK = 0x07;
const APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
/** A record with more headers keeps none: they are not looked at, and would make every reader of dead letters slow. */
const MAX_HEADERS = 256;
/** Unpacked records beyond this are copied out, so that one of them does not hold all of them in memory. */
const COPY_FROM = 4 * 1024 * 1024;

const TOO_MUCH = 'the record batch unpacks to more than can be read';

/** Whether batches are of the one format that brokers have written since 0.11 (magic 2). */
export function isCurrentFormat(set: Buffer): boolean {
  return set.length <= MAGIC_AT || set[MAGIC_AT] === 2;
}

/**
 * Reads the record batches of one fetched topic-partition, as far as there is room: from the offset asked for, in order,
 * to the end of what came whole, or to where the room ends, which may be in the middle of a batch.
 *
 * This and not kafkajs' own decoder, which one record with many headers keeps busy for hours, which a batch of some
 * hundred thousand records in a few kilobytes overflows, and which unpacks without bound. What a batch that cannot be
 * read held becomes one message an offset, with a `fault` in the place of what it held.
 *
 * @param set the record batches as they came, in the current format; the last one may be cut off
 * @throws Error where bytes were damaged on their way, so that fetching again may help
 */
export async function readBatches(set: Buffer, from: number, room: Room): Promise<ReadBatches> {
  const messages: FetchedMessage[] = [];
  let end = from;
  for (let at = 0; set.length - at >= HEADER;) {
    const next = at + LENGTH_FROM + set.readInt32BE(at + 8);
    if (next > set.length || next < at + HEADER) break;
    const batch = set.subarray(at, next);
    const last = offsetOf(batch) + batch.readInt32BE(23);
    if (last >= from) {
      const full = await readBatch(batch, from, room, messages);
      const read = Number(messages.at(-1)?.offset ?? from - 1) + 1;
      if (full) return { messages, end: Math.max(end, read) };
      end = Math.max(end, last + 1);
    }
    at = next;
  }
  return { messages, end };
}

/** @returns true where the room ended before the batch did */
async function readBatch(batch: Buffer, from: number, room: Room, messages: FetchedMessage[]): Promise<boolean> {
  const first = offsetOf(batch);
  const last = first + batch.readInt32BE(23);
  const attributes = batch.readInt16BE(ATTRIBUTES_AT);
  const count = batch.readInt32BE(57);
  if (count <= 0) return false;
  if (isFull(room)) return true;
  const baseTime = Number(batch.readBigInt64BE(27));
  const appended = (attributes & APPEND_TIME) !== 0 ? String(batch.readBigInt64BE(35)) : null;
  const isControlRecord = (attributes & CONTROL) !== 0;
  const batchContext: FetchedBatchContext = {
    producerId: String(batch.readBigInt64BE(43)),
    inTransaction: (attributes & TRANSACTIONAL) !== 0,
  };
  let next = first;
  let fault = TOO_MUCH;
  try {
    const { bytes, whole } = await recordsOf(batch, attributes & TYPE_MASK);
    const reader = new RecordReader(bytes);
    for (let i = 0; i < count; i++) {
      if (!whole && !reader.hasWholeRecord()) break;
      const record = reader.next();
      const offset = first + record.offsetDelta;
      next = offset + 1;
      if (offset < from) continue;
      if (isFull(room)) return true;
      const { key, value, headers, length } = record;
      const timestamp = appended ?? String(baseTime + record.timestampDelta);
      messages.push({ offset: String(offset), timestamp, key, value, headers, isControlRecord, batchContext });
      room.bytes -= length;
      room.records--;
      if (i === count - 1) return false;
    }
    if (whole) return false;
  } catch (error) {
    if (!(error instanceof MalformedBatch)) throw error;
    requireIntact(batch);
    fault = error.message;
  }
  for (let offset = Math.max(next, from); offset <= last; offset++) {
    if (isFull(room)) return true;
    const timestamp = appended ?? String(baseTime);
    messages.push({
      ...{ offset: String(offset), timestamp, key: null, value: null, headers: {}, fault },
      batchContext,
    });
    room.records--;
  }
  return false;
}

function isFull(room: Room): boolean {
  return room.bytes <= 0 || room.records <= 0;
}

function offsetOf(batch: Buffer): number {
  return Number(batch.readBigInt64BE(0));
}

async function recordsOf(batch: Buffer, type: number): Promise<{ bytes: Buffer; whole: boolean }> {
  const records = batch.subarray(HEADER);
  return type === COMPRESSION.none ? { bytes: records, whole: true } : unpack(type, records);
}

function requireIntact(batch: Buffer): void {
  if (crc32c(batch.subarray(ATTRIBUTES_AT)) !== batch.readUInt32BE(CRC_AT)) {
    throw new Error('a record batch was damaged on its way');
  }
}

interface ReadRecord {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: RecordHeaders;
  /** Of all of it. */
  readonly length: number;
}

/**
 * ```
 * record = length(varint) attributes(int8) timestampDelta(varlong) offsetDelta(varint) key value headers
 * key, value = length(varint, -1: null) bytes        headers = count(varint) (name(varint, UTF-8) value)*
 * ```
 */
class RecordReader {
  private pos = 0;
  private readonly copies: boolean;

  constructor(private readonly bytes: Buffer) {
    this.copies = bytes.length > COPY_FROM;
  }

  /** Whether the next record is there to its end. */
  hasWholeRecord(): boolean {
    const from = this.pos;
    try {
      return this.varint() <= this.bytes.length - this.pos;
    } catch {
      return false;
    } finally {
      this.pos = from;
    }
  }

  next(): ReadRecord {
    const length = this.varint();
    const end = this.pos + length;
    if (length < 0 || end > this.bytes.length) throw cutOff();
    this.pos++; // attributes: none are in use
    const timestampDelta = this.varint();
    const offsetDelta = this.varint();
    const key = this.field(end);
    const value = this.field(end);
    const headers = this.headers(end);
    this.pos = end;
    return { offsetDelta, timestampDelta, key, value, headers, length };
  }

  private headers(end: number): RecordHeaders {
    const count = this.varint();
    if (count <= 0 || count > MAX_HEADERS) return NO_HEADERS;
    // Names are whatever somebody wrote, `__proto__` too.
    const headers = Object.create(null) as Record<string, Buffer | Buffer[]>;
    for (let i = 0; i < count; i++) {
      const name = (this.field(end) ?? EMPTY).toString();
      const value = this.field(end) ?? EMPTY;
      const before = headers[name];
      if (before === undefined) headers[name] = value;
      else if (Array.isArray(before)) before.push(value);
      else headers[name] = [before, value];
    }
    return headers;
  }

  private field(end: number): Buffer | null {
    const length = this.varint();
    if (length < 0) return null;
    const from = this.pos;
    if (from + length > end) throw cutOff();
    this.pos = from + length;
    const bytes = this.bytes.subarray(from, this.pos);
    return this.copies ? Buffer.from(bytes) : bytes;
  }

  /** Zig-zag, as a double: exact to 2^53, and only times are beyond. */
  private varint(): number {
    let value = 0;
    for (let scale = 1, count = 0; count < 10; scale *= 128, count++) {
      const byte = this.bytes[this.pos++];
      if (byte === undefined) throw cutOff();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw new MalformedBatch('a record of the batch cannot be read');
  }
}

const NO_HEADERS: RecordHeaders = {};
const EMPTY = Buffer.alloc(0);

function cutOff(): MalformedBatch {
  return new MalformedBatch('a record of the batch cannot be read');
}
