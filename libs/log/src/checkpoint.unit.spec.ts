import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatCheckpoint, parseCheckpoint } from './checkpoint.js';
import { LogFormatError } from './errors.js';

/** The example of C2SP tlog-checkpoint. */
const ROOT = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';
const EXAMPLE = `example.com/behind-the-sofa\n20852163\n${ROOT}\n`;
const checkpoint = {
  origin: 'example.com/behind-the-sofa',
  size: 20_852_163,
  root: Buffer.from(ROOT, 'base64'),
  extensions: [],
};

test('the example of C2SP tlog-checkpoint', () => {
  expect(parseCheckpoint(EXAMPLE)).toEqual(checkpoint);
  expect(formatCheckpoint(checkpoint)).toBe(EXAMPLE);
});

test('extension lines are kept', () => {
  const text = `${EXAMPLE}one\ntwo words\n`;
  expect(parseCheckpoint(text)).toEqual({ ...checkpoint, extensions: ['one', 'two words'] });
  expect(formatCheckpoint(parseCheckpoint(text))).toBe(text);
});

test('checkpoints come back as they were', () => {
  const line = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[\0-\x1f]/.test(text));
  const root = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(
      fc.record({ origin: line, size: fc.maxSafeNat(), root, extensions: fc.array(line, { maxLength: 2 }) }),
      (given) => expect(parseCheckpoint(formatCheckpoint(given))).toEqual(given),
    ),
  );
});

describe('a checkpoint is refused', () => {
  const sized = (size: string) => `log.example\n${size}\n${ROOT}\n`;
  const rooted = (root: string) => `log.example\n1\n${root}\n`;

  test.each([
    ['empty', ''],
    ['without its last newline', EXAMPLE.slice(0, -1)],
    ['without the last newline of an extension', `${EXAMPLE}more`],
    ['of two lines', 'log.example\n1\n'],
    ['with an empty origin', `\n1\n${ROOT}\n`],
    ['with an empty line behind it', `${EXAMPLE}\n`],
    ['with an empty extension', `${EXAMPLE}\nmore\n`],
    ['with carriage returns', EXAMPLE.replaceAll('\n', '\r\n')],
    ['with a tab', EXAMPLE.replace('-', '\t')],
    ['with a lone surrogate', EXAMPLE.replace('-', '\ud800')],
    ['with a signature', `${EXAMPLE}\n— log.example AAAAAAA=\n`],
    ['with a leading zero in the size', sized('01')],
    ['with two zeros for a size', sized('00')],
    ['with a sign', sized('+1')],
    ['with a size below zero', sized('-1')],
    ['with a size in hex', sized('0x1')],
    ['with an exponent', sized('1e3')],
    ['with a space', sized(' 1')],
    ['without a size', sized('')],
    ['with a size beyond 2^53', sized('9007199254740992')],
    ['with a size of 17 digits', sized('10000000000000000')],
    ['with other digits', sized('١')],
    ['with a root without padding', rooted(ROOT.slice(0, -1))],
    ['with spare bits in the root', rooted(ROOT.replace('2I=', '2J='))],
    ['with a root for URLs', rooted(ROOT.replace('/', '_'))],
    ['with a root of 31 bytes', rooted(Buffer.alloc(31).toString('base64'))],
    ['with a root of 33 bytes', rooted(Buffer.alloc(33).toString('base64'))],
    ['with spaces around the root', rooted(` ${ROOT}`)],
    ['without a root', rooted('')],
  ])('%s', (_what, text) => {
    expect(() => parseCheckpoint(text)).toThrow(LogFormatError);
  });

  test.each([
    ['without an origin', { origin: '' }],
    ['with two origins', { origin: 'a\nb' }],
    ['with a carriage return', { origin: 'a\r' }],
    ['with an empty extension', { extensions: [''] }],
    ['of less than nothing', { size: -1 }],
    ['of half an entry', { size: 0.5 }],
    ['beyond 2^53', { size: 2 ** 53 }],
    ['with a short root', { root: Buffer.alloc(31) }],
  ])('to be written %s', (_what, change) => {
    expect(() => formatCheckpoint({ ...checkpoint, ...change })).toThrow(LogFormatError);
  });

  test('whatever else it is, by its error', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom('a', '0', '1', ROOT, '', '\r', ' '), { maxLength: 5 }).map((lines) => lines.join('\n')),
    );
    fc.assert(
      fc.property(text, fc.constantFrom('', '\n'), (lines, end) => {
        try {
          expect(formatCheckpoint(parseCheckpoint(lines + end))).toBe(lines + end);
        } catch (error) {
          expect(error).toBeInstanceOf(LogFormatError);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
