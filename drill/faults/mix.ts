import { encodeRecord, recordKey, STREAMS, type Stream, type StreamEvent, toHeaders } from '#libs/events';
import { createTraffic } from '../../apps/local/src/traffic/traffic.js';
import { Random } from '../../apps/local/src/traffic/random.js';

/** A Kafka record on its way out. */
export interface Sending {
  readonly topic: Stream;
  readonly partition: number;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Record<string, string>;
  /** How it stands out: published before, later than others that happened after it, or no event. */
  readonly oddity: 'none' | 'again' | 'late' | 'poison';
}

/** Events whose customers are told together; so many lie between a late event and those after it at most. */
const PORTION = 4_000;
const LATE = { orders: 0.12, rights: 0.25, marketing: 0.04, sharing: 0.04 } as const;
const LATE_BY = [5, PORTION / 2] as const;
const AGAIN = 0.02;
const REMEMBERED = 2_000;
const POISON = 0.01;

/**
 * The sample traffic as a bad network and careless publishers would deliver it: some events long after others that
 * happened later (evidence above all), some again under the same id, and between them records that are no events. The same
 * seed gives the same.
 */
export class Mix {
  private readonly random: Random;
  private events: StreamEvent[] = [];
  private portion = 0;
  private taken = 0;
  /** By the number of the record they come before. */
  private readonly held = new Map<number, StreamEvent[]>();
  private readonly published: StreamEvent[] = [];
  private readonly queue: Sending[] = [];

  /** @param now the end of the traffic, ms since the epoch */
  constructor(
    private readonly seed: number,
    private readonly now: number,
    private readonly partitions: number,
  ) {
    this.random = new Random(seed, 77);
  }

  /** The next records. */
  take(count: number): Sending[] {
    while (this.queue.length < count) this.advance();
    return this.queue.splice(0, count);
  }

  /** What is held back still. */
  rest(): Sending[] {
    const held = [...this.held.values()].flat().map((event) => this.sending(event, 'late'));
    this.held.clear();
    return [...this.queue.splice(0), ...held];
  }

  /** One ordinary event for each topic and partition, each of a subject of its own. */
  closing(): Sending[] {
    const samples = this.published;
    return STREAMS.flatMap((stream) => {
      const sample = samples.find((event) => event.stream === stream);
      if (sample === undefined) return [];
      return Array.from({ length: this.partitions }, (_, partition) => this.closingOf(sample, partition));
    });
  }

  private closingOf(sample: StreamEvent, partition: number): Sending {
    for (;;) {
      const eventId = this.random.uuid();
      const event = { ...sample.event, eventId, subject: this.random.id('closing') };
      const sending = this.sending({ ...sample, event } as StreamEvent, 'none');
      if (sending.partition === partition) return sending;
    }
  }

  private advance(): void {
    const at = this.taken++;
    for (const event of this.held.get(at) ?? []) this.queue.push(this.sending(event, 'late'));
    this.held.delete(at);
    const event = this.next();
    if (this.random.chance(LATE[event.stream])) {
      const until = at + this.random.int(...LATE_BY);
      const others = this.held.get(until);
      if (others === undefined) this.held.set(until, [event]);
      else others.push(event);
    } else {
      this.queue.push(this.sending(event, 'none'));
      if (this.published.length < REMEMBERED) this.published.push(event);
      else this.published[at % REMEMBERED] = event;
    }
    const remembered = this.published[this.random.int(0, this.published.length - 1)];
    if (this.random.chance(AGAIN) && remembered !== undefined) this.queue.push(this.sending(remembered, 'again'));
    if (this.random.chance(POISON)) this.queue.push(this.poison(event));
  }

  private next(): StreamEvent {
    if (this.events.length === 0) {
      const seed = this.seed * 1_000 + this.portion++;
      this.events = createTraffic({ seed, now: this.now }).take(PORTION).reverse();
    }
    return this.events.pop() as StreamEvent;
  }

  private sending(event: StreamEvent, oddity: Sending['oddity']): Sending {
    const key = recordKey(event.event);
    const partition = partitionOf(key, this.partitions);
    return {
      topic: event.stream,
      partition,
      key,
      value: encodeRecord(event),
      headers: { ...toHeaders(event) },
      oddity,
    };
  }

  private poison(event: StreamEvent): Sending {
    const good = this.sending(event, 'poison');
    const value = good.value as Buffer;
    const values = [
      null,
      Buffer.alloc(0),
      Buffer.from('{"stream":"orders"}'),
      value.subarray(0, this.random.int(1, value.length - 1)),
      Buffer.concat([value, Buffer.from([0])]),
      Buffer.concat([value.subarray(0, 2), Buffer.alloc(8, this.random.uint32()), value.subarray(10)]),
    ];
    return { ...good, value: this.random.pick(values), key: this.random.chance(0.2) ? null : good.key };
  }
}

/** Which partition a key belongs to, the same in all topics. */
export function partitionOf(key: string, partitions: number): number {
  let sum = 0;
  for (const char of key) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 1_000_003;
  return sum % partitions;
}
