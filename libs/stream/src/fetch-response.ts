import type { FetchedPartition } from './fetch-guard.js';
import { isCurrentFormat, readBatches, type Room } from './record-batch.js';

/** What one answer of a broker may hold in memory once it is unpacked; the rest is fetched again. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_RECORDS = 200_000;

/** Versions of the Fetch response that are read here: record batches came with 4, kafkajs knows none after 11. */
export const FIRST_VERSION = 4;
export const LAST_VERSION = 11;

/** A Fetch response as kafkajs has it after decoding; its own `parse` then turns error codes into faults. */
export interface FetchResponse {
  readonly throttleTime: number;
  readonly clientSideThrottleTime?: number;
  readonly responses: { readonly topicName: string; readonly partitions: FetchedPartition[] }[];
}

/**
 * Decodes a Fetch response (Kafka protocol, Fetch v4 to v11), reading no more of it than there is room for.
 *
 * @param from the offset that was asked for of a topic-partition
 * @returns null where a broker sent batches of an older format than it has written since 0.11
 * @throws Error where the bytes are no such response, or were damaged on their way
 */
export async function decodeFetch(
  version: number,
  bytes: Buffer,
  from: (topic: string, partition: number) => number,
  room: Room = { bytes: MAX_BYTES, records: MAX_RECORDS },
): Promise<FetchResponse | null> {
  const reader = new Reader(bytes);
  const throttleTime = reader.int32();
  if (version >= 7) reader.skip(2 + 4); // error code, session
  const responses: FetchResponse['responses'] = [];
  for (let topics = reader.int32(); topics > 0; topics--) {
    const topicName = reader.string();
    const partitions: FetchedPartition[] = [];
    for (let count = reader.int32(); count > 0; count--) {
      const { set, ...head } = readPartitionHead(reader, version);
      if (!isCurrentFormat(set)) return null;
      const { messages, end } = await readBatches(set, from(topicName, head.partition), room);
      partitions.push({ ...head, messages, end });
    }
    responses.push({ topicName, partitions });
  }
  // From version 8 on the broker has not waited itself, and expects the client to: KIP-219.
  return version < 8
    ? { throttleTime, responses }
    : { throttleTime: 0, clientSideThrottleTime: throttleTime, responses };
}

function readPartitionHead(reader: Reader, version: number): Omit<FetchedPartition, 'messages'> & { set: Buffer } {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = String(reader.int64());
  const lastStableOffset = String(reader.int64());
  const lastStartOffset = version >= 5 ? { lastStartOffset: String(reader.int64()) } : {};
  const abortedTransactions = Array.from({ length: Math.max(0, reader.int32()) }, () => ({
    producerId: String(reader.int64()),
    firstOffset: String(reader.int64()),
  }));
  const preferred = version >= 11 ? { preferredReadReplica: reader.int32() } : {};
  const set = reader.take(Math.max(0, reader.int32()));
  return {
    partition,
    errorCode,
    highWatermark,
    lastStableOffset,
    ...lastStartOffset,
    abortedTransactions,
    ...preferred,
    set,
  };
}

/** Big-endian values one after the other; beyond the end Node's RangeError. */
class Reader {
  private pos = 0;

  constructor(private readonly bytes: Buffer) {}

  int16(): number {
    return this.bytes.readInt16BE(this.skip(2));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.skip(4));
  }

  int64(): bigint {
    return this.bytes.readBigInt64BE(this.skip(8));
  }

  string(): string {
    return this.take(Math.max(0, this.int16())).toString();
  }

  take(length: number): Buffer {
    const from = this.skip(length);
    if (this.pos > this.bytes.length) throw new RangeError('the answer of the broker is cut off');
    return this.bytes.subarray(from, this.pos);
  }

  skip(length: number): number {
    const from = this.pos;
    this.pos += length;
    return from;
  }
}
