import { describe, expect, test } from '@jest/globals';
import { encodeEntry } from '#libs/events';
import type { EntryKind } from '#libs/events';
import { Accounting } from './account.js';
import { makeBlock } from './block.js';
import type { Block, BlockRange, ChainEnd } from './block.js';

function block(
  end: ChainEnd | null,
  ranges: [from: number, to: number, lost?: boolean][],
  task = 0,
  entries: readonly Buffer[] = [Buffer.from('e')],
): Block {
  const named: BlockRange[] = ranges.map(([from, to, lost = false]) => ({
    topic: 't',
    partition: task,
    from,
    to,
    lost,
  }));
  const next = { t: named.at(-1)?.to ?? end?.next['t'] ?? 0 };
  const summary = { verdicts: [], rules: [] };
  return makeBlock({ task, ranges: named, next, entries, writer: 'w', recordedAt: 0, summary }, end);
}

function entry(kind: EntryKind): Buffer {
  const nothing = { source: null, tag: null, occurredAt: null, stream: null, controller: null, service: null };
  const rest = { purpose: null, legalBasis: null, register: null, amends: null, valueSha256: null, account: null };
  const found = { verdict: 'compliant', reasons: [], assumptions: [] } as const;
  return encodeEntry({ kind, recordedAt: 0, ...nothing, ...rest, ...found, act: null, repeat: false });
}

function faults(...blocks: Block[]): readonly string[] {
  const accounting = new Accounting();
  for (const one of blocks) accounting.addWhole(one);
  return accounting.result().faults;
}

describe('Accounting', () => {
  const a = block(null, [[0, 5]]);
  const b = block(a, [[5, 7, true], [7, 9]]); // prettier-ignore
  const c = block(b, [[9, 10]]);

  test('finds nothing in a sound trail, and says what it holds', () => {
    const accounting = new Accounting();
    for (const one of [a, b, c, block(null, [[0, 1]], 1)]) accounting.addWhole(one);
    expect(accounting.result()).toEqual({
      blocks: 4,
      entries: 4,
      partitions: [
        { topic: 't', partition: 0, to: 10, lost: 2 },
        { topic: 't', partition: 1, to: 1, lost: 0 },
      ],
      faults: [],
    });
  });

  test('counts an amendment and a duty for no offset', () => {
    expect(faults(block(null, [[0, 1]], 0, [entry('finding'), entry('amendment'), entry('duty')]))).toEqual([]);
  });

  test.each<[string, string, Block[]]>([
    ['a block that is missing', 'block 2 of task 0 follows block 0', [a, c]],
    ['a block that is there twice', 'block 0 of task 0 follows block 0', [a, a]],
    ['a block of another chain', 'does not name the block before', [a, block(block(null, [[0, 4]]), [[5, 6]])]],
    ['offsets left out', 'leaves out offsets 5 to 6 of t', [a, block(a, [[7, 9]])]],
    ['offsets from the beginning left out', 'leaves out offsets 0 to 1 of t', [block(null, [[2, 5]])]],
    ['offsets named again', 'names offsets 3 to 4 of t again', [a, block(a, [[3, 9]])]],
    ['an empty range', 'has an empty range', [a, block(a, [[5, 5]])]],
    ['a partition that is not the task', 'names partition 1', [{ ...a, ranges: [{ ...range(a), partition: 1 }] }]],
    ['more entries of records than offsets', '2 entries of records for 1 offsets', [block(null, [[0, 1]], 0, [entry('finding'), entry('unreadable')])]], // prettier-ignore
    ['a position that is not the ranges’ end', 'ends t at 6, its ranges at 5', [{ ...a, next: { t: 6 } }]],
    ['entries changed', 'the hashes are not those of its entries', [{ ...a, entries: Buffer.from('\0\x01x') }]],
    ['surplus bytes behind the entries', 'the hashes are not', [{ ...a, entries: Buffer.concat([a.entries, Buffer.from([1])]) }]], // prettier-ignore
    ['ranges changed', 'the digest is not that of its content', [{ ...a, ranges: [{ ...range(a), lost: true }] }]],
  ])('finds %s', (_, fault, blocks) => {
    expect(faults(...blocks)).toContainEqual(expect.stringContaining(fault));
  });
});

function range({ ranges }: Block): BlockRange {
  return ranges[0] as BlockRange;
}
