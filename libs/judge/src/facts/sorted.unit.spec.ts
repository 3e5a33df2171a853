import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { appended, cutFrom, lowerBound, upperBound } from './sorted.js';

test('a list has what was appended, in order, whether it is copied or not', () => {
  let items: { readonly at: number }[] = [];
  for (let at = 0; at < 40; at++) {
    const item = { at };
    items = appended(items, item);
    expect(items).toHaveLength(at + 1);
    expect(items[at]).toBe(item);
  }
  expect(items.map(({ at }) => at)).toEqual(Array.from({ length: 40 }, (_, at) => at));
});

test('bounds and cuts are those of the whole list looked through', () => {
  const times = fc.integer({ min: 0, max: 9 });
  fc.assert(
    fc.property(fc.array(times, { maxLength: 20 }), fc.integer({ min: -1, max: 10 }), (unsorted, at) => {
      const items = unsorted.toSorted((a, b) => a - b).map((each) => ({ at: each }));
      expect(upperBound(items, at)).toBe(items.filter((item) => item.at <= at).length);
      expect(lowerBound(items, at)).toBe(items.filter((item) => item.at < at).length);
      const [kept, gone] = [items.filter((item) => item.at < at), items.filter((item) => item.at >= at)];
      expect(cutFrom(items, at)).toEqual(gone);
      expect(items).toEqual(kept);
    }),
  );
});
