import type { Chunk, OffsetRange, SourceRecord } from './record.js';

/**
 * What became of a chunk offered to a lane: taken over; `stale`: all of it was there before; `hole`: it begins beyond
 * the expected offset and the offsets between can still be read, from `from` on.
 */
export type Offered = { readonly kind: 'taken' | 'stale' } | { readonly kind: 'hole'; readonly from: number };

/**
 * The buffer of one topic-partition: what was fetched and not yet handed on, fenced by offsets.
 *
 * INVARIANT: `done <= taken <= end`, and every offset in `[done, end)` is in exactly one buffered chunk, in one record
 * handed out, or in a `lost` range. So it does not matter where the client really stands after a rebalance or a seek:
 * what does not continue at `end` is dropped.
 */
export class Lane {
  /** Next offset that is not in the trail. */
  done: number;
  /** Next offset after everything handed out. */
  taken: number;
  /** Next offset expected from the client. */
  end: number;
  /** End of what can be read at present, as last heard. */
  stableEnd: number;
  /** Records and bytes buffered, not handed out. */
  count = 0;
  bytes = 0;
  /** True once waiting for this lane was given up; until it has records again. */
  waived = false;
  /** Timestamp of the first buffered record; +Infinity where there is none. */
  headTimestamp = Infinity;
  /** Timestamp of the last record handed out; -Infinity where there is none yet. */
  lastTimestamp = -Infinity;

  private readonly chunks: Chunk[] = [];
  private cursor = 0;
  private lost: { from: number; to: number }[] = [];

  constructor(
    readonly topic: string,
    readonly partition: number,
    next: number,
    stableEnd: number,
  ) {
    this.done = this.taken = this.end = next;
    this.stableEnd = stableEnd;
  }

  /** True where Kafka is known to hold records that were not fetched yet. */
  get lagging(): boolean {
    return this.stableEnd > this.end;
  }

  offer(chunk: Chunk): Offered {
    this.stableEnd = Math.max(chunk.stableEnd, chunk.to);
    if (chunk.to <= this.end) return { kind: 'stale' };
    if (chunk.from > this.end) {
      const gone = Math.min(chunk.logStart, chunk.from);
      if (gone > this.end) this.lose(gone);
      if (chunk.from > this.end) return { kind: 'hole', from: this.end };
    }
    const fresh = chunk.from < this.end ? behead(chunk, this.end) : chunk;
    this.chunks.push(fresh);
    this.count += fresh.records.length;
    this.bytes += fresh.bytes;
    this.end = fresh.to;
    if (fresh.records.length > 0) this.waived = false;
    this.settle();
    return { kind: 'taken' };
  }

  /** Notes that Kafka deleted the offsets from `end` to `to` before they were read. */
  lose(to: number): void {
    this.lost.push({ from: this.end, to });
    this.end = to;
    if (this.chunks.length === 0) this.taken = to;
  }

  /** Hands out the first record; call only where `headTimestamp` is finite. */
  shift(): SourceRecord {
    const chunk = this.chunks[0] as Chunk;
    const record = chunk.records[this.cursor++] as SourceRecord;
    this.count--;
    const bytes = sizeOf(record);
    this.bytes -= bytes;
    this.taken = record.offset + 1;
    this.lastTimestamp = record.timestamp;
    this.settle();
    return record;
  }

  /** The ranges that take the trail from `done` to `to`. */
  rangesTo(to: number): OffsetRange[] {
    const ranges: OffsetRange[] = [];
    const add = (from: number, until: number, lost: boolean) => {
      if (until > from) ranges.push({ topic: this.topic, partition: this.partition, from, to: until, lost });
    };
    let from = this.done;
    for (const gap of this.lost) {
      if (gap.from >= to) break;
      add(from, gap.from, false);
      add(gap.from, gap.to, true);
      from = gap.to;
    }
    add(from, to, false);
    return ranges;
  }

  /** Notes that everything before `to` is in the trail. */
  settleTo(to: number): void {
    this.done = to;
    this.lost = this.lost.filter((gap) => gap.to > to);
  }

  /** Moves past exhausted chunks and keeps `taken` and `headTimestamp` true. */
  private settle(): void {
    let chunk = this.chunks[0];
    while (chunk !== undefined && this.cursor >= chunk.records.length) {
      this.chunks.shift();
      this.cursor = 0;
      chunk = this.chunks[0];
      // The offsets up to the next chunk, or to the end, hold nothing to judge.
      this.taken = chunk === undefined ? this.end : chunk.from;
    }
    this.headTimestamp = chunk === undefined ? Infinity : (chunk.records[this.cursor] as SourceRecord).timestamp;
  }
}

/** Length of key and value; what buffers are bounded by. */
export function sizeOf(record: SourceRecord): number {
  return (record.key?.length ?? 0) + (record.value?.length ?? 0);
}

function behead(chunk: Chunk, from: number): Chunk {
  const records = chunk.records.filter((record) => record.offset >= from);
  const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0);
  return { ...chunk, from, records, bytes };
}
