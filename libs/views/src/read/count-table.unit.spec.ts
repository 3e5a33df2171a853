import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CountRow } from '../projection.js';
import type { DayPair, DayRange } from './count-columns.js';
import { ALL_DAYS, CountTable } from './count-table.js';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
console.info(`seed ${seed} (SEED=${seed} repeats it)`);

const SHAPES = 4;
/** Days of usual times, and of times that no clock has. */
const day = fc.oneof(fc.integer({ min: 20_000, max: 20_004 }), fc.constantFrom(-3, 65_535, 65_536, 99_000_000));
const row = fc.record({ shape: fc.nat(SHAPES - 1), occurred: day, recorded: day, n: fc.nat(50) });
const range: fc.Arbitrary<DayRange> = fc.oneof(
  fc.constant(ALL_DAYS),
  fc.tuple(day, day).map(([first, last]) => ({ first, last })),
);

const inside = (at: number, { first, last }: DayRange) => at >= first && at <= last;

/** Numbers that are not 0, by what they are of. */
function nonZero(rows: Iterable<readonly [string, number]>): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [of, n] of rows) sums.set(of, (sums.get(of) ?? 0) + n);
  return new Map([...sums].filter(([, n]) => n !== 0).sort());
}

test('INVARIANT: whatever is asked, sums are those of the rows that were set last', () => {
  const told = fc.record({ occurred: fc.boolean(), recorded: fc.boolean() });
  const wanted = fc.uint8Array({ minLength: SHAPES, maxLength: SHAPES, max: 1 });
  const property = fc.property(fc.array(row), range, range, told, wanted, (rows, occurred, recorded, told, wanted) => {
    const table = new CountTable();
    for (const one of rows) table.set(one);
    const last = new Map<string, CountRow>(rows.map((one) => [`${one.shape}/${one.occurred}/${one.recorded}`, one]));
    const within = [...last.values()].filter((one) => inside(one.occurred, occurred) && inside(one.recorded, recorded));

    const visited: [string, number][] = [];
    const columns = table.columns({ occurred, recorded }, told);
    const mask = columns.mask({ occurred, recorded });
    for (const shape of wanted.keys()) {
      if (wanted[shape] !== 1) continue;
      columns.forEach(shape, mask, (pair, n) => {
        const days = columns.pairs[pair] as DayPair;
        visited.push([`${shape} ${told.occurred ? days.occurred : 0} ${told.recorded ? days.recorded : 0}`, n]);
      });
    }
    const expected = within
      .filter(({ shape }) => wanted[shape] === 1)
      .map((one): [string, number] => [
        `${one.shape} ${told.occurred ? one.occurred : 0} ${told.recorded ? one.recorded : 0}`,
        one.n,
      ]);
    expect(nonZero(visited)).toEqual(nonZero(expected));

    const sums = [...table.sums({ occurred, recorded })].map((n, shape): [string, number] => [String(shape), n]);
    expect(nonZero(sums)).toEqual(nonZero(within.map(({ shape, n }) => [String(shape), n])));
  });
  fc.assert(property, { seed, numRuns: 1_000 });
});
