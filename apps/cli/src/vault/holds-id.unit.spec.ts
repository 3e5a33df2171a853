import { describe, expect, test } from '@jest/globals';
import { holdsId } from './holds-id.js';

describe('holdsId', () => {
  test.each([
    ['alone', 'c-1', true],
    ['between spaces', 'see c-1 please', true],
    ['in JSON', '{"subject":"c-1"}', true],
    ['in a record key', 'janus/c-1', true],
    ['as an Avro string, whatever follows', '\u000c\u0006c-1abc', true],
    ['behind a longer one', 'c-10 c-1', true],
    ['in a longer id', 'c-10', false],
    ['at the end of a longer id', 'abc-1', false],
    ['not at all', 'c-2', false],
    ['in nothing', '', false],
  ])('%s', (_, text, expected) => {
    expect(holdsId(Buffer.from(text), 'c-1')).toBe(expected);
  });

  test('an empty id is nowhere', () => {
    expect(holdsId(Buffer.from('x'), '')).toBe(false);
  });
});
