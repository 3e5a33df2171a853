import { sizeOf } from './lane.js';
import type { Lane } from './lane.js';
import type { OffsetRange, Positions, SourceRecord } from './record.js';

/** Bounds of a batch and of the waiting for it. Times in ms. */
export interface BatchLimits {
  readonly maxRecords: number;
  /** Sum of the lengths of keys and values; a batch may exceed it by one record. */
  readonly maxBytes: number;
  /** How long a batch that is not full may wait for more. */
  readonly lingerMs: number;
  /** How long to wait for a topic-partition that has lag but nothing buffered (as Kafka Streams' max.task.idle.ms). */
  readonly maxIdleMs: number;
}

/**
 * The four topic-partitions of one task, merged by record timestamp.
 *
 * Best effort with bounded waiting, as Kafka Streams does: the record with the smallest timestamp at the head of a lane
 * goes first; while a lane is empty although Kafka holds more of it, the others wait, at most `maxIdleMs`. A lane that
 * is caught up holds nobody. Records without a timestamp (negative) go first.
 */
export class TaskBuffer {
  private hand: SourceRecord[] = [];
  /**
   * How far the records in hand take the lanes, by lane. Not where the lanes stand now: offsets without records may have
   * come meanwhile, which no range that was handed out covers.
   */
  private handEnds: number[];
  private waitingSince: number | null = null;
  private blockedSince: number | null = null;

  constructor(
    readonly lanes: readonly Lane[],
    private readonly limits: BatchLimits,
  ) {
    this.handEnds = lanes.map((lane) => lane.done);
  }

  lane(topic: string): Lane | undefined {
    return this.lanes.find((lane) => lane.topic === topic);
  }

  /** Records buffered or in hand. */
  get count(): number {
    let count = this.hand.length;
    for (const lane of this.lanes) count += lane.count;
    return count;
  }

  /** How long to wait for the next batch, in ms: 0: take it now; Infinity: until something arrives. */
  waitTime(now: number): number {
    if (this.hand.length > 0) return 0;
    const { count } = this;
    if (count === 0) {
      this.waitingSince = this.blockedSince = null;
      return Infinity;
    }
    this.waitingSince ??= now;
    if (this.blocking()) {
      this.blockedSince ??= now;
      const left = this.blockedSince + this.limits.maxIdleMs - now;
      if (left > 0) return left;
      for (const lane of this.lanes) if (lane.count === 0 && lane.lagging) lane.waived = true;
    }
    this.blockedSince = null;
    if (count >= this.limits.maxRecords) return 0;
    return Math.max(0, this.waitingSince + this.limits.lingerMs - now);
  }

  /** Takes the next batch; what an earlier batch left over comes first. Empty where nothing can be taken now. */
  take(): readonly SourceRecord[] {
    const { hand, lanes, limits } = this;
    let bytes = 0;
    for (const record of hand) bytes += sizeOf(record);
    while (hand.length < limits.maxRecords && bytes < limits.maxBytes) {
      const lane = earliest(lanes);
      if (lane === undefined) break;
      const record = lane.shift();
      bytes += sizeOf(record);
      hand.push(record);
      if (lane.count === 0 && this.blocking()) break;
    }
    this.waitingSince = null;
    this.handEnds = lanes.map((lane) => lane.taken);
    return hand;
  }

  /**
   * The time up to which the task's records have been taken, ms: no record still to come is known to be earlier, as far
   * as each topic-partition is in order. Infinity: all that Kafka holds is taken.
   *
   * @param live false while Kafka does not answer, so that nobody knows whether a lane is caught up
   */
  reached(live: boolean): number {
    let reached = Infinity;
    for (const lane of this.lanes) {
      if (lane.count > 0) reached = Math.min(reached, lane.headTimestamp);
      else if (lane.lagging || !live) reached = Math.min(reached, lane.lastTimestamp);
    }
    return reached;
  }

  /** The offset ranges of the first `count` records in hand; contiguous with those confirmed before. */
  ranges(count: number): OffsetRange[] {
    const ends = this.ends(count);
    return this.lanes.flatMap((lane, i) => lane.rangesTo(ends[i] as number));
  }

  /** Next offset by topic once the first `count` records in hand are in the trail. */
  positions(count: number): Positions {
    const ends = this.ends(count);
    return Object.fromEntries(this.lanes.map((lane, i) => [lane.topic, ends[i] as number]));
  }

  /** Notes that the first `count` records in hand are in the trail. */
  confirm(count: number): void {
    const ends = this.ends(count);
    this.lanes.forEach((lane, i) => lane.settleTo(ends[i] as number));
    this.hand = this.hand.slice(count);
  }

  private blocking(): boolean {
    return this.lanes.some((lane) => lane.count === 0 && lane.lagging && !lane.waived);
  }

  private ends(count: number): number[] {
    if (count >= this.hand.length) return this.handEnds;
    const ends = this.lanes.map((lane) => lane.done);
    for (let i = 0; i < count; i++) {
      const record = this.hand[i] as SourceRecord;
      ends[this.lanes.findIndex((lane) => lane.topic === record.topic)] = record.offset + 1;
    }
    return ends;
  }
}

function earliest(lanes: readonly Lane[]): Lane | undefined {
  let first: Lane | undefined;
  for (const lane of lanes) {
    if (lane.headTimestamp < (first?.headTimestamp ?? Infinity)) first = lane;
  }
  return first;
}
