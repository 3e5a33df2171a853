import { promisify } from 'node:util';
import zlib from 'node:zlib';
import kafkajs from 'kafkajs';
import { COMPRESSION, unpack } from './unpack.js';

const { CompressionCodecs, CompressionTypes } = kafkajs;

const zstdCompress = promisify(zlib.zstdCompress);

/**
 * Teaches kafkajs the compression types that it leaves to others (it brings gzip itself), so that a publisher may use
 * any that Kafka knows. Libraries are loaded when the first such batch comes.
 */
export function registerCompression(): void {
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: ({ buffer }: Encoder) => zstdCompress(buffer),
    decompress: (buffer: Buffer) => whole(COMPRESSION.zstd, buffer),
  });
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: async ({ buffer }: Encoder) => (await import('lz4-napi')).compressFrame(buffer),
    decompress: (buffer: Buffer) => whole(COMPRESSION.lz4, buffer),
  });
  CompressionCodecs[CompressionTypes.Snappy] = () => ({
    compress: async ({ buffer }: Encoder) => (await import('snappy')).compress(buffer),
    decompress: (buffer: Buffer) => whole(COMPRESSION.snappy, buffer),
  });
}

interface Encoder {
  readonly buffer: Buffer;
}

async function whole(type: number, packed: Buffer): Promise<Buffer> {
  const unpacked = await unpack(type, packed);
  if (!unpacked.whole) throw new Error('a record batch unpacks to more than can be read');
  return unpacked.bytes;
}
