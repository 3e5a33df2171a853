import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Opener, Sealer, unwrap, wrap } from './cipher.js';

const KEY = Buffer.alloc(32, 1);
const bytes = fc.uint8Array({ maxLength: 300 }).map((one) => Buffer.from(one));

describe('sealed values', () => {
  const sealer = new Sealer(KEY);

  test('open where they belong, whoever sealed them', () => {
    const opener = new Opener(KEY);
    fc.assert(
      fc.property(fc.string(), bytes, fc.boolean(), (place, plain, other) => {
        const sealed = (other ? new Sealer(KEY) : sealer).seal(place, plain);
        expect(sealed).toHaveLength(plain.length + 16 + 12 + 16);
        expect(opener.open(place, sealed)).toEqual(plain);
      }),
    );
  });

  test('do not open elsewhere, under another key, cut short or changed in any bit', () => {
    const sealed = sealer.seal('here', Buffer.from('secret'));
    expect(() => new Opener(KEY).open('there', sealed)).toThrow();
    expect(() => new Opener(Buffer.alloc(32, 2)).open('here', sealed)).toThrow();
    for (let length = 0; length < sealed.length; length++) {
      expect(() => new Opener(KEY).open('here', sealed.subarray(0, length))).toThrow();
    }
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => new Opener(KEY).open('here', changed)).toThrow();
    }
  });

  test('never have the same salt and nonce', () => {
    const starts = Array.from({ length: 1_000 }, (_, i) =>
      (i % 2 === 0 ? sealer : new Sealer(KEY)).seal('here', KEY).toString('hex', 0, 28),
    );
    expect(new Set(starts).size).toBe(starts.length);
  });
});

test('wrapped keys open where they belong alone', () => {
  const wrapped = wrap(KEY, 'here', Buffer.alloc(32, 9));
  expect(unwrap(KEY, 'here', wrapped)).toEqual(Buffer.alloc(32, 9));
  expect(() => unwrap(KEY, 'there', wrapped)).toThrow();
  expect(() => unwrap(Buffer.alloc(32, 2), 'here', wrapped)).toThrow();
});
