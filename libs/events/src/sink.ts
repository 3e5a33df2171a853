/** Longer strings are written by Node, whose call takes as long as a loop over so many characters. */
const LOOP_TO = 40;

/** Bytes in the making, in a buffer that grows: the primitive types of Avro's binary encoding (Avro 1.12), one by one. */
export class Sink {
  bytes: Buffer;
  /** Where the next byte goes. */
  at = 0;

  /** @param size of the buffer to begin with, bytes */
  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }

  byte(value: number): void {
    if (this.at === this.bytes.length) this.grow(1);
    this.bytes[this.at++] = value;
  }

  /** An `int` or `long`: a zig-zag varint. @param value a safe integer */
  long(value: number): void {
    if (this.at + 10 > this.bytes.length) this.grow(10);
    const { bytes } = this;
    let at = this.at;
    if (value >= -0x40000000 && value < 0x40000000) {
      let rest = (value << 1) ^ (value >> 31);
      while ((rest & ~0x7f) !== 0) {
        bytes[at++] = (rest & 0x7f) | 0x80;
        rest >>>= 7;
      }
      bytes[at++] = rest;
    } else {
      let rest = value < 0 ? -2 * value - 1 : 2 * value;
      // Doubles are slow to take apart; what 28 bits do not hold is written in integers again.
      let low = rest % 0x10000000;
      rest = Math.floor(rest / 0x10000000);
      for (let i = 0; i < 4; i++) {
        bytes[at++] = (low & 0x7f) | 0x80;
        low >>>= 7;
      }
      while (rest >= 0x80) {
        bytes[at++] = (rest & 0x7f) | 0x80;
        rest >>>= 7;
      }
      bytes[at++] = rest;
    }
    this.at = at;
  }

  /** A `string`: its length in bytes, and UTF-8. */
  string(text: string): void {
    const { length } = text;
    // No character takes more than three bytes.
    if (this.at + 10 + 3 * length > this.bytes.length) this.grow(10 + 3 * length);
    const start = this.at;
    this.long(length);
    const { bytes } = this;
    if (length <= LOOP_TO) {
      let at = this.at;
      let i = 0;
      for (; i < length; i++) {
        const unit = text.charCodeAt(i);
        if (unit >= 0x80) break;
        bytes[at++] = unit;
      }
      if (i === length) {
        this.at = at;
        return;
      }
    } else if (bytes.write(text, this.at, 'utf8') === length) {
      this.at += length;
      return;
    }
    this.at = start;
    this.long(Buffer.byteLength(text));
    this.at += this.bytes.write(text, this.at, 'utf8');
  }

  /** Bytes as they are: a `fixed`, or what is encoded already. */
  raw(value: Uint8Array): void {
    if (this.at + value.length > this.bytes.length) this.grow(value.length);
    this.bytes.set(value, this.at);
    this.at += value.length;
  }

  /** The same, of a string with a character for each byte. */
  latin1(value: string): void {
    if (this.at + value.length > this.bytes.length) this.grow(value.length);
    this.at += this.bytes.write(value, this.at, 'latin1');
  }

  /** What was written from `start` on; a copy that shares its memory with nothing. */
  copy(start = 0): Buffer {
    const copy = Buffer.allocUnsafeSlow(this.at - start);
    this.bytes.copy(copy, 0, start, this.at);
    return copy;
  }

  private grow(by: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, this.at + by));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }
}
