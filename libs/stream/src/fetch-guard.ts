import type { Chunk, RecordHeaders, SourceRecord } from './record.js';

/**
 * A decoded Fetch response, as far as it is read here (Kafka protocol, Fetch v4 to v11, and RecordBatch v2), in the shape
 * that kafkajs has it. Offsets and times are decimal strings.
 */
export interface FetchedMessage {
  offset: string;
  timestamp: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: RecordHeaders;
  isControlRecord?: boolean;
  batchContext?: FetchedBatchContext;
  /** Why what the record holds is not here. */
  fault?: string;
}

export interface FetchedBatchContext {
  readonly firstOffset?: string;
  readonly lastOffsetDelta?: number;
  readonly producerId?: string;
  readonly inTransaction?: boolean;
}

export interface FetchedPartition {
  partition: number;
  errorCode?: number;
  highWatermark: string;
  lastStableOffset?: string;
  /** The log start offset (kafkajs' spelling). */
  lastStartOffset?: string;
  abortedTransactions?: { producerId: string; firstOffset: string }[] | null;
  preferredReadReplica?: number;
  messages: FetchedMessage[];
  /** Next offset after what was read; left out: it is found from the last message. */
  end?: number;
}

/** How far a timestamp may be from 1970: what a Date can hold, ms. Beyond it is taken for none. */
const MAX_TIME = 8.64e15;

/** The one message a guarded fetch hands through kafkajs: it only carries the chunk. */
export interface CarrierMessage extends FetchedMessage {
  chunk: Chunk;
}

/**
 * Reads a fetched topic-partition exactly: which offsets it covers, and which committed records they hold.
 *
 * kafkajs 2.2.4 does both inexactly, and an audit must not. It takes the list of aborted transactions to be in the
 * order of their first offsets, though brokers list them in the order of their ends, so records of interleaved aborted
 * transactions come through as committed; it takes any record with the key `00 00 00 00` for an abort marker; and it
 * tells nobody which offsets a batch covered where all its records were filtered out or compacted away.
 *
 * @param from the offset the fetch asked for; null where nothing was fetched is the result
 */
export function readPartition(topic: string, from: number, fetched: FetchedPartition): Chunk | null {
  const { messages } = fetched;
  const last = messages.at(-1);
  const end = fetched.end ?? (last === undefined ? null : endOf(last));
  if (end === null) return null;
  const aborted = [...(fetched.abortedTransactions ?? [])]
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: Number(firstOffset) }))
    .sort((a, b) => a.firstOffset - b.firstOffset);
  const abortedProducers = new Set<string>();
  const records: SourceRecord[] = [];
  let bytes = 0;
  let next = 0;
  for (const message of messages) {
    const offset = Number(message.offset);
    for (let tx = aborted[next]; tx !== undefined && tx.firstOffset <= offset; tx = aborted[++next]) {
      abortedProducers.add(tx.producerId);
    }
    const context = message.batchContext;
    if (message.isControlRecord === true) {
      if (isAbortMarker(message.key)) abortedProducers.delete(context?.producerId ?? '');
      continue;
    }
    if (offset < from) continue;
    if (context?.inTransaction === true && abortedProducers.has(context.producerId ?? '')) continue;
    const { key, value, headers, fault } = message;
    bytes += (key?.length ?? 0) + (value?.length ?? 0);
    const time = Number(message.timestamp);
    const timestamp = Math.abs(time) <= MAX_TIME ? time : -1;
    const record = { topic, partition: fetched.partition, offset, timestamp, key, value, headers };
    records.push(fault === undefined ? record : { ...record, fault });
  }
  const to = Math.max(from, end);
  return {
    topic,
    partition: fetched.partition,
    from,
    to,
    records,
    bytes,
    logStart: Number(fetched.lastStartOffset ?? 0),
    stableEnd: stableEndOf(fetched),
  };
}

/** End of what a read-committed reader may see at present. */
export function stableEndOf(fetched: FetchedPartition): number {
  return Number(fetched.lastStableOffset ?? fetched.highWatermark);
}

/** Puts the chunk where kafkajs looks for messages, so that it moves on to the chunk's end and hands the chunk over. */
export function carry(fetched: FetchedPartition, chunk: Chunk): void {
  const carrier: CarrierMessage = {
    offset: String(chunk.to - 1),
    timestamp: '0',
    key: null,
    value: null,
    headers: {},
    isControlRecord: false,
    chunk,
  };
  fetched.messages = [carrier];
  fetched.abortedTransactions = [];
}

/** Offset after the last one that the message's record batch covers, records removed by compaction included. */
function endOf(message: FetchedMessage): number {
  const { firstOffset, lastOffsetDelta } = message.batchContext ?? {};
  const end = Number(message.offset) + 1;
  if (firstOffset === undefined || lastOffsetDelta === undefined) return end;
  return Math.max(end, Number(firstOffset) + lastOffsetDelta + 1);
}

/** Key of a control record: version (int16), type (int16; 0: abort, 1: commit). */
function isAbortMarker(key: Buffer | null): boolean {
  return key !== null && key.length >= 4 && key.readInt16BE(2) === 0;
}
