import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { encodeBundle } from '#libs/log';
import { digestOf, leafHashes, makeBlock, requireSequel } from './block.js';
import type { BlockContent } from './block.js';
import { toBlock, toDocument } from './document.js';

const content = (list: readonly Buffer[]): BlockContent => ({
  task: 2,
  ranges: [
    { topic: 'orders', partition: 2, from: 0, to: 3, lost: true },
    { topic: 'orders', partition: 2, from: 3, to: 2 ** 40, lost: false },
  ],
  next: { orders: 2 ** 40, rights: 0 },
  entries: list,
  writer: 'w',
  recordedAt: 1_700_000_000_000,
  summary: { verdicts: [{ controller: 'acme', verdict: 'gap', count: 1 }], rules: [] },
});

test('leaf hashes are those of RFC 6962, whatever the length', () => {
  const list = [
    Buffer.alloc(0),
    Buffer.from('x'),
    Buffer.alloc(4_095, 7),
    Buffer.alloc(4_096, 8),
    Buffer.alloc(65_535, 9),
  ];
  const expected = list.map((entry) =>
    createHash('sha256')
      .update(Buffer.from([0]))
      .update(entry)
      .digest(),
  );
  expect(leafHashes(encodeBundle(list), list.length)).toEqual(Buffer.concat(expected));
});

describe('a block', () => {
  const first = makeBlock(content([Buffer.from('a')]), null);
  const second = makeBlock(content([Buffer.from('a')]), first);

  test('names the one before', () => {
    expect([first.n, first.previous]).toEqual([0, null]);
    expect([second.n, second.previous]).toEqual([1, first.digest]);
    expect(second.digest).not.toEqual(first.digest);
  });

  test('has a digest that changes with its ranges, its entries, its place', () => {
    const base = digestOf(first);
    const range = { topic: 'orders', partition: 2, from: 0, to: 3, lost: false };
    expect(digestOf({ ...first, ranges: [range] })).not.toEqual(base);
    expect(digestOf({ ...first, task: 3 })).not.toEqual(base);
    expect(digestOf({ ...first, previous: second.digest })).not.toEqual(base);
    expect(digestOf(makeBlock(content([Buffer.from('b')]), null))).not.toEqual(base);
  });

  test('says as of when duties were looked at, as the one before did where they were not since', () => {
    const swept = makeBlock({ ...content([Buffer.from('a')]), sweptAt: 1_700_000_000_000 }, second);
    const next = makeBlock(content([Buffer.from('a')]), swept);
    expect([second.sweptAt, swept.sweptAt, next.sweptAt]).toEqual([undefined, 1_700_000_000_000, 1_700_000_000_000]);
    expect(toBlock(toDocument(next))).toEqual(next);
  });

  test('goes on where the chain ends: no offset is left out, none comes twice', () => {
    const range = (topic: string, from: number, to: number) => ({ topic, partition: 2, from, to, lost: false });
    const task = 2;
    requireSequel(content([]), null);
    requireSequel({ task, ranges: [], next: first.next }, first);
    requireSequel({ task, ranges: [range('rights', 0, 4)], next: { ...first.next, rights: 4 } }, first);
    expect(() => requireSequel({ task, ranges: [range('rights', 1, 4)], next: {} }, first)).toThrow(
      'block 1 of task 2 does not follow: rights would be audited from offset 1, though the trail holds it up to 0',
    );
    expect(() => requireSequel(content([]), first)).toThrow('orders would be audited from offset 0');
    expect(() => requireSequel({ task, ranges: [range('orders', 0, 3)], next: { orders: 4 } }, null)).toThrow(
      'task 2 would go on at offset 4 of orders, not at 3',
    );
  });

  test('comes back from its document as it was', () => {
    expect(toBlock(toDocument(second))).toEqual(second);
  });
});
