import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DIMENSIONS } from '#libs/views';
import { dayText } from '../day.js';
import { writeRows } from './write-rows.js';

const name = fc.oneof(fc.constant(null), fc.constantFrom('a', 'b', 'a"b', '\u2028', ''), fc.string());
const day = fc.integer({ min: 0, max: 40_000 });

test('rows are written as JSON.stringify writes their objects', () => {
  const asked = fc.subarray([...DIMENSIONS], { maxLength: 3 }).chain((by) =>
    fc.record({
      by: fc.constant(by),
      rows: fc.array(
        fc.record({
          key: fc.tuple(...by.map((dimension) => (/day$/i.test(dimension) ? day : name))),
          count: fc.nat(),
        }),
        { maxLength: 3_000, size: '+1' },
      ),
    }),
  );
  fc.assert(
    fc.property(asked, ({ by, rows }) => {
      const objects = rows.map(({ key, count }) => ({
        ...Object.fromEntries(
          by.map((dimension, i) => [dimension, typeof key[i] === 'number' ? dayText(key[i]) : key[i]]),
        ),
        count,
      }));
      expect(writeRows(rows.values(), by)).toBe(JSON.stringify(objects));
    }),
  );
});

test('many thousands of them', () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => ({ key: [20_000 + (i % 7), `clause-${i % 11}`], count: i }));
  const written = JSON.parse(writeRows(rows, ['day', 'clause'])) as unknown[];
  expect(written).toHaveLength(rows.length);
  expect(written.at(-1)).toEqual({ day: dayText(20_000 + (9_999 % 7)), clause: `clause-${9_999 % 11}`, count: 9_999 });
});
