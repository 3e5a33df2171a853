import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { Cursor } from './cursor.js';

/** Bytes as Avro writes them: their number, then they themselves. */
function written(bytes: Buffer): Buffer {
  const zigzag = bytes.length * 2;
  const length = zigzag < 128 ? [zigzag] : [(zigzag & 127) | 128, zigzag >> 7];
  return Buffer.concat([Buffer.from(length), bytes]);
}

const nameOf = (bytes: Buffer): string => new Cursor(written(bytes)).readName();
const read = (name: string): string => nameOf(Buffer.from(name));

/** Whether reading the name makes a string of its bytes; it does not where the one that came before is found. */
function isDecoded(name: string): boolean {
  const bytes = written(Buffer.from(name));
  const decode = jest.spyOn(bytes, 'toString');
  expect(new Cursor(bytes).readName()).toBe(name);
  return decode.mock.calls.length > 0;
}

/** A name as long as this one that takes its place: places are some thousands, so one of these does. */
function rivalOf(name: string): string {
  for (let i = 0; i < 100_000; i++) {
    const other = String(i).padStart(name.length, '-');
    read(name);
    read(other);
    if (isDecoded(name)) return other;
  }
  throw new Error('no two names have the same place');
}

describe('a name', () => {
  test.each([['a'], ['purpose'], ['n'.repeat(64)]])('%j that came before is found by its bytes', (name) => {
    read(name);
    expect(isDecoded(name)).toBe(false);
  });

  test('is where the next field is read from, whether it came before or not', () => {
    for (const name of ['first-and-second', 'first-and-second', 'n'.repeat(65), 'ære']) {
      const cursor = new Cursor(Buffer.concat([written(Buffer.from(name)), Buffer.from([1])]));
      expect([cursor.readName(), cursor.readBoolean()]).toEqual([name, true]);
    }
  });

  test.each(['', 'ærlig', '必要', '😀', '\uFEFFmarked', 'a\uFFFDb'])(
    '%j is read as it was written, each time',
    (name) => {
      for (let i = 0; i < 3; i++) expect(read(name)).toBe(name);
    },
  );

  test('longer than 64 bytes is read as it was written, and not kept', () => {
    const long = 'n'.repeat(65);
    expect(read(long)).toBe(long);
    expect(isDecoded(long)).toBe(true);
    // Fewer characters than that, but more bytes.
    expect(read('必'.repeat(22))).toBe('必'.repeat(22));
  });

  test('of which a byte is not UTF-8 is refused, each time, also where one came before that is but for the byte', () => {
    read('c-000123456');
    const broken = Buffer.from('c-000123456');
    broken[4] = 0xff;
    for (const bytes of [broken, Buffer.alloc(65, 0xff), Buffer.from([0xe5])]) {
      for (let i = 0; i < 2; i++) {
        expect(() => nameOf(bytes)).toThrow('a string is not UTF-8');
        expect(() => new Cursor(written(bytes)).readString()).toThrow('a string is not UTF-8');
      }
    }
  });

  test('whose bytes are the characters of another, but not UTF-8, is refused even in the place of that one', () => {
    // A string of Latin-1 characters looks like its Latin-1 bytes. Of so many, some share a place with them.
    const taken: string[] = [];
    for (let i = 0; i < 20_000; i++) {
      const text = `å${i}`;
      read(text);
      try {
        taken.push(nameOf(Buffer.from(text, 'latin1')));
      } catch {
        // As it should be.
      }
    }
    expect(taken).toEqual([]);
  });

  test('cut short is refused, also where it came before', () => {
    read('purpose');
    const bytes = written(Buffer.from('purpose')).subarray(0, -1);
    expect(() => new Cursor(bytes).readName()).toThrow('truncated');
  });
});

test('two names of one place are both read right, in turn', () => {
  const name = 'newsletter';
  const rival = rivalOf(name);
  for (let i = 0; i < 3; i++) {
    // Each has to be decoded again: the other has its place.
    expect(isDecoded(rival)).toBe(true);
    expect(isDecoded(name)).toBe(true);
  }
  expect(isDecoded(name)).toBe(false);
});

test('any list of strings is the same read as names', () => {
  const rivals = ['orders', 'delivery'].flatMap((name) => [name, rivalOf(name)]);
  const string = fc.oneof(
    fc.constantFrom(...rivals),
    fc.string({ maxLength: 2 }),
    fc.string({ unit: 'binary', minLength: 55, maxLength: 70 }).filter((text) => text.isWellFormed()),
    // Half of them are no text at all.
    fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes)),
  );
  const all = (bytes: readonly Buffer[], one: (cursor: Cursor) => string): string[] =>
    bytes.map((each) => {
      try {
        return `read: ${one(new Cursor(written(each)))}`;
      } catch (fault) {
        return String(fault);
      }
    });
  fc.assert(
    fc.property(fc.array(string, { maxLength: 50 }), (strings) => {
      const bytes = strings.map((each) => Buffer.from(each as string));
      expect(all(bytes, (cursor) => cursor.readName())).toEqual(all(bytes, (cursor) => cursor.readString()));
    }),
    { numRuns: 300 },
  );
});
