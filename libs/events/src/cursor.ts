import { isUtf8 } from 'node:buffer';

/** Why bytes cannot be read, in the user's words and without anything of their content. */
export class DecodeFault extends Error {
  override readonly name = 'DecodeFault';
}

const TRUNCATED = 'the value ends in the middle of a field (truncated)';
const COSTLY = 'the value claims more than its bytes can hold';
const REPLACEMENT = '\uFFFD';
/** Fields of no length that are passed for each byte there is; schemas that people write have none of them. */
const FIELDS_PER_BYTE = 16;
const FIELDS_AT_LEAST = 10_000;
/** Well within any stack: how deep a value may be nested must not depend on how much of it is left. */
const MAX_DEPTH = 100;

/** Names that came lately, each in the place that its bytes give it. */
const names = new Array<string>(4_096).fill('');
const LONGEST_NAME = 64;
/** Called for each byte of a name: looked up once. */
const { imul } = Math;

/**
 * A position in a buffer of Avro binary encoding (Avro specification 1.12, "Binary Encoding").
 *
 * Every read checks the end of the buffer before it moves, so that no length or count in broken bytes can make a
 * reader loop, allocate or go back; what cannot be read throws {@link DecodeFault}. Writers' schemas are not ours: items
 * and fields that take no bytes (`null`, records of nothing else) are bounded by the length of the value, too.
 */
export class Cursor {
  buffer: Buffer;
  pos: number;
  /** How many items of arrays and maps, and fields of skipped records, there may still be. */
  private items: number;
  private fields: number;
  private depth = 0;

  constructor(buffer: Buffer, pos = 0) {
    this.buffer = buffer;
    this.pos = pos;
    this.items = buffer.length;
    this.fields = FIELDS_AT_LEAST + FIELDS_PER_BYTE * buffer.length;
  }

  readByte(): number {
    const byte = this.buffer[this.pos];
    if (byte === undefined) throw new DecodeFault(TRUNCATED);
    this.pos++;
    return byte;
  }

  readBoolean(): boolean {
    const byte = this.readByte();
    if (byte > 1) throw new DecodeFault('a boolean is neither 0 nor 1');
    return byte === 1;
  }

  /** A zig-zag varint (`int`, `long`) as a safe integer; throws beyond 52 bits, where doubles begin to lose digits. */
  readLong(): number {
    let byte = this.readByte();
    let value = byte & 0x7f;
    let scale = 128;
    while (byte & 0x80) {
      byte = this.readByte();
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw new DecodeFault('a number is out of range');
      scale *= 128;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Passes a `long` of any size. */
  skipLong(): void {
    for (let bytes = 0; bytes < 10; bytes++) if (this.readByte() < 0x80) return;
    throw new DecodeFault('a number is longer than 10 bytes');
  }

  /** Takes `length` bytes and returns where they began. */
  take(length: number): number {
    const from = this.pos;
    if (length < 0) throw new DecodeFault('a length is negative');
    if (length > this.buffer.length - from) throw new DecodeFault(TRUNCATED);
    this.pos = from + length;
    return from;
  }

  /** A copy, so that small values do not hold on to the fetch buffer they came in. */
  readFixed(length: number): Buffer {
    const from = this.take(length);
    return Buffer.from(this.buffer.subarray(from, this.pos));
  }

  readString(): string {
    return this.text(this.take(this.readLong()));
  }

  /** A string that is likely to have come before: it is found by its bytes, and then is the same object. */
  readName(): string {
    const length = this.readLong();
    const from = this.take(length);
    if (length > LONGEST_NAME) return this.text(from);
    const { buffer, pos } = this;
    // FNV-1a.
    let digest = length;
    for (let i = from; i < pos; i++) digest = imul(digest ^ buffer[i]!, 0x01000193);
    const place = (digest ^ (digest >>> 15)) & (names.length - 1);
    const known = names[place]!;
    if (known.length === length && isText(known, buffer, from)) return known;
    const text = this.text(from);
    // A character more than one byte: it would never be found. As a property's name a string is the one of its content.
    return text.length === length ? (names[place] = Object.keys({ [text]: 0 })[0]!) : text;
  }

  private text(from: number): string {
    const text = this.buffer.toString('utf8', from, this.pos);
    // Decoding replaces what is not UTF-8; two subjects must not become one that way.
    if (text.includes(REPLACEMENT) && !isUtf8(this.buffer.subarray(from, this.pos))) {
      throw new DecodeFault('a string is not UTF-8');
    }
    return text;
  }

  /**
   * The number of items in the next block of an array or map, 0 at its end.
   *
   * A block of more items than bytes are left is refused, and blocks that together claim more items than the value has
   * bytes: every item of ours takes at least one byte, and a count of billions in a few bytes would exhaust the memory,
   * or the time.
   */
  readBlockCount(): number {
    let count = this.readLong();
    if (count < 0) {
      count = -count;
      this.skipLong();
    }
    if (count > this.buffer.length - this.pos) throw new DecodeFault(TRUNCATED);
    this.items -= count;
    if (this.items < 0) throw new DecodeFault(COSTLY);
    return count;
  }

  /** Does what is one level deeper in a value that is passed. */
  deeper(pass: (cursor: Cursor) => unknown): void {
    if (++this.depth > MAX_DEPTH) throw new DecodeFault(`the value is nested deeper than ${MAX_DEPTH} levels`);
    pass(this);
    this.depth--;
  }

  /** Notes that a record of so many fields is passed; throws where that goes on and on without any bytes being read. */
  passFields(count: number): void {
    this.fields -= count;
    if (this.fields < 0) throw new DecodeFault(COSTLY);
  }
}

/** Whether a string is ASCII and the bytes from here on are it. */
function isText(text: string, bytes: Buffer, from: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[from + i]) return false;
  return true;
}
