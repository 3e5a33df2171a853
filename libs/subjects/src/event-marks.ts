import { hash } from 'node:crypto';

const SECRET_BYTES = 32;
const MARK_BYTES = 6;
/** Most bytes of a content; longer ones, which are rare, take a buffer of their own. */
const LONGEST = 4096;
/** Most that are kept of a subject, oldest dropped first: its document, which has all of them, is written again and again. */
export const MOST_MARKS = 8_192;
/** So many are kept without room for more, as most subjects never have more. */
const FEW = 16;

const scratch = Buffer.alloc(SECRET_BYTES + LONGEST);
/** The beginning of `scratch` with a content of each length, made when first needed: a view costs as much as a digest. */
const views: Buffer[] = [];

/**
 * What stands for an event among those of its subject: the first 48 bits of SHA-256 over the subject's secret and the
 * event. Without the secret nobody can make two events that share one.
 *
 * @param secret 32 bytes, as Latin-1
 * @param content the event's bytes
 */
export function markOf(secret: string, content: Uint8Array): number {
  const length = SECRET_BYTES + content.length;
  const bytes = length > scratch.length ? Buffer.alloc(length) : (views[length] ??= scratch.subarray(0, length));
  bytes.write(secret, 0, 'latin1');
  bytes.set(content, SECRET_BYTES);
  // As a string: a buffer costs four times as much.
  const digest = hash('sha256', bytes, 'binary');
  bytes.fill(0, 0, SECRET_BYTES);
  let mark = 0;
  for (let i = 0; i < MARK_BYTES; i++) mark = mark * 0x100 + digest.charCodeAt(i);
  return mark;
}

/** The marks of one subject's events, oldest first: eight bytes each, since there are as many as events. */
export class EventMarks implements Iterable<number> {
  private constructor(private marks: number[]) {}

  static none(): EventMarks {
    return new EventMarks([]);
  }

  static of(marks: readonly number[]): EventMarks {
    return new EventMarks([...marks]);
  }

  get size(): number {
    return this.marks.length;
  }

  /** @returns false where it is there already */
  add(mark: number): boolean {
    if (this.marks.includes(mark)) return false;
    if (this.marks.length < FEW) this.marks = [...this.marks, mark];
    else this.marks.push(mark);
    if (this.marks.length > MOST_MARKS) this.marks.shift();
    return true;
  }

  [Symbol.iterator](): Iterator<number> {
    return this.marks.values();
  }
}
