import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { withLongList } from './json-text.js';

test.each([0, 1, 255, 256, 257, 1_000])('a list of %d rows is written as JSON.stringify does', (count) => {
  const rows = Array.from({ length: count }, (_, i) => ({ name: `row "${i}"`, i }));
  const { text } = withLongList<{ total: number; rows: typeof rows }, 'rows'>({ total: count }, 'rows', rows.values());
  expect(text).toBe(JSON.stringify({ total: count, rows }));
});

test('whatever is in it', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()), (fields, rows) => {
      const { rows: _, ...others } = fields;
      const { text } = withLongList<{ rows: unknown[] }, 'rows'>(others, 'rows', rows);
      expect(text).toBe(JSON.stringify({ ...others, rows }));
    }),
  );
});
