import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { withList } from './json-text.js';

test('an object with a list is written as JSON.stringify does', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()), (fields, rows) => {
      const { rows: _, ...others } = fields;
      const { text } = withList<{ rows: unknown[] }, 'rows'>(others, 'rows', JSON.stringify(rows));
      expect(text).toBe(JSON.stringify({ ...others, rows }));
    }),
  );
});
