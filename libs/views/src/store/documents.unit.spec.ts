import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { toCountChanges, toCountRows } from './documents.js';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
console.info(`seed ${seed} (SEED=${seed} repeats it)`);

const day = fc.integer({ min: 20_000, max: 20_002 });
/** Around the shapes at which another document begins, too. */
const shape = fc.oneof(fc.nat(1_000), fc.constantFrom(255, 256, 511, 512));
const row = fc.record({ shape, occurred: day, recorded: day, n: fc.integer({ min: -3, max: 3 }) });
const rows = fc.uniqueArray(row, {
  selector: (one) => `${one.shape}/${one.occurred}/${one.recorded}`,
  minLength: 1,
  maxLength: 300,
});

test('INVARIANT: counts come out of their documents as they went in, few shapes in each', () => {
  const property = fc.property(rows, (changes) => {
    const documents = toCountChanges(changes);
    const ids = documents.map(({ _id }) => JSON.stringify(_id));
    expect(new Set(ids).size).toBe(ids.length);
    const out = documents.flatMap(({ _id, add }) => {
      expect([...add.keys()].every((of) => of >= _id.shapes && of < _id.shapes + 256)).toBe(true);
      const n = Object.fromEntries(Array.from(add, ([of, more]) => [String(of), more]));
      return [...toCountRows({ _id, n, through: 0 })];
    });
    const inOrder = (list: readonly object[]) => list.map((one) => JSON.stringify(Object.entries(one).sort())).sort();
    expect(inOrder(out)).toEqual(inOrder(changes));
  });
  fc.assert(property, { seed, numRuns: 300 });
});
