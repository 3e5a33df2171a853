import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { IntIndex } from './int-index.js';

test('numbers stand in the order in which they came first', () => {
  const number = fc.oneof(fc.nat(50), fc.nat(5_000), fc.constantFrom(0, 2 ** 31 - 1, 2 ** 16));
  fc.assert(
    fc.property(fc.array(number, { maxLength: 500, size: 'max' }), fc.array(number), (added, asked) => {
      const index = new IntIndex();
      const places = new Map<number, number>();
      for (const one of added) {
        if (!places.has(one)) places.set(one, places.size);
        expect(index.add(one)).toBe(places.get(one));
      }
      expect(index.size).toBe(places.size);
      expect(Array.from(places, (_, place) => index.at(place))).toEqual([...places.keys()]);
      for (const one of asked) expect(index.find(one)).toBe(places.get(one));
    }),
    { numRuns: 50 },
  );
});
