import { DecodeFault } from './cursor.js';

/**
 * The two framings that tell which schema a value was written with:
 *
 * ```
 * single object  = C3 01  fingerprint(8, little-endian CRC-64-AVRO)  body     Avro 1.12, "Single-object encoding"
 * Confluent      = 00     schema id(4, big-endian)                   body     Confluent Schema Registry wire format
 * ```
 */
export const SINGLE_OBJECT_HEADER = 10;
export const CONFLUENT_HEADER = 5;

export function isSingleObject(value: Buffer): boolean {
  return value[0] === 0xc3 && value[1] === 0x01;
}

export function isConfluent(value: Buffer): boolean {
  return value[0] === 0x00;
}

/** The body's first byte follows; throws {@link DecodeFault} when the header itself is cut off. */
export function requireHeader(value: Buffer, length: number): void {
  if (value.length < length) throw new DecodeFault('the value ends within its header (truncated)');
}

/** The first ten bytes of a single-object encoding. */
export function singleObjectHeader(fingerprint: bigint): Buffer {
  const header = Buffer.from([0xc3, 0x01, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeBigUInt64LE(fingerprint, 2);
  return header;
}

/**
 * The same body in the Confluent wire format.
 *
 * @param singleObject a value in single-object encoding
 * @param schemaId the id the registry gave the schema it was written with
 */
export function toConfluent(singleObject: Buffer, schemaId: number): Buffer {
  const value = Buffer.allocUnsafe(singleObject.length - SINGLE_OBJECT_HEADER + CONFLUENT_HEADER);
  value[0] = 0x00;
  value.writeUInt32BE(schemaId, 1);
  singleObject.copy(value, CONFLUENT_HEADER, SINGLE_OBJECT_HEADER);
  return value;
}
