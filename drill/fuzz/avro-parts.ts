import avro from 'avsc';
import { CURRENT, type Stream, type StreamEvent } from '#libs/events';

const RECORDS: Readonly<Record<Stream, string>> = {
  orders: 'OrderEvent',
  marketing: 'MarketingEvent',
  sharing: 'SharingEvent',
  rights: 'RightsEvent',
};

type Shape = 'string' | 'long' | 'boolean' | 'enum' | 'array' | 'union' | 'record';

/** One field of a record: how it is written, and its bytes. */
export interface Part {
  readonly name: string;
  readonly shape: Shape;
  readonly bytes: Buffer;
}

const TYPES = Object.fromEntries(
  Object.entries(RECORDS).map(([stream, record]) => {
    const json = CURRENT.get(record)!.json as Parameters<typeof avro.Type.forSchema>[0];
    return [stream, avro.Type.forSchema(json, { logicalTypes: {}, wrapUnions: 'auto' }) as avro.types.RecordType];
  }),
) as Record<Stream, avro.types.RecordType>;

/** The fields of an event as Avro writes them one after the other; in another order, or changed, they say something else. */
export function partsOf({ stream, event }: StreamEvent): Part[] {
  return TYPES[stream].fields.map(({ name, type }) => ({
    name,
    shape: shapeOf(type),
    bytes: type.toBuffer((event as unknown as Record<string, unknown>)[name]),
  }));
}

/** The 64-bit fingerprint of the schema that the events of a stream are written with. */
export function fingerprintOf(stream: Stream): bigint {
  return CURRENT.get(RECORDS[stream])!.fingerprint;
}

/** A number as Avro writes `int` and `long` (zig-zag varint); of any size. */
export function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let left = value >= 0n ? value * 2n : -value * 2n - 1n;
  for (; left >= 0x80n; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(left)]);
}

/** A string as Avro writes it, of any bytes. */
export function avroString(bytes: Buffer): Buffer {
  return Buffer.concat([varint(BigInt(bytes.length)), bytes]);
}

function shapeOf(type: avro.Type): Shape {
  const name = type.typeName;
  if (name.startsWith('union')) return 'union';
  if (name === 'string' || name === 'long' || name === 'boolean' || name === 'enum' || name === 'array') return name;
  if (name === 'record') return name;
  throw new Error(`the schemas have a type that fuzzing does not know: ${name}`);
}
