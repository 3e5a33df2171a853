import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { triageState } from '#libs/triage';
import type { ProblemRow } from '#libs/views';
import { openedAt, pageOfProblems, sorted, type ListedProblem, type ProblemCursor } from './problem-list.js';
import { PROBLEM_SORTS } from './schemas.js';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
console.info(`seed ${seed} (SEED=${seed} repeats it)`);

const ROW: ProblemRow = {
  ...{ id: 'p1-0', controller: 'acme', rule: 'R1', effect: 'violation', clause: 'c1', service: 's', kind: 'orders' },
  ...{ findings: 1, firstSeen: 0, lastSeen: 0, firstRecorded: 0, lastRecorded: 0, trend: [] },
};

interface Given {
  readonly row?: Partial<ProblemRow>;
  readonly reopenedAt?: number | null;
  readonly people?: number | null;
}

function listed({ row, reopenedAt = null, people = null }: Given): ListedProblem {
  return { row: { ...ROW, ...row }, state: { ...triageState([]), reopenedAt }, people };
}

describe('when a problem came up', () => {
  test('is when it was recorded, however old what happened is', () => {
    expect(openedAt(listed({ row: { firstSeen: 1, firstRecorded: 9 } }))).toBe(9);
  });

  test('is when it was reopened, where it was', () => {
    expect(openedAt(listed({ row: { firstRecorded: 9 }, reopenedAt: 12 }))).toBe(12);
  });

  test('is not before it was recorded: what said so may have been lost by a prune', () => {
    expect(openedAt(listed({ row: { firstRecorded: 9 }, reopenedAt: 4 }))).toBe(9);
  });

  test('puts what is found now, and what came back, before what was known', () => {
    const old = listed({ row: { id: 'p1-known', firstSeen: 50, firstRecorded: 60 } });
    const late = listed({ row: { id: 'p1-late', firstSeen: 10, firstRecorded: 70 } });
    const back = listed({ row: { id: 'p1-back', firstSeen: 1, firstRecorded: 2 }, reopenedAt: 80 });
    const ids = sorted([old, late, back], '-openedAt').map(({ row }) => row.id);
    expect(ids).toEqual(['p1-back', 'p1-late', 'p1-known']);
  });
});

test('INVARIANT: page by page a sorted list is whole and in order, by whatever it is sorted', () => {
  // Few values, so that many are equal.
  const time = fc.integer({ min: 0, max: 3 });
  const problem = fc
    .record({
      row: fc.record({ findings: time, firstSeen: time, lastSeen: time, firstRecorded: time }),
      people: fc.option(time),
      reopenedAt: fc.option(time),
    })
    .map(listed);
  fc.assert(
    fc.property(
      fc.array(problem, { maxLength: 30 }),
      fc.constantFrom(...PROBLEM_SORTS),
      fc.integer({ min: 1, max: 7 }),
      (given, sort, limit) => {
        const problems = given.map((each, i) => ({ ...each, row: { ...each.row, id: `p1-${i}` } }));
        const list = sorted(problems, sort);
        const through: ListedProblem[] = [];
        let after: ProblemCursor | null = null;
        do {
          const { items, next } = pageOfProblems(list, sort, limit, after);
          through.push(...items);
          after = next;
        } while (after !== null);
        expect(through).toEqual(list);
        expect(through).toHaveLength(problems.length);

        const values = list.map((each) => valueOf(each, sort));
        const sign = sort.startsWith('-') ? -1 : 1;
        expect(values).toEqual([...values].sort((a, b) => sign * (a - b)));
      },
    ),
    { seed },
  );
});

/** Said once more, so that the list's own way is looked at. */
function valueOf({ row, state, people }: ListedProblem, sort: string): number {
  switch (sort.replace('-', '')) {
    case 'openedAt':
      return Math.max(row.firstRecorded, state.reopenedAt ?? 0);
    case 'firstSeen':
      return row.firstSeen;
    case 'lastSeen':
      return row.lastSeen;
    case 'findings':
      return row.findings;
    default:
      return people ?? -1;
  }
}
