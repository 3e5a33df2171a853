import { isUtf8 } from 'node:buffer';

/** Why bytes cannot be read, in the user's words and without anything of their content. */
export class DecodeFault extends Error {
  override readonly name = 'DecodeFault';
}

const TRUNCATED = 'the value ends in the middle of a field (truncated)';
const REPLACEMENT = '\uFFFD';

/**
 * A position in a buffer of Avro binary encoding (Avro specification 1.12, "Binary Encoding").
 *
 * Every read checks the end of the buffer before it moves, so that no length or count in broken bytes can make a
 * reader loop, allocate or go back; what cannot be read throws {@link DecodeFault}.
 */
export class Cursor {
  buffer: Buffer;
  pos: number;

  constructor(buffer: Buffer, pos = 0) {
    this.buffer = buffer;
    this.pos = pos;
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
    const from = this.take(this.readLong());
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
   * A block of more items than bytes are left is refused: every item of ours takes at least one byte, and a count of
   * billions in a few bytes would exhaust the memory.
   */
  readBlockCount(): number {
    let count = this.readLong();
    if (count < 0) {
      count = -count;
      this.skipLong();
    }
    if (count > this.buffer.length - this.pos) throw new DecodeFault(TRUNCATED);
    return count;
  }
}
