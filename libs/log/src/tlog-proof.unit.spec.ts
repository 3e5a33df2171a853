import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LogFormatError } from './errors.js';
import { formatTlogProof, parseTlogProof } from './tlog-proof.js';

const hash = Buffer.alloc(32, 5);
const line = hash.toString('base64');
const checkpoint = `example.com/fancylog\n109482\n${line}\n\n— example.com/fancylog hI2DJwAA\n`;
const text = `c2sp.org/tlog-proof@v1\nextra YWI=\nindex 73894\n${line}\n${line}\n\n${checkpoint}`;
const parsed = { extra: Buffer.from('ab'), index: 73_894, proof: [hash, hash], checkpoint };

test('a proof has the form that C2SP tlog-proof gives', () => {
  expect(formatTlogProof(parsed)).toBe(text);
  expect(parseTlogProof(text)).toEqual(parsed);
});

test('without extra data and hashes', () => {
  const short = `c2sp.org/tlog-proof@v1\nindex 0\n\n${checkpoint}`;
  expect(formatTlogProof({ index: 0, proof: [], checkpoint })).toBe(short);
  expect(formatTlogProof({ extra: Buffer.alloc(0), index: 0, proof: [], checkpoint })).toBe(short);
  expect(parseTlogProof(short)).toEqual({ extra: null, index: 0, proof: [], checkpoint });
});

test('proofs come back as they were', () => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((each) => Buffer.from(each));
  const extra = fc.option(fc.uint8Array({ minLength: 1 }).map((each) => Buffer.from(each)));
  fc.assert(
    fc.property(extra, fc.maxSafeNat(), fc.array(bytes, { maxLength: 63 }), (extra, index, proof) => {
      const given = { extra, index, proof, checkpoint };
      expect(parseTlogProof(formatTlogProof(given))).toEqual(given);
    }),
  );
});

describe('a proof is refused', () => {
  test.each([
    ['empty', ''],
    ['of another version', text.replace('@v1', '@v2')],
    ['with a line before it', `\n${text}`],
    ['with carriage returns', text.replaceAll('\n', '\r\n')],
    ['without an index', text.replace('index 73894\n', '')],
    ['with two indexes', text.replace('index 73894\n', 'index 73894\nindex 73894\n')],
    ['with the extra line behind the index', text.replace(/(extra .*\n)(index .*\n)/, '$2$1')],
    ['with two extra lines', text.replace('extra YWI=\n', 'extra YWI=\nextra YWI=\n')],
    ['with an empty extra line', text.replace('YWI=', '')],
    ['with extra data that is not base64', text.replace('YWI=', 'YWI')],
    ['with spare bits in the extra data', text.replace('YWI=', 'YWJ=')],
    ['with a leading zero', text.replace('73894', '073894')],
    ['with a negative index', text.replace('73894', '-1')],
    ['with two spaces', text.replace('index ', 'index  ')],
    ['with a short hash', text.replace(line, Buffer.alloc(31).toString('base64'))],
    ['with a hash without padding', text.replace(line, line.slice(0, -1))],
    ['without an empty line', text.replace(/\n\n/g, '\n')],
    ['with 64 hashes', formatTlogProof({ ...parsed, proof: Array<Buffer>(64).fill(hash) })],
  ])('%s', (_what, broken) => {
    expect(broken).not.toBe(text);
    expect(() => parseTlogProof(broken)).toThrow(LogFormatError);
  });

  test('whatever else it is, by its error', () => {
    const parts = fc.constantFrom(
      'c2sp.org/tlog-proof@v1\n',
      'extra ',
      'index ',
      '0',
      line,
      '\n',
      checkpoint,
      '=',
      'YWI=',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(parts).map((all) => all.join('')),
        ),
        (any) => {
          try {
            expect(formatTlogProof(parseTlogProof(any))).toBe(any);
          } catch (error) {
            expect(error).toBeInstanceOf(LogFormatError);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
