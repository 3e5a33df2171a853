import { crc32c } from './crc32c.js';

/** A record to be put into a batch; bytes are what they are, however odd. */
export interface Sketch {
  readonly key?: Buffer | null;
  readonly value?: Buffer | null;
  readonly headers?: readonly (readonly [name: string, value: Buffer | null])[];
  readonly offsetDelta?: number;
  readonly timestampDelta?: number;
}

export interface BatchSketch {
  readonly first?: number;
  /** Left out: that of the last record. */
  readonly lastDelta?: number;
  readonly attributes?: number;
  readonly time?: bigint;
  readonly appendTime?: bigint;
  readonly producer?: bigint;
  /** Packs the records; the type goes into the attributes. */
  readonly pack?: (records: Buffer) => Buffer;
  /** Left out: as many as there are. */
  readonly count?: number;
}

/** The bytes of a record batch (Kafka protocol, RecordBatch), for tests. */
export function recordBatch(records: readonly Sketch[], sketch: BatchSketch = {}): Buffer {
  const { first = 0, attributes = 0, time = 1_000n, appendTime = 9_000n, producer = -1n } = sketch;
  const encoded = Buffer.concat(records.map((record, i) => encodeRecord({ offsetDelta: i, ...record })));
  return rawBatch(sketch.pack?.(encoded) ?? encoded, {
    ...{ first, attributes, time, appendTime, producer },
    count: sketch.count ?? records.length,
    lastDelta: sketch.lastDelta ?? records.at(-1)?.offsetDelta ?? records.length - 1,
  });
}

/** A batch around bytes that are taken for packed records. */
export function rawBatch(body: Buffer, sketch: Required<Omit<BatchSketch, 'pack'>>): Buffer {
  const head = Buffer.alloc(61);
  head.writeBigInt64BE(BigInt(sketch.first), 0);
  head.writeInt32BE(61 - 12 + body.length, 8);
  head[16] = 2;
  head.writeInt16BE(sketch.attributes, 21);
  head.writeInt32BE(sketch.lastDelta, 23);
  head.writeBigInt64BE(sketch.time, 27);
  head.writeBigInt64BE(sketch.appendTime, 35);
  head.writeBigInt64BE(sketch.producer, 43);
  head.writeInt32BE(sketch.count, 57);
  const batch = Buffer.concat([head, body]);
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}

export function encodeRecord({
  key = null,
  value = null,
  headers = [],
  offsetDelta = 0,
  timestampDelta = 0,
}: Sketch): Buffer {
  const body = Buffer.concat([
    Buffer.from([0]),
    varint(timestampDelta),
    varint(offsetDelta),
    field(key),
    field(value),
    varint(headers.length),
    ...headers.flatMap(([name, content]) => [field(Buffer.from(name)), field(content)]),
  ]);
  return Buffer.concat([varint(body.length), body]);
}

function field(bytes: Buffer | null): Buffer {
  return bytes === null ? varint(-1) : Buffer.concat([varint(bytes.length), bytes]);
}

/** Zig-zag. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = BigInt(value) >= 0n ? BigInt(value) * 2n : BigInt(value) * -2n - 1n;
  for (; left >= 0x80n; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(left)]);
}
