import { describe, expect, test } from '@jest/globals';
import { Faults } from '#libs/log';
import { makeBlock } from '../block.js';
import type { BlockRange, ChainEnd } from '../block.js';
import { ChainCheck } from './chain-check.js';
import type { Amendment, ChainStart, StatedBlock } from './chain-check.js';
import type { EntryFacts, StatedRegister } from './entry-reader.js';

const TASK = 1;
const facts: EntryFacts = {
  kind: 'finding',
  recordedAt: 0,
  source: null,
  occurredAt: 0,
  controller: 'acme',
  verdict: 'compliant',
  reasons: [],
  register: null,
  amends: null,
  act: null,
  repeat: false,
  account: null,
  canAccount: true,
  canNameRegisters: true,
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
    const account = { task: TASK, block: n, previous, ranges, registers: null };
    if (entries[0] !== undefined) entries[0] = { ...entries[0], account };
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
  const amendments: Amendment[] = [];
  let start = 0;
  for (const { block, entries, hashes } of blocks) {
    chains.begin(block, start);
    for (const entry of entries) amendments.push(...[chains.entry(entry)].filter((one) => one !== null));
    chains.end(hashes);
    start += entries.length;
  }
  return { chains, amendments, faults: faults.first.map(({ where, message }) => `${where}: ${message}`) };
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

const amending = (amends: EntryFacts['amends']): Made[] => inEntry(1, 1, () => ({ kind: 'amendment', amends }));

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
      () => amending({ task: TASK, block: 2, index: 0 }),
      'entry 4 (1/1/1): the entry it amends, 1/2/0, does not stand before it',
    ],
    [
      'an amendment of itself',
      () => amending({ task: TASK, block: 1, index: 1 }),
      'entry 4 (1/1/1): the entry it amends, 1/1/1, does not stand before it',
    ],
    [
      'an amendment of what is not in its block',
      () => amending({ task: TASK, block: 0, index: 3 }),
      'entry 4 (1/1/1): the entry it amends, 1/0/3, does not stand before it',
    ],
    [
      'an amendment of another task',
      () => amending({ task: 7, block: 0, index: 0 }),
      'entry 4 (1/1/1): the entry it amends, 7/0/0, is of another task',
    ],
    [
      'a finding that amends',
      () => inEntry(1, 1, () => ({ amends: { task: TASK, block: 0, index: 0 } })),
      'entry 4 (1/1/1): it is of kind finding, and says that it amends another entry',
    ],
    [
      'a duty that names a record',
      () => inEntry(1, 1, () => ({ kind: 'duty' })),
      'entry 4 (1/1/1): it is of kind duty and names a record, which only its finding does',
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
      () => inEntry(1, 1, () => ({ account: { task: TASK, block: 1, previous: null, ranges: [], registers: null } })),
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

  test('an amendment of an earlier entry, of its own block too, is given to be held against it', () => {
    for (const [block, index, logIndex] of [
      [0, 2, 2],
      [1, 0, 3],
    ] as const) {
      const amends = { task: TASK, block, index };
      const { faults, amendments } = examine(amending(amends), [], { publicOnly: true });
      expect(faults).toEqual([]);
      expect(amendments).toEqual([{ where: 'entry 4 (1/1/1)', amends, logIndex }]);
    }
  });

  test('an amendment does not account for its offset, which its finding did', () => {
    const blocks = inEntry(1, 1, () => ({
      kind: 'amendment',
      source: { topic: 'orders', partition: TASK, offset: 3 },
      amends: { task: TASK, block: 0, index: 0 },
    }));
    expect(check(blocks)).toEqual([]);
  });

  test('what an amendment names is not asked for where it was pruned', () => {
    const blocks = amending({ task: TASK, block: 0, index: 0 }).slice(1);
    const previous = (good()[0] as Made).block.digest;
    const start = { task: TASK, n: 1, previous, next: new Map([['orders', 6]]) };
    expect(examine(blocks, [start])).toMatchObject({ faults: [], amendments: [] });
  });

  test('nor where the public log does not say which blocks it has', () => {
    const blocks = amending({ task: TASK, block: 0, index: 0 }).slice(1);
    const faults = new Faults(20);
    const chains = new ChainCheck(faults.add, [], { publicOnly: true });
    chains.hasUnplaced = true;
    const [{ block, entries, hashes }] = blocks as [Made];
    chains.begin({ ...block, digest: null, next: null, summary: null }, 3);
    expect(entries.map((entry) => chains.entry(entry))).not.toContainEqual(expect.anything());
    chains.end(hashes);
    expect(faults.first).toEqual([]);
  });

  test('what cannot be derived from entries of later kinds is not asked for', () => {
    const [made] = chain([]) as [Made];
    const act = {
      ...duty,
      kind: 'reveal',
      account: { task: TASK, block: 0, previous: null, ranges: [], registers: null },
    };
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

describe('the registers that were loaded', () => {
  const DAY = 86_400_000;
  const register = (controller: string, version: number, sha256 = `${controller}${version}`): StatedRegister => ({
    ...{ controller, version, inForceFrom: version * 10 * DAY, sha256 },
  });
  const first = register('acme', 1);
  const second = register('acme', 2);

  /** Three blocks, of which some state registers; every finding of a block is like this. */
  function judged(
    stated: Record<number, readonly StatedRegister[]>,
    findings: Record<number, Partial<EntryFacts>>,
  ): Made[] {
    return good().map((made, n) => ({
      ...made,
      entries: made.entries.map((entry) => ({
        ...entry,
        ...findings[n],
        account: entry.account && { ...entry.account, registers: stated[n] ?? null },
      })),
    }));
  }
  const by = (sha256: string | null, day: number): Partial<EntryFacts> => ({
    register: sha256,
    occurredAt: day * DAY,
  });

  test('are those that findings name, each the one in force when the event occurred', () => {
    const blocks = judged(
      { 0: [first], 1: [register('other', 1), second, first] },
      { 0: by('acme1', 25), 1: by('acme2', 25), 2: by('acme1', 19) },
    );
    const { faults, chains } = examine(blocks);
    expect(faults).toEqual([]);
    expect(chains.statedRegisters.map(({ sha256, where }) => [sha256, where])).toEqual([
      ['acme1', 'block 0 of task 1'],
      ['other1', 'block 1 of task 1'],
      ['acme2', 'block 1 of task 1'],
    ]);
  });

  test('are asked for from where they are first stated', () => {
    const blocks = judged({ 1: [first] }, { 0: by('unheard', 5), 1: by('acme1', 15), 2: by('acme1', 15) });
    expect(check(blocks)).toEqual([]);
  });

  test('are not asked for behind a program that does not state them', () => {
    const blocks = judged({ 0: [first] }, { 0: by('acme1', 15), 1: by('unheard', 15), 2: by('unheard', 15) });
    const older = blocks.map((made, n) =>
      n !== 1 ? made : { ...made, entries: made.entries.map((entry) => ({ ...entry, canNameRegisters: false })) },
    );
    expect(check(older)).toEqual([]);
    expect(check(blocks)).not.toEqual([]);
  });

  test.each<[string, Record<number, readonly StatedRegister[]>, Partial<EntryFacts>, string]>([
    ['one that is not stated', { 0: [first] }, by('unheard', 15), 'the register unheard, and of the registers that'],
    ['an earlier version', { 0: [first, second] }, by('acme1', 25), 'its task states acme 2 (acme2) was in force then'],
    ['a later version', { 0: [first, second] }, by('acme2', 15), 'its task states acme 1 (acme1) was in force then'],
    ['one before its day', { 0: [first] }, by('acme1', 5), 'none of its controller was in force then'],
    ['none', { 0: [first] }, by(null, 15), 'it was judged by no register, and of the registers'],
    [
      'a version that is no longer loaded',
      { 0: [first, second], 1: [second] },
      by('acme1', 15),
      'none of its controller was in force then',
    ],
    [
      'one that is not stated, of a duty',
      { 0: [first] },
      { ...by('unheard', 15), kind: 'duty', source: null },
      'it was judged by the register unheard, which is not among the registers that its task states',
    ],
  ])('a finding by %s is named', (_, stated, finding, fault) => {
    expect(check(judged(stated, { 0: by('acme1', 15), 1: finding, 2: by('acme2', 25) }))).toContainEqual(
      expect.stringContaining(fault),
    );
  });

  test('a duty by any that is stated is good: it is judged by the one in force when it was looked for', () => {
    const duty = { ...by('acme2', 5), kind: 'duty', source: null };
    expect(check(judged({ 0: [first, second] }, { 0: by('acme1', 15), 1: duty, 2: by('acme1', 15) }))).toEqual([]);
  });

  test('a register that is stated in two ways is named', () => {
    const blocks = judged({ 0: [first], 1: [{ ...first, version: 3 }] }, { 0: by('acme1', 15), 1: by('acme1', 15) });
    expect(check(blocks)).toContainEqual(
      'entry 3 (1/1/0): it states the register acme1 otherwise than block 0 of task 1',
    );
  });

  test('two registers for one day are named', () => {
    const blocks = judged({ 0: [first, register('acme', 1, 'again')] }, { 0: by('acme1', 15) });
    expect(check(blocks)[0]).toBe('entry 0 (1/0/0): it states two registers of one controller for one day');
  });
});
