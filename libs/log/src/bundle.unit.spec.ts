import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeBundle, encodeBundle } from './bundle.js';
import { LogFormatError } from './errors.js';

const entries = fc.array(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  { maxLength: 256 },
);

test('a bundle is each entry behind its length', () => {
  const bundle = encodeBundle([Buffer.from('a'), Buffer.alloc(0), Buffer.alloc(258, 'b')]);
  expect(bundle).toEqual(Buffer.concat([Buffer.from([0, 1, 0x61, 0, 0, 1, 2]), Buffer.alloc(258, 'b')]));
});

test('entries come back as they were, from any place in memory', () => {
  fc.assert(
    fc.property(entries, fc.nat(9), (list, offset) => {
      const memory = Buffer.concat([Buffer.alloc(offset), encodeBundle(list)]);
      expect(decodeBundle(new Uint8Array(memory).subarray(offset), list.length)).toEqual(list);
    }),
  );
});

test('an entry has at most 65,535 bytes', () => {
  const longest = Buffer.alloc(65_535, 1);
  expect(decodeBundle(encodeBundle([longest]), 1)).toEqual([longest]);
  expect(() => encodeBundle([Buffer.alloc(0), Buffer.alloc(65_536)])).toThrow(
    new LogFormatError('Entry 1 of the bundle has 65536 bytes; an entry has at most 65535.'),
  );
});

describe('a bundle is refused', () => {
  const bundle = encodeBundle([Buffer.from('one'), Buffer.from('two')]);

  test.each([
    ['cut in an entry', bundle.subarray(0, 9), 2, 'The bundle is truncated in entry 1 of 2, which is at byte 5.'],
    ['cut in a length', bundle.subarray(0, 6), 2, 'The bundle is truncated in entry 1 of 2, which is at byte 5.'],
    ['cut between entries', bundle.subarray(0, 5), 2, 'The bundle is truncated in entry 1 of 2, which is at byte 5.'],
    ['of fewer entries', bundle, 3, 'The bundle is truncated in entry 2 of 3, which is at byte 10.'],
    ['of more entries', bundle, 1, 'The bundle has 5 surplus bytes behind its last entry, from byte 5 on.'],
    [
      'with a byte behind it',
      Buffer.concat([bundle, Buffer.alloc(1)]),
      2,
      'The bundle has 1 surplus bytes behind its last entry, from byte 10 on.',
    ],
  ])('%s', (_what, bytes, count, message) => {
    expect(() => decodeBundle(bytes, count)).toThrow(new LogFormatError(message));
  });

  test('whatever else it holds, by its error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(256), (bytes, count) => {
        try {
          expect(encodeBundle(decodeBundle(bytes, count))).toEqual(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(LogFormatError);
        }
      }),
    );
  });
});
