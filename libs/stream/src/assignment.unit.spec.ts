import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assignTasks } from './assignment.js';

const claimants = fc.uniqueArray(
  fc.record({ id: fc.string({ minLength: 1 }), owned: fc.array(fc.integer({ min: -1, max: 30 })) }),
  { selector: ({ id }) => id, minLength: 1, maxLength: 8 },
);

describe('assignTasks', () => {
  test('gives every task to exactly one member, as even as possible', () => {
    fc.assert(
      fc.property(claimants, fc.nat({ max: 30 }), (members, tasks) => {
        const shares = [...assignTasks(members, tasks).values()];
        expect(shares.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: tasks }, (_, i) => i));
        const sizes = shares.map((share) => share.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('does not depend on the order of members', () => {
    fc.assert(
      fc.property(claimants, fc.nat({ max: 30 }), (members, tasks) => {
        expect(assignTasks([...members].reverse(), tasks)).toEqual(assignTasks(members, tasks));
      }),
    );
  });

  test('leaves members what they have', () => {
    const before = assignTasks(
      [
        { id: 'a', owned: [] },
        { id: 'b', owned: [] },
      ],
      8,
    );
    const members = [...before].map(([id, owned]) => ({ id, owned }));
    expect(assignTasks(members, 8)).toEqual(before);
    const joined = assignTasks([...members, { id: '0', owned: [] }], 8);
    for (const [id, owned] of before) expect(owned).toEqual(expect.arrayContaining(joined.get(id) ?? [-1]));
  });

  test('takes a task that two claim for one of them', () => {
    const shares = assignTasks(
      [
        { id: 'a', owned: [0, 1] },
        { id: 'b', owned: [0, 1] },
      ],
      2,
    );
    expect([...shares.values()]).toEqual([[0], [1]]);
  });
});
