import { describe, expect, test } from '@jest/globals';
import { NoteError } from './errors.js';
import { COSIGNATURE, formatSignerKey, parseSigner } from './note-keys.js';
import { checkOrigin, parseSigningKeys } from './signing-keys.js';

const seed = (byte: number): Buffer => Buffer.alloc(32, byte);
const key = (byte: number, name = 'example.com/log'): string => formatSignerKey(name, seed(byte));
const verifierKey = (byte: number): string => parseSigner(key(byte)).verifierKey;
const bare = (byte: number): string => seed(byte).toString('base64');

describe('parseSigningKeys', () => {
  test.each([
    ['one key', key(1), null, [1]],
    ['two, the first in use', `${key(1)},${key(2)}`, null, [1, 2]],
    ['two on lines of a file', `${key(2)}\n${key(1)}\n`, 'example.com/log', [2, 1]],
    ['a bare seed with an origin', bare(3), 'example.com/log', [3]],
    ['a bare seed behind a key', `${key(1)} ${bare(3)}`, null, [1, 3]],
  ])('reads %s', (_, text, origin, bytes) => {
    const read = parseSigningKeys(text, origin);
    expect(read.origin).toBe('example.com/log');
    expect(read.signers.map((signer) => signer.verifierKey)).toEqual(bytes.map(verifierKey));
  });

  test.each([
    ['nothing', ' , ', null, 'There is no key.'],
    ['a bare seed without an origin', bare(1), null, 'The key is a bare seed; it needs an origin besides.'],
    [
      'a key of another log',
      key(1),
      'other.example/log',
      'The key is named "example.com/log", not "other.example/log".',
    ],
    ['two logs', `${key(1)},${key(2, 'b.example')}`, null, 'Key 2 is named "b.example", not "example.com/log".'],
    ['a key twice', `${key(1)},${key(1)}`, null, 'Key 2 is given twice.'],
    ['a seed that is the key', `${key(1)},${bare(1)}`, null, 'Key 2 is given twice.'],
    ["a witness's key", formatSignerKey('w', seed(1), COSIGNATURE), null, "The key is a witness's and signs no"],
    ['an origin with a scheme', bare(1), 'https://example.com', 'The origin of a log is a URL without its scheme'],
    ['no key at all', 'hunter2', null, 'A signer key must begin with PRIVATE+KEY+'],
  ])('refuses %s, and shows no secret', (_, text, origin, message) => {
    expect(() => parseSigningKeys(text, origin)).toThrow(NoteError);
    expect(() => parseSigningKeys(text, origin)).toThrow(message);
    for (const secret of ['hunter2', bare(1), Buffer.from([1, ...seed(1)]).toString('base64')]) {
      expect(() => parseSigningKeys(text, origin)).not.toThrow(secret);
    }
  });
});

test.each(['', 'a b', 'a+b', 'http://a', 'example.com/'])('%j is no origin', (origin) => {
  expect(() => checkOrigin(origin)).toThrow(NoteError);
});
