import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { IntIndex } from './int-index.js';

test('numbers stand in the order in which they came first', () => {
  const number = fc.oneof(fc.nat(50), fc.nat(5_000), fc.constantFrom(0, 2 ** 31 - 1, 2 ** 16));
  fc.assert(
    fc.property(fc.array(number, { maxLength: 2_000, size: 'max' }), fc.array(number), (added, asked) => {
      const index = new IntIndex();
      const order: number[] = [];
      for (const one of added) {
        if (!order.includes(one)) order.push(one);
        expect(index.add(one)).toBe(order.indexOf(one));
      }
      expect(index.size).toBe(order.length);
      expect(order.map((_, place) => index.at(place))).toEqual(order);
      for (const one of [...added, ...asked]) {
        expect(index.find(one)).toBe(order.includes(one) ? order.indexOf(one) : undefined);
      }
    }),
    { numRuns: 50 },
  );
});
