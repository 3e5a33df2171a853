import { describe, expect, test } from '@jest/globals';
import avro from 'avsc';
import fc from 'fast-check';
import { Sink } from './sink.js';
import { compileWriter } from './write.js';

/** A schema with every type there is a writer for. */
const schema = {
  type: 'record',
  name: 'All',
  fields: [
    { name: 'boolean', type: 'boolean' },
    { name: 'int', type: 'int' },
    { name: 'long', type: 'long' },
    { name: 'string', type: 'string' },
    { name: 'fixed', type: { type: 'fixed', name: 'Four', size: 4 } },
    { name: 'enum', type: { type: 'enum', name: 'Colour', symbols: ['red', 'green'] } },
    { name: 'list', type: { type: 'array', items: ['null', 'string'] } },
    { name: 'inner', type: ['null', { type: 'record', name: 'Inner', fields: [{ name: 'long', type: 'long' }] }] },
  ],
};
const type = avro.Type.forSchema(schema as never, { wrapUnions: 'never' } as never);
const write = compileWriter(type);

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ minLength: 38, maxLength: 45 }),
);
// avsc, which this is held against, is exact to here.
const long = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger().map((n) => Math.trunc(n / 2)),
);
const values = fc.record({
  boolean: fc.boolean(),
  int: fc.integer(),
  long,
  string: text,
  fixed: fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
  enum: fc.constantFrom('red', 'green'),
  list: fc.array(fc.option(text)),
  inner: fc.option(fc.record({ long })),
});

function written(value: unknown, size = 1): Buffer {
  const sink = new Sink(size);
  write(value, sink);
  return sink.copy();
}

describe('a compiled writer', () => {
  test('writes what avsc writes, into a buffer of any size', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 300 }), (value, size) => {
        expect(written(value, size).equals(type.toBuffer(value))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test('takes a fixed as a string with a character for each byte', () => {
    const value = { boolean: true, int: 0, long: 0, string: '', enum: 'red', list: [], inner: null };
    const fixed = Buffer.from([0, 127, 128, 255]);
    expect(written({ ...value, fixed: fixed.toString('latin1') })).toEqual(written({ ...value, fixed }));
  });

  test.each([
    ['boolean', 1],
    ['int', 2 ** 31],
    ['int', 0.5],
    ['long', 2 ** 53],
    ['long', '1'],
    ['string', null],
    ['string', undefined],
    ['fixed', Buffer.alloc(3)],
    ['fixed', 'abcde'],
    ['enum', 'blue'],
    ['list', 'red'],
    ['inner', undefined],
    ['inner', { long: null }],
  ])('refuses a %s that is %p', (field, wrong) => {
    const fixed = Buffer.alloc(4);
    const value = { boolean: true, int: 0, long: 0, string: '', fixed, enum: 'red', list: [], inner: null };
    expect(() => written({ ...value, [field]: wrong })).toThrow();
  });

  test('is made for no other type', () => {
    for (const other of ['double', 'bytes', ['string', 'null'], ['null', 'string', 'int']]) {
      expect(() => compileWriter(avro.Type.forSchema(other as never))).toThrow('no writer is made');
    }
  });

  test('goes on behind what the sink holds', () => {
    const sink = new Sink(4);
    sink.string('before');
    const from = sink.at;
    sink.long(-1);
    expect([sink.copy().length, sink.copy(from)]).toEqual([8, Buffer.from([1])]);
  });
});
