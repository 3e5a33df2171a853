import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { MalformedBatch } from './malformed-batch.js';

const unzip = promisify(zlib.unzip);
const zstdDecompress = promisify(zlib.zstdDecompress);

/** Compression types of a record batch (Kafka protocol, RecordBatch, the lowest three bits of `attributes`). */
export const COMPRESSION = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;

/** What a record batch may unpack to, in bytes: a hundred times what brokers take by default. */
export const MAX_UNPACKED_BYTES = 128 * 1024 * 1024;

/** Pieces in which something of unknown length is unpacked. */
const CHUNK_BYTES = 1024 * 1024;

export interface Unpacked {
  readonly bytes: Buffer;
  /** False where there would be more than was allowed; `bytes` is how it begins. */
  readonly whole: boolean;
}

/** Most that a byte of a block can stand for: a copy of 64 bytes takes two (Snappy, "Copies"); 255 (LZ4, "Sequences"). */
const SNAPPY_RATIO = 64;
const LZ4_RATIO = 255;
/** What snappy-java, and so Kafka's Java client, writes before its chunks: magic, version and least version. */
const XERIAL_MAGIC = Buffer.from('82534e4150505900', 'hex');
const XERIAL_HEADER = 16;

/**
 * Unpacks the records of a batch, up to a bound: a few hundred bytes can stand for gigabytes.
 *
 * @param type one of {@link COMPRESSION}, but none
 * @throws MalformedBatch where the bytes are not what the type says, or the type is not known
 */
export async function unpack(type: number, packed: Buffer, most = MAX_UNPACKED_BYTES): Promise<Unpacked> {
  try {
    switch (type) {
      case COMPRESSION.gzip:
        return await inflated(packed, most, unzip, () => zlib.createUnzip({ chunkSize: CHUNK_BYTES }));
      case COMPRESSION.zstd:
        return await inflated(packed, most, zstdDecompress, () =>
          zlib.createZstdDecompress({ chunkSize: CHUNK_BYTES }),
        );
      case COMPRESSION.snappy:
        return await unpackSnappy(packed, most);
      case COMPRESSION.lz4:
        return await unpackLz4(packed, most);
    }
  } catch {
    throw new MalformedBatch('the record batch cannot be unpacked');
  }
  throw new MalformedBatch(`the record batch is compressed in a way (${type}) that is not known`);
}

async function inflated(
  packed: Buffer,
  most: number,
  atOnce: (packed: Buffer, options: { maxOutputLength: number; chunkSize: number }) => Promise<Buffer>,
  stream: () => zlib.Unzip | zlib.ZstdDecompress,
): Promise<Unpacked> {
  try {
    return { bytes: await atOnce(packed, { maxOutputLength: most, chunkSize: chunkFor(packed) }), whole: true };
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw fault;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  const unpacking = stream();
  unpacking.end(packed);
  for await (const chunk of unpacking) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length >= most) break;
  }
  return { bytes: Buffer.concat(chunks).subarray(0, most), whole: false };
}

/** Small batches are many: room for what they likely hold, and no more. */
function chunkFor(packed: Buffer): number {
  return Math.min(CHUNK_BYTES, Math.max(16 * 1024, 8 * packed.length));
}

/** Snappy as Kafka's clients write it: one raw block, or snappy-java's chunks of big-endian int32 length and block. */
async function unpackSnappy(packed: Buffer, most: number): Promise<Unpacked> {
  if (!packed.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return snappyBlock(packed, most);
  const blocks: Buffer[] = [];
  let left = most;
  for (let at = XERIAL_HEADER; at < packed.length;) {
    const end = at + 4 + packed.readUInt32BE(at);
    if (end > packed.length) throw new Error('cut off');
    const { bytes, whole } = await snappyBlock(packed.subarray(at + 4, end), left);
    blocks.push(bytes);
    if (!whole) return { bytes: Buffer.concat(blocks), whole: false };
    left -= bytes.length;
    at = end;
  }
  return { bytes: Buffer.concat(blocks), whole: true };
}

/** A block says first, as a varint, how long it will be. */
async function snappyBlock(packed: Buffer, most: number): Promise<Unpacked> {
  let length = 0;
  for (let at = 0, scale = 1; ; at++, scale *= 128) {
    const byte = packed.readUInt8(at);
    length += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
  }
  if (length > SNAPPY_RATIO * packed.length) throw new Error('longer than it can be');
  if (length > most) return { bytes: Buffer.alloc(0), whole: false };
  const { uncompress } = await import('snappy');
  return { bytes: (await uncompress(packed, { asBuffer: true })) as Buffer, whole: true };
}

/** A frame may say how long it will be (LZ4 frame format, "Frame Descriptor": bit 3 of FLG, then 8 bytes from the sixth). */
async function unpackLz4(packed: Buffer, most: number): Promise<Unpacked> {
  const says = (packed.readUInt8(4) & 0x08) !== 0 ? packed.readBigUInt64LE(6) : 0n;
  if (says > BigInt(LZ4_RATIO) * BigInt(packed.length)) throw new Error('longer than it can be');
  const { decompressFrame } = await import('lz4-napi');
  const bytes = await decompressFrame(packed);
  return bytes.length > most ? { bytes: bytes.subarray(0, most), whole: false } : { bytes, whole: true };
}
