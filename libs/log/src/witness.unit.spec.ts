import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LogFormatError, NoteError } from './errors.js';
import { formatAddCheckpoint, parseAddCheckpoint, parseCosignatureLines } from './witness.js';

/** The example of C2SP tlog-witness, "add-checkpoint". */
const hashes = [
  'PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=',
  'jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=',
  '5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=',
  '/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=',
];
const note = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
`;
const body = `old 20852014\n${hashes.join('\n')}\n\n${note}`;
const parsed = { oldSize: 20_852_014, proof: hashes.map((hash) => Buffer.from(hash, 'base64')), note };

test('a request has the form that C2SP tlog-witness gives', () => {
  expect(parseAddCheckpoint(body)).toEqual(parsed);
  expect(formatAddCheckpoint(parsed)).toBe(body);
});

test('a first request has no proof', () => {
  const first = `old 0\n\n${note}`;
  expect(formatAddCheckpoint({ oldSize: 0, proof: [], note })).toBe(first);
  expect(parseAddCheckpoint(first)).toEqual({ oldSize: 0, proof: [], note });
});

describe('a request is refused', () => {
  test.each([
    ['empty', ''],
    ['without the old size', body.slice(body.indexOf('\n') + 1)],
    ['with a leading zero', body.replace('20852014', '020852014')],
    ['with a sign', body.replace('20852014', '+20852014')],
    ['with a word too many', body.replace('old ', 'old size ')],
    ['with carriage returns', body.replaceAll('\n', '\r\n')],
    ['with a hash that is none', body.replace('PlRN', 'Pl*N')],
    ['with spare bits in a hash', body.replace('DDpkaw=', 'DDpkax=')],
    ['without an empty line', body.replaceAll('\n\n', '\n')],
    ['with 64 hashes', body.replace(/\n\n/, `\n${`${hashes[0]}\n`.repeat(60)}\n`)],
  ])('%s', (_what, broken) => {
    expect(broken).not.toBe(body);
    expect(() => parseAddCheckpoint(broken)).toThrow(LogFormatError);
  });

  test('whatever else it is, by its error', () => {
    const parts = fc.constantFrom('old ', '0', '17', ...hashes, '\n', note, '\r', '=');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(parts).map((all) => all.join('')),
        ),
        (any) => {
          try {
            expect(formatAddCheckpoint(parseAddCheckpoint(any))).toBe(any);
          } catch (error) {
            expect(error).toBeInstanceOf(LogFormatError);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('the answer of a witness', () => {
  const lines = [
    '— witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==\n',
    '— witness.example/w2 AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dhnz0854aLZgrrKbYKA7nC3HNJhm/kWl7oJlqU3rXXvpysAdyP3wQ==\n',
  ];

  test('is signature lines', () => {
    const read = parseCosignatureLines(lines.join(''));
    expect(read.map(({ name, line }) => [name, line])).toEqual([
      ['witness.example/w1', lines[0]],
      ['witness.example/w2', lines[1]],
    ]);
  });

  test.each([
    ['nothing', ''],
    ['an empty line', '\n'],
    ['a line without its newline', (lines[0] as string).slice(0, -1)],
    ['something behind them', `${lines[0]}more\n`],
    ['something before them', `more\n${lines[0]}`],
    ['carriage returns', lines.join('').replaceAll('\n', '\r\n')],
  ])('is not %s', (_what, answer) => {
    expect(() => parseCosignatureLines(answer)).toThrow(NoteError);
  });
});
