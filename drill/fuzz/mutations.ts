import { encodeRecord, type StreamEvent } from '#libs/events';
import type { Random } from '../../apps/local/src/traffic/random.js';
import { partsOf, varint } from './avro-parts.js';
import * as bytes from './change-bytes.js';
import { atLimits, beyondLimits, withOtherValues } from './change-event.js';
import { NO_UTF8 } from './hostile.js';
import { AHEAD, CURRENT_IDS, DOUBLED_ID, EVOLVED_ID, HOLLOW_ID, USELESS_IDS } from './schemas.js';

const MEBIBYTE = 1024 * 1024;
/** A link of the chain of {@link EVOLVED_ID}: one more follows. */
const LINK = 2;

/**
 * Ways to make the value of a record of a good event, and how many of a thousand records are made so. `random` alone
 * decides what comes of it; null is a tombstone. Behind each line what is tried.
 */
export const MUTATIONS = {
  'as it is': way(220, (event) => encodeRecord(event)),
  'other values': way(240, (event, random) => encodeRecord(withOtherValues(event, random))),
  'hostile text': way(113, (event, random) => bytes.withText(event, random, bytes.hostileBytes(random))),
  'no UTF-8': way(25, (event, random) => bytes.withText(event, random, random.pick(NO_UTF8))),
  'bytes flipped': way(110, bytes.flipped),
  'number out of range': way(40, bytes.outOfRange),
  'field left out': way(20, bytes.fieldLeftOut),
  'field twice': way(15, bytes.fieldTwice),
  'fields exchanged': way(15, bytes.fieldsExchanged),
  truncated: way(40, bytes.truncated),
  'surplus bytes': way(20, (event, random) =>
    Buffer.concat([encodeRecord(event), bytes.noise(random, random.int(1, 40))]),
  ),
  'wrong fingerprint': way(25, bytes.wrongFingerprint),
  Confluent: way(40, (event) => bytes.confluent(CURRENT_IDS[event.stream], EMPTY, partsOf(event))),
  'Confluent, evolved': way(12, (event) => bytes.confluent(EVOLVED_ID, AHEAD, partsOf(event))),
  'Confluent, deep': way(3, (event, random) =>
    bytes.confluent(EVOLVED_ID, chainOf(random.int(1, 30_000)), partsOf(event)),
  ),
  'Confluent, doubled': way(1, (event) => bytes.confluent(DOUBLED_ID, EMPTY, partsOf(event))),
  'Confluent, hollow': way(1, (event, random) => bytes.confluent(HOLLOW_ID, hollow(random), partsOf(event))),
  'Confluent, useless schema': way(8, (event, random) =>
    bytes.confluent(random.pick(USELESS_IDS), EMPTY, partsOf(event)),
  ),
  'Confluent, unknown schema': way(8, (event, random) =>
    bytes.confluent(
      random.chance(0.1) ? 2 ** 31 + random.int(0, 9) : 1_000 + random.int(0, 300),
      EMPTY,
      partsOf(event),
    ),
  ),
  'at the limits': way(1, (event) => encodeRecord(atLimits(event))),
  'beyond the limits': way(10, (event, random) => encodeRecord(beyondLimits(event, random))),
  'an id of some MiB': way(0.3, (event, random) => bytes.withText(event, random, Buffer.alloc(size(random), 'x'))),
  'noise of some MiB': way(0.2, (_, random) => Buffer.alloc(size(random), bytes.noise(random, 64))),
  tombstone: way(8, () => null),
  empty: way(4, () => EMPTY),
  noise: way(16, (_, random) => bytes.noise(random, random.int(1, 400))),
  'JSON text': way(4.5, (event) => Buffer.from(JSON.stringify(event))),
} as const;

export type MutationName = keyof typeof MUTATIONS;

/** Makes the value of a record. */
export type Mutation = (event: StreamEvent, random: Random) => Buffer | null;

const NAMES = Object.keys(MUTATIONS) as MutationName[];
const TOTAL = NAMES.reduce((sum, name) => sum + MUTATIONS[name].perMille, 0);

/** One of the ways, as often as its share says. */
export function pickMutation(random: Random): MutationName {
  let left = random.fraction() * TOTAL;
  return NAMES.find((name) => (left -= MUTATIONS[name].perMille) < 0) ?? 'as it is';
}

const EMPTY = Buffer.alloc(0);

function way(perMille: number, make: Mutation): { readonly perMille: number; readonly make: Mutation } {
  return { perMille, make };
}

/** An empty map, and a chain of so many links. */
function chainOf(links: number): Buffer {
  return Buffer.concat([Buffer.from([0]), Buffer.alloc(links, LINK), Buffer.from([0])]);
}

/** Arrays of nothing, each of as many items as there are bytes. */
function hollow(random: Random): Buffer {
  const block = varint(BigInt(random.int(1, 10_000)));
  const blocks = Array.from({ length: random.int(1, 5_000) }, () => block);
  return Buffer.concat([...blocks, Buffer.from([0])]);
}

function size(random: Random): number {
  return random.int(MEBIBYTE - 100, 3 * MEBIBYTE);
}
