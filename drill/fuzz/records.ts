import { recordKey, toHeaders, type Stream, type StreamEvent } from '#libs/events';
import { Random } from '../../apps/local/src/traffic/random.js';
import { createTraffic } from '../../apps/local/src/traffic/traffic.js';
import { noise } from './change-bytes.js';
import { HOSTILE_TEXTS } from './hostile.js';
import { MUTATIONS, pickMutation, type MutationName } from './mutations.js';

/** A record to be published. */
export interface FuzzRecord {
  readonly mutation: MutationName;
  readonly topic: Stream;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | string | (Buffer | string)[]>>;
  /** ms since the epoch, as Kafka's clients give it; anything. */
  readonly timestamp: string;
  /** null: where the key says. */
  readonly partition: number | null;
}

/** Events that records are made from; each is used again and again, under ids of its own. */
const POOL = 5_000;
/** How often something other than the value is changed. */
const OTHER_KEY = 0.05;
const OTHER_HEADERS = 0.1;
const OTHER_TIMESTAMP = 0.01;
const OTHER_PARTITION = 0.01;
const OTHER_TOPIC = 0.02;
const STREAMS: readonly Stream[] = ['orders', 'marketing', 'sharing', 'rights'];
const TIMESTAMPS = ['0', '1', '-2', '8640000000000001', '253402300800000', '4611686018427387904'];

/**
 * Records of good events with something changed in most of them; the same seed gives the same records.
 *
 * @param now the end of the events' time, ms since the epoch
 */
export function* fuzzRecords(seed: number, count: number, partitions: number, now: number): Generator<FuzzRecord> {
  const pool = createTraffic({ seed, now }).take(POOL);
  const random = new Random(seed, 1);
  for (let i = 0; i < count; i++) {
    const template = pool[i % POOL]!;
    const event = { ...template, event: { ...template.event, eventId: random.uuid() } } as StreamEvent;
    const mutation = pickMutation(random);
    yield {
      mutation,
      topic: random.chance(OTHER_TOPIC) ? random.pick(STREAMS) : event.stream,
      key: random.chance(OTHER_KEY) ? otherKey(random) : Buffer.from(recordKey(event.event)),
      value: MUTATIONS[mutation].make(event, random),
      headers: random.chance(OTHER_HEADERS) ? otherHeaders(event, random) : { ...toHeaders(event) },
      timestamp: random.chance(OTHER_TIMESTAMP) ? random.pick(TIMESTAMPS) : String(event.event.occurredAt),
      partition: random.chance(OTHER_PARTITION) ? random.int(0, partitions - 1) : null,
    };
  }
}

function otherKey(random: Random): Buffer | null {
  switch (random.int(0, 5)) {
    case 0:
      return null;
    case 1:
      return Buffer.alloc(0);
    case 2:
      return noise(random, random.int(1, 60));
    case 3:
      return Buffer.alloc(random.chance(0.02) ? 1024 * 1024 : random.int(100, 5_000), 'k');
    default:
      return Buffer.from(`${random.pick(['jetpak', 'janus', ''])}/${random.pick(HOSTILE_TEXTS)}`);
  }
}

function otherHeaders(event: StreamEvent, random: Random): FuzzRecord['headers'] {
  const good: Record<string, string> = { ...toHeaders(event) };
  const text = random.pick(HOSTILE_TEXTS);
  switch (random.int(0, 6)) {
    case 0:
      return {};
    case 1:
      return { ...good, [random.pick(Object.keys(good))]: text };
    case 2:
      return { ...good, ce_id: [text, 'b', noise(random, 20)] };
    case 3:
      return Object.fromEntries([...Object.entries(good), ['__proto__', text], ['constructor', text], ['', text]]);
    case 4:
      return Object.fromEntries(Array.from({ length: random.int(200, 400) }, (_, i) => [`h${i}`, text]));
    case 5:
      return { ...good, long: Buffer.alloc(random.int(1_000, 50_000), 'h') };
    default:
      return { ce_specversion: '9.9', ce_time: text, 'content-type': text, hjemmel_reason: text };
  }
}
