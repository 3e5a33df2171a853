import { Lane } from './lane.js';
import type { Chunk, Positions } from './record.js';
import type { Session, Watermarks } from './source.js';
import { TaskBuffer } from './task-buffer.js';
import type { BatchLimits } from './task-buffer.js';
import { StreamFault } from './stream-fault.js';
import { Bell } from './waiting.js';
import type { StreamLog } from './log.js';

/** What one lane may hold before fetching it is paused. */
export interface LaneBounds {
  readonly records: number;
  readonly bytes: number;
}

/**
 * One owned task: its buffer, once it is known where to go on, and its dealings with the session at hand.
 *
 * Until it is opened, and while a lane is full, its topic-partitions are paused.
 */
export class Task {
  readonly bell = new Bell();
  readonly abort = new AbortController();
  buffer: TaskBuffer | null = null;
  private readonly full = new Set<string>();
  private stopping = false;

  constructor(
    readonly id: number,
    private readonly topics: readonly string[],
    private session: Session,
    private readonly log: StreamLog,
  ) {
    for (const topic of topics) session.pause(topic, id);
  }

  /** Goes on in another session, or after a rebalance, which resets the client's positions. */
  attach(session: Session): void {
    this.session = session;
    for (const topic of this.topics) {
      const lane = this.buffer?.lane(topic);
      if (lane === undefined || this.full.has(topic)) session.pause(topic, this.id);
      if (lane !== undefined) session.seek(topic, this.id, lane.end);
    }
  }

  /**
   * Starts reading where the trail ends.
   *
   * @param positions next offset by topic; 0 where it is missing
   * @throws StreamFault where Kafka ends before the trail does: the topic is not the one that was audited
   */
  open(positions: Positions, watermarks: ReadonlyMap<string, readonly Watermarks[]>, limits: BatchLimits): TaskBuffer {
    const lanes = this.topics.map((topic) => {
      const next = positions[topic] ?? 0;
      const { low, high } = watermarks.get(topic)?.[this.id] ?? { low: 0, high: 0 };
      checkEnd(topic, this.id, next, high);
      const lane = new Lane(topic, this.id, next, high);
      if (low > next) {
        this.tellLost(topic, next, low);
        lane.lose(low);
      }
      return lane;
    });
    const buffer = (this.buffer = new TaskBuffer(lanes, limits));
    for (const lane of lanes) {
      this.session.seek(lane.topic, this.id, lane.end);
      this.session.resume(lane.topic, this.id);
    }
    return buffer;
  }

  /** Takes in what was fetched; drops what does not continue where the lane ends, and reads again from there. */
  fetched(chunk: Chunk, bounds: LaneBounds): void {
    const lane = this.buffer?.lane(chunk.topic);
    if (lane === undefined) return;
    const expected = lane.end;
    const offered = lane.offer(chunk);
    if (offered.kind === 'stale') {
      if (chunk.to < lane.end) this.session.seek(chunk.topic, this.id, lane.end);
      return;
    }
    const gone = Math.min(chunk.logStart, chunk.from);
    if (gone > expected) this.tellLost(chunk.topic, expected, gone);
    if (offered.kind === 'hole') {
      this.log.debug(
        { topic: chunk.topic, partition: this.id, expected: offered.from, got: chunk.from },
        'reading again',
      );
      this.session.seek(chunk.topic, this.id, offered.from);
      return;
    }
    if (lane.count >= bounds.records || lane.bytes >= bounds.bytes) {
      this.full.add(chunk.topic);
      this.session.pause(chunk.topic, this.id);
    }
    this.bell.ring();
  }

  stableEnd(topic: string, offset: number): void {
    const lane = this.buffer?.lane(topic);
    if (lane === undefined || offset <= lane.stableEnd) return;
    lane.stableEnd = offset;
  }

  /** Resumes lanes that have room again. */
  drained(bounds: LaneBounds): void {
    for (const topic of this.full) {
      const lane = this.buffer?.lane(topic);
      if (lane === undefined || (lane.count < bounds.records / 2 && lane.bytes < bounds.bytes / 2)) {
        this.full.delete(topic);
        this.session.resume(topic, this.id);
      }
    }
  }

  /** Whether no further batch is to be taken. */
  isStopping(): boolean {
    return this.stopping;
  }

  /** Records known to be in Kafka and not in the trail. */
  get lag(): number {
    return (this.buffer?.lanes ?? []).reduce((sum, lane) => sum + Math.max(0, lane.stableEnd - lane.done), 0);
  }

  /** Ends the task: no further batch, and its lanes are fetched no longer. */
  stop(): void {
    this.stopping = true;
    this.bell.ring();
  }

  private tellLost(topic: string, from: number, to: number): void {
    this.log.error(
      { topic, partition: this.id, from, to },
      'Kafka deleted records before they were audited; the trail will name these offsets as lost',
    );
  }
}

/** @throws StreamFault where the topic ends before `next` */
export function checkEnd(topic: string, partition: number, next: number, high: number): void {
  if (next > high) {
    throw new StreamFault(
      `Partition ${partition} of topic \`${topic}\` ends at offset ${high}, but the trail already holds it up to ` +
        `${next}: the topic was deleted or cut short. Audit the new topic under another name or into another database.`,
    );
  }
}
