/** A record as it was read from Kafka: raw bytes, not yet decoded. */
export interface SourceRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** The record's Kafka timestamp, ms since the epoch; negative where the record has none. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: RecordHeaders;
  /** Why the record's key and value are not here although it has some, in the user's words. */
  readonly fault?: string;
}

/** Header values by name, in the shape the Kafka client gives them; a repeated name has an array. */
export type RecordHeaders = Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;

/**
 * Half-open offset range `[from, to)` of one topic-partition.
 *
 * It also covers offsets that hold no record to judge: control records, records of aborted transactions, and records
 * that compaction removed. `lost` marks offsets that held records which Kafka deleted before they were read.
 */
export interface OffsetRange {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly lost: boolean;
}

/** Next offset to read, by topic, for one task. */
export type Positions = Readonly<Record<string, number>>;

/** What one fetch brought of one topic-partition: every committed record of the offsets `[from, to)`, in order. */
export interface Chunk {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly records: readonly SourceRecord[];
  /** Sum of the lengths of keys and values. */
  readonly bytes: number;
  /** First offset the topic-partition still holds; 0 where the broker does not say. */
  readonly logStart: number;
  /** End of what a read-committed reader may see at present (last stable offset). */
  readonly stableEnd: number;
}
