import { describe, expect, test } from '@jest/globals';
import { DamagedTrail } from './damaged-trail.js';
import { advance, checkHashes, continuing, unseenSpans } from './new-blocks.js';

const block = (task: number, n: number) => ({ task, n, count: 1, hashes: Buffer.alloc(32), recordedAt: 0 });

describe('unseenSpans', () => {
  const spans = (next: [number, number][], perTask: number) =>
    unseenSpans(new Map(next), perTask).map(
      ({ from, to }) => `${from.task}/${from.n}..${to === null ? '' : `${to.task}/${to.n}`}`,
    );

  test('is everything where no task is known', () => {
    expect(spans([], 5)).toEqual(['-1/0..']);
  });

  test('leaves out what is in the log, and what lies too far behind it', () => {
    const known: [number, number][] = [
      [4, 7],
      [0, 0],
      [1, 2],
    ];
    expect(spans(known, 5)).toEqual(['-1/0..0/0', '0/0..0/5', '1/2..1/7', '2/0..4/0', '4/7..4/12', '5/0..']);
    expect(spans([[-1, 3]], 1)).toEqual(['-1/3..-1/4', '0/0..']);
  });
});

describe('continuing', () => {
  test('takes each chain up to its gap, and names the first gap', () => {
    const blocks = [block(0, 3), block(0, 4), block(1, 1), block(2, 0), block(2, 2), block(2, 3)];
    const next = new Map([[0, 3]]);
    const taken = continuing(next, blocks);
    expect(taken.blocks.map(({ task, n }) => [task, n])).toEqual([
      [0, 3],
      [0, 4],
      [2, 0],
    ]);
    expect(taken.gap).toEqual({ task: 1, n: 0 });
    expect([...next]).toEqual([[0, 3]]);
    expect(advance(next, taken.blocks)).toEqual(
      new Map([
        [0, 5],
        [2, 1],
      ]),
    );
  });

  test('has no gap where there is none', () => {
    expect(continuing(new Map(), [block(0, 0)]).gap).toBeNull();
  });
});

test.each([0, 31, 33, 64])('a block of one entry with %i bytes of hashes is damaged', (bytes) => {
  expect(() => checkHashes({ ...block(3, 9), hashes: Buffer.alloc(bytes) })).toThrow(DamagedTrail);
});
