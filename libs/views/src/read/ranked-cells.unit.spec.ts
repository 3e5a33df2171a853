import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RankedCells } from './ranked-cells.js';

const INDEXES = 20;
const ranks = fc.array(fc.nat(4), { minLength: INDEXES, maxLength: INDEXES });

test('numbers come in the order of the ranks, and those of one rank as they were added', () => {
  const index = fc.nat(INDEXES - 1);
  const cell = fc.tuple(index, index, fc.integer());
  const order = fc.array(fc.record({ of: fc.constantFrom('row' as const, 'column' as const), ranks }), {
    maxLength: 3,
  });
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 600, size: 'max' }), order, (all, by) => {
      const cells = new RankedCells();
      for (const [row, column, count] of all) cells.add(row, column, count);
      const found = [
        ...cells.inOrder(
          by.map(({ of, ranks: of20 }) => ({ of, ranks: Int32Array.from(of20), most: 5 })),
          (...parts) => parts,
        ),
      ];
      const rankOf = ([row, column]: readonly number[], i: number): number =>
        by[i]?.ranks[(by[i].of === 'row' ? row : column) as number] as number;
      const expected = [...all].sort((a, b) => by.reduce((sign, _, i) => sign || rankOf(a, i) - rankOf(b, i), 0));
      expect(found).toEqual(expected);
    }),
  );
});
