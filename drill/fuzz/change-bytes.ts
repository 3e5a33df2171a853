import { STREAMS, type StreamEvent } from '#libs/events';
import type { Random } from '../../apps/local/src/traffic/random.js';
import { avroString, fingerprintOf, partsOf, varint, type Part } from './avro-parts.js';
import { HOSTILE_TEXTS } from './hostile.js';

const SINGLE_OBJECT = Buffer.from([0xc3, 0x01]);
const HEADER = 10;
/** Numbers at which lengths, counts, symbols and branches go wrong. */
const NUMBERS = [-(2n ** 63n), -(2n ** 31n), -64n, -2n, -1n, 3n, 63n, 64n, 300n, 2n ** 31n, 2n ** 53n, 2n ** 63n - 1n];

/** Parts as one value in single-object encoding. */
export function single({ stream }: StreamEvent, parts: readonly Part[]): Buffer {
  const fingerprint = Buffer.alloc(8);
  fingerprint.writeBigUInt64LE(fingerprintOf(stream));
  return Buffer.concat([SINGLE_OBJECT, fingerprint, ...parts.map(({ bytes }) => bytes)]);
}

/** Parts in the Confluent wire format, with something ahead of them. */
export function confluent(id: number, ahead: Buffer, parts: readonly Part[]): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(id, 1);
  return Buffer.concat([header, ahead, ...parts.map(({ bytes }) => bytes)]);
}

/** One of the texts of an event is other bytes. */
export function withText(event: StreamEvent, random: Random, bytes: Buffer): Buffer {
  const parts = partsOf(event);
  const at = random.pick(parts.flatMap(({ shape }, i) => (shape === 'string' ? [i] : [])));
  return single(event, parts.with(at, { ...parts[at]!, bytes: avroString(bytes) }));
}

export function hostileBytes(random: Random): Buffer {
  const text = random.pick(HOSTILE_TEXTS);
  return Buffer.from(random.chance(0.2) ? text.repeat(random.int(2, 60)) : text);
}

/** Some bits or bytes of the body, or of all of it. */
export function flipped(event: StreamEvent, random: Random): Buffer {
  const value = single(event, partsOf(event));
  const from = random.chance(0.9) ? HEADER : 0;
  for (let i = random.int(1, 4); i > 0; i--) {
    const at = random.int(from, value.length - 1);
    value[at] = random.chance(0.5) ? value[at]! ^ (1 << random.int(0, 7)) : random.int(0, 255);
  }
  return value;
}

/** A length, a count, a symbol, a branch or a time that is none. */
export function outOfRange(event: StreamEvent, random: Random): Buffer {
  const parts = partsOf(event);
  const at = random.int(0, parts.length - 1);
  const part = parts[at]!;
  const number = varint(random.pick(NUMBERS));
  const endless = Buffer.alloc(random.int(9, 20), 0xff);
  const blocks = Buffer.concat([varint(-BigInt(random.int(1, 1 << 30))), number, part.bytes]);
  const bytes = random.pick([number, endless, Buffer.concat([number, part.bytes]), blocks]);
  return single(event, parts.with(at, { ...part, bytes }));
}

export function fieldLeftOut(event: StreamEvent, random: Random): Buffer {
  const parts = partsOf(event);
  return single(event, parts.toSpliced(random.int(0, parts.length - 1), 1));
}

export function fieldTwice(event: StreamEvent, random: Random): Buffer {
  const parts = partsOf(event);
  const at = random.int(0, parts.length - 1);
  return single(event, parts.toSpliced(at, 0, parts[at]!));
}

export function fieldsExchanged(event: StreamEvent, random: Random): Buffer {
  const parts = partsOf(event);
  const [a, b] = [random.int(0, parts.length - 1), random.int(0, parts.length - 1)];
  return single(event, parts.with(a, parts[b]!).with(b, parts[a]!));
}

export function truncated(event: StreamEvent, random: Random): Buffer {
  const value = single(event, partsOf(event));
  return value.subarray(0, random.int(1, value.length - 1));
}

/** The fingerprint of no schema, of another stream's, or nearly the right one. */
export function wrongFingerprint(event: StreamEvent, random: Random): Buffer {
  const value = single(event, partsOf(event));
  const other = random.pick(STREAMS.filter((stream) => stream !== event.stream));
  const near = fingerprintOf(event.stream) ^ (1n << BigInt(random.int(0, 63)));
  value.writeBigUInt64LE(random.pick([near, fingerprintOf(other), 0n, 2n ** 64n - 1n]), 2);
  return value;
}

export function noise(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.int(0, 255)));
}
