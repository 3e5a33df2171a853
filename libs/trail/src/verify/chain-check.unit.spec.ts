import { describe, expect, test } from '@jest/globals';
import { Faults } from '#libs/log';
import { makeBlock } from '../block.js';
import type { BlockRange, ChainEnd } from '../block.js';
import { ChainCheck } from './chain-check.js';
import type { ChainStart, StatedBlock } from './chain-check.js';
import type { EntryFacts } from './entry-reader.js';

const TASK = 1;
const facts: EntryFacts = {
  kind: 'finding',
  recordedAt: 0,
  source: null,
  controller: 'acme',
  verdict: 'compliant',
  reasons: [],
  amends: null,
  act: null,
  account: null,
  canAccount: true,
};
const duty = { ...facts, kind: 'duty' };

interface Made {
  block: StatedBlock;
  entries: EntryFacts[];
  hashes: Buffer;
}

const range = (from: number, to: number, topic = 'orders', lost = false): BlockRange => ({
  ...{ topic, partition: TASK, from, to, lost },
});

/** Blocks of one task, each with an entry for every offset that is not lost. */
function chain(...blocks: BlockRange[][]): Made[] {
  let end: ChainEnd | null = null;
  let next: Record<string, number> = {};
  return blocks.map((ranges) => {
    for (const { topic, to } of ranges) next = { ...next, [topic]: to };
    const n = (end?.n ?? -1) + 1;
    const previous = end?.digest ?? null;
    const entries = ranges.flatMap(({ topic, partition, from, to, lost }) =>
      lost
        ? []
        : Array.from({ length: to - from }, (_, i) => ({ ...facts, source: { topic, partition, offset: from + i } })),
    );
    if (entries[0] !== undefined) entries[0] = { ...entries[0], account: { task: TASK, block: n, previous, ranges } };
    const count = entries.length;
    const verdicts = count === 0 ? [] : [{ controller: 'acme', verdict: 'compliant', count }];
    const bytes = entries.map((_, i) => Buffer.from(`${n} ${i}`));
    const content = { task: TASK, ranges, next, entries: bytes, writer: 'w', recordedAt: 0 };
    const made = makeBlock({ ...content, summary: { verdicts, rules: [] } }, end);
    end = made;
    return { block: { ...made, next: new Map(Object.entries(made.next)) }, entries, hashes: made.hashes };
  });
}

/** The faults of these blocks, and what was counted. */
function examine(blocks: readonly Made[], starts: readonly ChainStart[] = [], options = {}) {
  const faults = new Faults(20);
  const chains = new ChainCheck(faults.add, starts, options);
  let start = 0;
  for (const { block, entries, hashes } of blocks) {
    chains.begin(block, start);
    for (const entry of entries) chains.entry(entry);
    chains.end(hashes);
    start += entries.length;
  }
  return { chains, faults: faults.first.map(({ where, message }) => `${where}: ${message}`) };
}

function check(blocks: readonly Made[]): string[] {
  return examine(blocks).faults;
}

const good = () =>
  chain([range(0, 3, 'orders', true), range(3, 6)], [range(6, 8), range(0, 2, 'rights')], [range(8, 9)]);

/** The chain with one block changed. */
function changed(at: number, change: (made: Made) => Partial<Made>): Made[] {
  return good().map((made, i) => (i === at ? { ...made, ...change(made) } : made));
}

const inBlock = (at: number, change: (block: StatedBlock) => Partial<StatedBlock>): Made[] =>
  changed(at, ({ block }) => ({ block: { ...block, ...change(block) } }));

const inEntry = (at: number, index: number, change: (entry: EntryFacts) => Partial<EntryFacts>): Made[] =>
  changed(at, ({ entries }) => ({
    entries: entries.map((one, i) => (i === index ? { ...one, ...change(one) } : one)),
  }));

describe('ChainCheck', () => {
  test('accounts for every offset of a chain that is as it should be', () => {
    const { chains, faults } = examine(good());
    expect(faults).toEqual([]);
    expect(chains.partitions).toEqual([
      { topic: 'orders', partition: TASK, from: 0, to: 9, lost: 3, unseen: 0 },
      { topic: 'rights', partition: TASK, from: 0, to: 2, lost: 0, unseen: 0 },
    ]);
    expect([chains.blocks, chains.tasks, chains.entriesWithoutAccount]).toEqual([3, [TASK], 0]);
  });

  test.each<[string, () => Made[], string]>([
    ['a missing block', () => good().toSpliced(1, 1), 'block 2 of task 1: block 1 of the task should stand here'],
    [
      'a block that comes twice',
      () => good().toSpliced(1, 0, good()[0] as Made),
      'block 0 of task 1: block 1 of the task should',
    ],
    [
      'another block before it',
      () => inBlock(1, () => ({ previous: Buffer.alloc(32) })),
      'block 1 of task 1: it does not name the digest of the block before it',
    ],
    [
      'another digest',
      () => inBlock(2, () => ({ digest: Buffer.alloc(32) })),
      'block 2 of task 1: its digest is not that of its content',
    ],
    [
      'another hash',
      () => changed(2, () => ({ hashes: Buffer.alloc(32) })),
      'block 2 of task 1: its digest is not that of its content',
    ],
    [
      'a gap of offsets',
      () => chain([range(0, 3)], [range(4, 6)]),
      'orders, partition 1: block 1 of task 1 begins at offset 4: 3 to 3 are not accounted for',
    ],
    [
      'offsets that come again',
      () => chain([range(0, 3)], [range(2, 6)]),
      'orders, partition 1: block 1 of task 1 accounts for offsets 2 to 2 again',
    ],
    [
      'a topic that does not begin at 0',
      () => chain([range(5, 6)]),
      'begins at offset 5: 0 to 4 are not accounted for',
    ],
    ['an empty range', () => chain([range(0, 0)]), 'block 0 of task 1 has an empty range of offsets'],
    [
      "another task's offsets",
      () => chain([{ ...range(0, 1), partition: 2 }]),
      'orders, partition 2: block 0 of task 1 accounts for offsets of another task',
    ],
    [
      'another place to go on',
      () => inBlock(2, ({ next }) => ({ next: new Map([...(next ?? []), ['orders', 10]]) })),
      'orders, partition 1: block 2 of task 1 says to go on at offset 10, its ranges end at 9',
    ],
    [
      'no place to go on',
      () => inBlock(2, () => ({ next: new Map() })),
      'orders, partition 1: block 2 of task 1 does not say where to go on',
    ],
    [
      'an offset outside of the ranges',
      () => inEntry(1, 1, ({ source }) => ({ source: source && { ...source, offset: 8 } })),
      'entry 4 (1/1/1): its block does not account for its record, offset 8 of orders/1',
    ],
    [
      'an offset twice',
      () => inEntry(1, 1, ({ source }) => ({ source: source && { ...source, offset: 6 } })),
      'orders, partition 1: block 1 of task 1 has two entries for offset 6',
    ],
    [
      'an offset that is said to be lost',
      () => inEntry(0, 1, ({ source }) => ({ source: source && { ...source, offset: 2 } })),
      'entry 1 (1/0/1): its record, offset 2 of orders, is said to be lost',
    ],
    [
      'a finding of no record',
      () => inEntry(0, 1, () => ({ source: null })),
      'entry 1 (1/0/1): it is a finding and names no record',
    ],
    [
      'a kind that is never written',
      () => inEntry(0, 1, () => ({ kind: 'other' })),
      'entry 1 (1/0/1): it is of a kind that is never written',
    ],
    [
      'an amendment of nothing',
      () => inEntry(0, 1, () => ({ kind: 'amendment' })),
      'entry 1 (1/0/1): it amends and does not say what',
    ],
    [
      'an amendment of what comes later',
      () => inEntry(1, 1, () => ({ amends: { task: TASK, block: 2, index: 0 } })),
      'entry 4 (1/1/1): the entry it amends, 1/2/0, does not stand before it',
    ],
    [
      'an amendment of itself',
      () => inEntry(1, 1, () => ({ amends: { task: TASK, block: 1, index: 1 } })),
      'entry 4 (1/1/1): the entry it amends, 1/1/1, does not stand before it',
    ],
    [
      'an act about an entry that there is not',
      () => inEntry(1, 1, () => ({ act: { position: { task: 7, block: 0, index: 0 } } })),
      'entry 4 (1/1/1): the entry it is about, 7/0/0, does not stand before it',
    ],
    [
      'no account on the first entry',
      () => inEntry(1, 0, () => ({ account: null })),
      'entry 3 (1/1/0): it begins a block and does not state what the block accounts for',
    ],
    [
      'an entry from before accounts behind those that have one',
      () => inEntry(1, 0, () => ({ account: null, canAccount: false })),
      'entry 3 (1/1/0): it begins a block and does not state what the block accounts for',
    ],
    [
      'an account on another entry',
      () => inEntry(1, 1, () => ({ account: { task: TASK, block: 1, previous: null, ranges: [] } })),
      'entry 4 (1/1/1): it states an account, and is not the first of its block',
    ],
    [
      'an account of other offsets',
      () => inEntry(1, 0, ({ account }) => ({ account: account && { ...account, ranges: [range(6, 8)] } })),
      'entry 3 (1/1/0): it states other offsets than its block',
    ],
    [
      'an account of another block',
      () => inEntry(1, 0, ({ account }) => ({ account: account && { ...account, block: 5 } })),
      'entry 3 (1/1/0): it states another number (5) than its block',
    ],
    [
      'wrong counts of verdicts',
      () => inEntry(1, 1, () => ({ verdict: 'gap' })),
      'block 1 of task 1: its counts of verdicts are not those of its entries',
    ],
    [
      'wrong counts of rules',
      () => inEntry(1, 1, () => ({ reasons: [{ rule: 'consent-missing' }] })),
      'block 1 of task 1: its counts of rules are not those of its entries',
    ],
  ])('names %s', (_, blocks, fault) => {
    expect(check(blocks())).toContainEqual(expect.stringContaining(fault));
  });

  test('the time of a block is that of its entries, where these state an account', () => {
    const older = (block: StatedBlock) => ({ ...block, recordedAt: -1 });
    expect(check(inBlock(1, older))).toEqual([
      expect.stringContaining('it was recorded at another time than its block says'),
    ]);
    const before = chain([range(0, 3)]).map(({ block, entries, hashes }) => ({
      block: older(block),
      entries: entries.map((entry) => ({ ...entry, account: null, canAccount: false })),
      hashes,
    }));
    expect(check(before)).toEqual([]);
  });

  test('an amendment of an earlier entry, of its own block too, is good', () => {
    const amending = (block: number, index: number) => inEntry(1, 1, () => ({ amends: { task: TASK, block, index } }));
    expect(check(amending(0, 2))).toEqual([]);
    expect(check(amending(1, 0))).toEqual([]);
  });

  test('what cannot be derived from entries of later kinds is not asked for', () => {
    const [made] = chain([]) as [Made];
    const act = { ...duty, kind: 'reveal', account: { task: TASK, block: 0, previous: null, ranges: [] } };
    const summary = { verdicts: [], rules: [] };
    const content = {
      task: TASK,
      ranges: [],
      next: {},
      entries: [Buffer.alloc(3)],
      writer: '',
      recordedAt: 0,
      summary,
    };
    const { hashes } = makeBlock(content, null);
    expect(check([{ block: { ...made.block, digest: null }, entries: [act], hashes }])).toEqual([]);
  });

  test('a pruned chain goes on where the pruning says', () => {
    const blocks = good();
    const previous = (blocks[0] as Made).block.digest;
    const start = { task: TASK, n: 1, previous, next: new Map([['orders', 6]]) };
    const { chains, faults } = examine(blocks.slice(1), [start]);
    expect(faults).toEqual([]);
    expect(chains.partitions[0]).toMatchObject({ from: 6, to: 9 });
    expect(examine(blocks.slice(1), [{ ...start, previous: null }]).faults).toEqual([
      'block 1 of task 1: it does not name the digest of the block before it',
    ]);
  });

  test('blocks without entries do not show in the public log', () => {
    const blocks = chain([range(0, 3)], [range(3, 5, 'orders', true)], [range(5, 6)]).map(({ block, ...rest }) => ({
      block: { ...block, digest: null, next: null, summary: null },
      ...rest,
    }));
    const { chains, faults } = examine(blocks.toSpliced(1, 1), [], { publicOnly: true });
    expect(faults).toEqual([]);
    expect(chains.partitions).toEqual([{ topic: 'orders', partition: TASK, from: 0, to: 6, lost: 0, unseen: 2 }]);
    expect(examine(blocks, [], { publicOnly: true }).faults).toEqual([]);
  });
});
