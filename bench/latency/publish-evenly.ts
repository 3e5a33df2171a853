import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordMetadata } from 'kafkajs';
import { encodeRecord, recordKey, STREAMS, type StreamEvent } from '#libs/events';
import { keyPartitioner } from '../../apps/local/src/stack/key-partition.js';
import { BenchError } from '../bench-error.js';
import { load } from '../stream/load.js';
import { withProducer, type Send, type TopicRecord } from '../stream/publish.js';

/** Events fall due together, once in so many ms. */
const TICK_MS = 5;
/** Records a request at most, where the publisher has to catch up. */
const MOST_RECORDS = 5_000;

export interface Pace {
  /** Events a second, over all topics. */
  readonly rate: number;
  /** With the warm-up. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly subjects: number;
  readonly partitions: number;
  readonly seed: number;
}

/** By topic and partition, at each offset a time of `performance.now()`, ms. */
export type Times = ReadonlyMap<string, readonly number[][]>;

/** What was written to the four topics. */
export interface Published {
  readonly events: number;
  /**
   * When each event fell due by the schedule, whenever it was sent: a publisher that falls behind must not hide what its
   * events wait for ("coordinated omission").
   */
  readonly due: Times;
  /** When Kafka's acknowledgement was here. */
  readonly acknowledged: Times;
  /** Events that fell due from this time on count; those before were for warming up. */
  readonly countedFrom: number;
  /** When the last event was acknowledged. */
  readonly finished: number;
}

/**
 * Publishes events of the load at an even pace to the four empty topics, keyed and partitioned as publishers do. They
 * occur, and reach Kafka, as they are sent.
 *
 * @param warmedUp called when the first event that counts falls due
 * @throws BenchError where a record did not get the offset that its place in the order gives it
 */
export async function publishEvenly(
  broker: string,
  pace: Pace,
  warmedUp: () => void,
  signal: AbortSignal,
): Promise<Published> {
  return withProducer(broker, (send) => sendWhenDue(pace, send, warmedUp, signal));
}

async function sendWhenDue(pace: Pace, send: Send, warmedUp: () => void, signal: AbortSignal): Promise<Published> {
  const { rate, seconds, warmUpSeconds, partitions } = pace;
  const events = rate * seconds;
  const due = noTimes(partitions);
  const acknowledged = noTimes(partitions);
  const records = recordsNow(pace, events);
  let next = records.next(); // before the clock starts: the first one takes a second
  let warm = false;
  let finished = 0;
  const started = performance.now();
  const countedFrom = started + warmUpSeconds * 1_000;
  for (let tick = 0, taken = 0; taken < events;) {
    signal.throwIfAborted();
    const batch: TopicRecord[] = [];
    // Several ticks have come where the last request took longer than one. One request is under way at a time: it is
    // how kafkajs keeps an idempotent producer's order.
    for (; tickAt(tick) <= performance.now() && taken < events && batch.length < MOST_RECORDS; tick++) {
      if (!warm && tickAt(tick) >= countedFrom) {
        warm = true;
        warmedUp();
      }
      for (const upTo = Math.min(events, dueBy(tick)); taken < upTo && next.done !== true; taken++) {
        const { topic, message } = next.value;
        due.get(topic)![message.partition]!.push(tickAt(tick));
        batch.push(next.value);
        next = records.next();
      }
    }
    if (batch.length > 0) {
      const written = await send(batch);
      finished = performance.now();
      for (const at of written) note(at, due, acknowledged, finished);
    } else {
      await sleep(Math.max(1, Math.ceil(tickAt(tick) - performance.now())), undefined, { signal });
    }
  }
  return { events, due, acknowledged, countedFrom, finished };

  function tickAt(tick: number): number {
    return started + tick * TICK_MS;
  }

  /** How many events are due with this tick and those before. */
  function dueBy(tick: number): number {
    return Math.floor((tick * TICK_MS * rate) / 1_000) + 1;
  }
}

/** Notes that all records of the partition so far are acknowledged; those not noted yet begin at the base offset. */
function note(
  { topicName, partition, baseOffset }: RecordMetadata,
  due: Times,
  acknowledged: Times,
  now: number,
): void {
  const noted = acknowledged.get(topicName)![partition]!;
  if (Number(baseOffset) !== noted.length) {
    throw new BenchError(
      `Records of ${topicName}/${partition} begin at offset ${baseOffset}, not ${noted.length}; no figure is given.`,
    );
  }
  const { length } = due.get(topicName)![partition]!;
  while (noted.length < length) noted.push(now);
}

function noTimes(partitions: number): Map<string, number[][]> {
  return new Map(STREAMS.map((topic) => [topic, Array.from({ length: partitions }, () => [])]));
}

/** The load, each event moved in time to the moment in which it is asked for. */
function* recordsNow({ seed, subjects, partitions }: Pace, events: number): Generator<TopicRecord> {
  const partitionOf = keyPartitioner(partitions);
  for (const { event, timestamp } of load({ seed, subjects, events })) {
    const now = Date.now();
    const key = recordKey(event.event);
    const partition = partitionOf(event.stream, key);
    const value = encodeRecord(later(event, now - timestamp));
    yield { topic: event.stream, message: { key, value, partition, timestamp: String(now) } };
  }
}

/** @param by ms */
function later(one: StreamEvent, by: number): StreamEvent {
  const occurredAt = one.event.occurredAt + by;
  if (one.stream === 'rights') return { stream: 'rights', event: { ...one.event, occurredAt } };
  const { collectedAt } = one.event;
  const moved = { occurredAt, collectedAt: collectedAt === null ? null : collectedAt + by };
  return { ...one, event: { ...one.event, ...moved } } as StreamEvent;
}
