import { describe, expect, test } from '@jest/globals';
import { Faults } from '#libs/log';
import type { StoredSequence } from './read-documents.js';
import { SequenceCheck } from './sequence-check.js';

const block = (task: number, n: number, count: number) => ({ task, n, count });
const first: StoredSequence = {
  start: 0,
  end: 7,
  blocks: [block(0, 0, 3), block(2, 0, 0), block(0, 1, 4)],
  next: new Map([
    [0, 2],
    [2, 1],
  ]),
};
const second: StoredSequence = { start: 7, end: 9, blocks: [block(2, 1, 2)], next: new Map([...first.next, [2, 2]]) };

function check(sequences: readonly StoredSequence[], minimumIndex = 0) {
  const faults = new Faults(20);
  const sequence = new SequenceCheck(faults.add, minimumIndex);
  const wanted = sequences.flatMap((one) => sequence.check(one));
  return { wanted, next: sequence.next, faults: faults.first.map(({ where, message }) => `${where}: ${message}`) };
}

describe('SequenceCheck', () => {
  test('gives the blocks with their places', () => {
    const { wanted, next, faults } = check([first, second]);
    expect(faults).toEqual([]);
    expect(wanted.map(({ start }) => start)).toEqual([0, 3, 3, 7]);
    expect(next).toEqual(second.next);
  });

  test('of a pruned log the first that is left says what is before it', () => {
    expect(check([second], 7)).toMatchObject({ faults: [], next: second.next });
    expect(check([second]).faults).toContain('sequence at 7: it is the first, and the log begins at 0');
    expect(check([second], 5).faults).toEqual(['sequence at 7: it is the first, and the log was pruned to 5 only']);
  });

  test.each<[string, StoredSequence, string]>([
    ['a gap', { ...second, start: 8 }, 'the one before it ends at 7'],
    ['another end', { ...second, end: 10 }, 'it ends at 10, its blocks have 2 entries'],
    ['no entry', { ...second, blocks: [], end: 7 }, 'it ends at 7'],
    ['a skipped block', { ...second, blocks: [block(2, 2, 2)] }, 'it has block 2 of task 2, and block 1 comes next'],
    ['a repeated block', { ...second, blocks: [block(0, 1, 2)] }, 'it has block 1 of task 0, and block 2 comes next'],
    ['another next', { ...second, next: first.next }, 'what it says comes next is not what its blocks make of it'],
    ['a task more', { ...second, next: new Map([...second.next, [9, 1]]) }, 'what it says comes next is not what its'],
  ])('names %s', (_, wrong, fault) => {
    expect(check([first, wrong]).faults).toContainEqual(expect.stringContaining(fault));
  });
});
