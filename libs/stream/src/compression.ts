import { promisify } from 'node:util';
import zlib from 'node:zlib';
import kafkajs from 'kafkajs';

const { CompressionCodecs, CompressionTypes } = kafkajs;

const zstdCompress = promisify(zlib.zstdCompress);
const zstdDecompress = promisify(zlib.zstdDecompress);

/**
 * Teaches kafkajs the compression types that it leaves to others (it brings gzip itself), so that a publisher may use
 * any that Kafka knows. Libraries are loaded when the first such batch comes.
 */
export function registerCompression(): void {
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: ({ buffer }: Encoder) => zstdCompress(buffer),
    decompress: (buffer: Buffer) => zstdDecompress(buffer),
  });
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: async ({ buffer }: Encoder) => (await import('lz4-napi')).compressFrame(buffer),
    decompress: async (buffer: Buffer) => (await import('lz4-napi')).decompressFrame(buffer),
  });
  CompressionCodecs[CompressionTypes.Snappy] = () => ({
    compress: async ({ buffer }: Encoder) => (await import('snappy')).compress(buffer),
    decompress: uncompressSnappy,
  });
}

interface Encoder {
  readonly buffer: Buffer;
}

/** What snappy-java, and so Kafka's Java client, writes before its chunks: magic, version and least version. */
const XERIAL_MAGIC = Buffer.from('82534e4150505900', 'hex');
const XERIAL_HEADER = 16;

/** Snappy as Kafka's clients write it: one raw block, or snappy-java's chunks of big-endian int32 length and block. */
async function uncompressSnappy(buffer: Buffer): Promise<Buffer> {
  const { uncompress } = await import('snappy');
  const block = async (bytes: Buffer): Promise<Buffer> => (await uncompress(bytes, { asBuffer: true })) as Buffer;
  if (!buffer.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return block(buffer);
  const blocks: Buffer[] = [];
  for (let at = XERIAL_HEADER; at < buffer.length;) {
    const length = buffer.readInt32BE(at);
    blocks.push(await block(buffer.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return Buffer.concat(blocks);
}
