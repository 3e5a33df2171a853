import { hash } from 'node:crypto';

const SECRET_BYTES = 32;
const MARK_BYTES = 6;
/** Of an event, as a rule; longer ones, which are rare, take a buffer of their own. */
const USUAL_BYTES = 4096;
const FIRST = 4;
/** Most that are kept of a subject, oldest dropped first: whoever is in this many events is no person, or not alone. */
export const MOST_MARKS = 8_192;

const scratch = Buffer.alloc(SECRET_BYTES + USUAL_BYTES);
const NONE = new Float64Array(0);

/**
 * What stands for an event among those of its subject: the first 48 bits of SHA-256 over the subject's secret and the
 * event. Without the secret nobody can make two events that share one.
 *
 * @param secret 32 bytes, as Latin-1
 * @param content the event's bytes
 */
export function markOf(secret: string, content: Uint8Array): number {
  const length = SECRET_BYTES + content.length;
  const bytes = length <= scratch.length ? scratch : Buffer.allocUnsafe(length);
  bytes.write(secret, 0, 'latin1');
  bytes.set(content, SECRET_BYTES);
  const digest = hash('sha256', bytes.subarray(0, length), 'buffer');
  scratch.fill(0, 0, SECRET_BYTES);
  return digest.readUIntBE(0, MARK_BYTES);
}

/** The marks of one subject's events, oldest first: eight bytes each, since there are as many as events. */
export class EventMarks implements Iterable<number> {
  private marks = NONE;
  private count = 0;

  static from(marks: Iterable<number>): EventMarks {
    const all = new EventMarks();
    all.marks = Float64Array.from(marks);
    all.count = all.marks.length;
    return all;
  }

  /** @returns false where it is there already */
  add(mark: number): boolean {
    const at = this.marks.indexOf(mark);
    if (at >= 0 && at < this.count) return false;
    if (this.count === MOST_MARKS) {
      this.marks.copyWithin(0, 1);
      this.count--;
    } else if (this.count === this.marks.length) {
      const grown = new Float64Array(Math.min(MOST_MARKS, Math.max(FIRST, 2 * this.count)));
      grown.set(this.marks);
      this.marks = grown;
    }
    this.marks[this.count++] = mark;
    return true;
  }

  [Symbol.iterator](): Iterator<number> {
    return this.marks.subarray(0, this.count)[Symbol.iterator]();
  }
}
