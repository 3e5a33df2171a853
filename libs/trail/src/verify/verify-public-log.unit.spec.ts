import { describe, expect, test } from '@jest/globals';
import { encodeEntry } from '#libs/events';
import type { AuditEntry, EntryAccount } from '#libs/events';
import {
  COSIGNATURE,
  addSignatures,
  cosign,
  encodeBundle,
  formatCheckpoint,
  formatSignerKey,
  Frontier,
  leafHash,
  parseSigner,
  parseVerifier,
  signNote,
  tileName,
} from '#libs/log';
import { makeBlock } from '../block.js';
import type { BlockRange, ChainEnd } from '../block.js';
import { verifyPublicLog } from './verify-public-log.js';
import type { PublicLogOptions } from './verify-public-log.js';

const ORIGIN = 'example.com/log';
const signer = parseSigner(formatSignerKey(ORIGIN, Buffer.alloc(32, 1)));
const witness = parseSigner(formatSignerKey('example.com/witness', Buffer.alloc(32, 2), COSIGNATURE));
const trust = { keys: [parseVerifier(signer.verifierKey)], witnesses: [parseVerifier(witness.verifierKey)] };
const summary = { verdicts: [], rules: [] };

/**
 * Entries of two tasks, block by block, as the auditor writes them.
 *
 * @param amended each block but a task's first amends the finding of offset 0, and says that it stands there in block 0
 */
function entriesOf(size: number, amended?: number): Buffer[] {
  const ends = new Map<number, ChainEnd>();
  const all: Buffer[] = [];
  for (let turn = 0; all.length < size; turn++) {
    const task = turn % 2;
    const end = ends.get(task) ?? null;
    const count = Math.min(1 + ((turn * 37) % 100), size - all.length);
    const from = end?.next['orders'] ?? 0;
    const ranges: BlockRange[] = [{ topic: 'orders', partition: task, from, to: from + count, lost: false }];
    const previous = end?.digest ?? null;
    const account: EntryAccount = { task, block: (end?.n ?? -1) + 1, previous, ranges, registers: null };
    const entries = Array.from({ length: count }, (_, i) => finding(task, from + i, i === 0 ? account : null));
    if (amended !== undefined && end !== null && all.length + count < size) {
      entries.push(finding(task, 0, null, { task, block: 0, index: amended }));
    }
    const next = { orders: from + count };
    ends.set(task, makeBlock({ task, ranges, next, entries, writer: 'w', recordedAt: 0, summary }, end));
    all.push(...entries);
  }
  return all;
}

function finding(
  partition: number,
  offset: number,
  account: EntryAccount | null,
  amends: AuditEntry['amends'] = null,
): Buffer {
  const entry: AuditEntry = {
    kind: amends === null ? 'finding' : 'amendment',
    recordedAt: 0,
    source: { topic: 'orders', partition, offset, timestamp: 0 },
    tag: null,
    occurredAt: 0,
    stream: 'orders',
    controller: 'acme',
    service: 'shop',
    purpose: 'purchase',
    legalBasis: 'contract',
    verdict: 'compliant',
    reasons: [],
    assumptions: [],
    register: null,
    amends,
    valueSha256: null,
    account,
    act: null,
    repeat: false,
  };
  return encodeEntry(entry);
}

/** What a log of these entries serves, by path. */
function served(entries: readonly Buffer[]): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const frontier = Frontier.empty();
  const size = entries.length;
  for (const { level, index, hashes } of frontier.append(Buffer.concat(entries.map((entry) => leafHash(entry))))) {
    files.set(tileName(level, index, 256), hashes);
  }
  for (let level = 0, width = size; width > 0; level++, width = Math.floor(width / 256)) {
    const edge = frontier.edge(level);
    if (edge.length > 0) files.set(tileName(level, Math.floor(width / 256), width % 256), Buffer.from(edge));
  }
  for (let at = 0; at < size; at += 256) {
    const bundle = entries.slice(at, at + 256);
    files.set(tileName('entries', at / 256, bundle.length), encodeBundle(bundle));
  }
  files.set('checkpoint', Buffer.from(checkpoint(size, frontier.root())));
  files.set('key', Buffer.from(`${signer.verifierKey}\n`));
  return files;
}

function checkpoint(size: number, root: Buffer, by = signer): string {
  return signNote(formatCheckpoint({ origin: ORIGIN, size, root, extensions: [] }), [by]);
}

async function verify(files: ReadonlyMap<string, Buffer>, options: Partial<PublicLogOptions> = {}) {
  const fetch = async (path: string) => files.get(path) ?? null;
  const given = { trust, held: null, faultLimit: 20, minimumIndex: 0, ...options };
  const report = await verifyPublicLog(fetch, given);
  return { report, faults: report.faults.map(({ where, message }) => `${where}: ${message}`) };
}

/** Twelve full bundles and a partial one. */
const SIZE = 3_124;
const entries = entriesOf(SIZE);
const log = served(entries);
const rootOf = (size: number) => {
  const frontier = Frontier.empty();
  frontier.append(Buffer.concat(entries.slice(0, size).map((entry) => leafHash(entry))));
  return frontier.root();
};

/** The log with one file changed, or without it. */
function with_(path: string, change: (bytes: Buffer) => Buffer | null): Map<string, Buffer> {
  const files = new Map(log);
  const bytes = change(Buffer.from(log.get(path) as Buffer));
  if (bytes === null) files.delete(path);
  else files.set(path, bytes);
  return files;
}

const flip = (at: number) => (bytes: Buffer) => {
  bytes[at]! ^= 1;
  return bytes;
};

describe('verifyPublicLog', () => {
  test.each([0, 1, 255, 256, 257, 1_000])('proves a log of %i entries', async (size) => {
    const { report, faults } = await verify(served(entries.slice(0, size)));
    expect(faults).toEqual([]);
    expect(report).toMatchObject({ proved: true, size, checkpoints: 1, origin: ORIGIN, keysFrom: 'given' });
    const offsets = report.partitions.reduce((sum, { to }) => sum + to, 0);
    // The last block of a log cut anywhere is not whole.
    expect(offsets).toBeGreaterThanOrEqual(size);
  });

  test('proves tiles of every level, against a checkpoint that was held', async () => {
    const many = entriesOf(66_100);
    const files = served(many);
    const { report, faults } = await verify(files, { held: checkpoint(1_000, rootOf(1_000)) });
    expect(faults).toEqual([]);
    expect(report).toMatchObject({ proved: true, held: 1_000, tiles: 258 + 1 + 3, entriesWithoutAccount: 0 });
    expect(report.partitions).toEqual([
      { topic: 'orders', partition: 0, from: 0, to: expect.any(Number), lost: 0, unseen: 0 },
      { topic: 'orders', partition: 1, from: 0, to: expect.any(Number), lost: 0, unseen: 0 },
    ]);
    files.set('tile/1/000', flip(64)(Buffer.from(files.get('tile/1/000') as Buffer)));
    expect((await verify(files)).faults).toEqual(['tile/1/000: hash 2 is not that of tile/0/002']);
  });

  test('holds amendments against what they amend', async () => {
    const { report, faults } = await verify(served(entriesOf(SIZE, 0)));
    expect(faults).toEqual([]);
    expect(report).toMatchObject({ proved: true, registers: { stated: 0, archived: null } });
    expect(report.amendments).toBeGreaterThan(50);
    const wrong = (await verify(served(entriesOf(SIZE, 1)))).faults;
    // Block 0 of task 0 has one entry.
    expect(wrong).toContainEqual(expect.stringContaining('the entry it amends, 0/0/1, does not stand before it'));
    expect(wrong).toContainEqual(
      expect.stringContaining('the entry it amends, 1/0/1, is about another record, event or purpose'),
    );
  });

  test('asks nothing of amendments of entries that were pruned', async () => {
    const { report, faults } = await verify(served(entriesOf(SIZE, 1)), { minimumIndex: 1_024 });
    expect([faults, report.amendments]).toEqual([[], 0]);
  });

  test('counts cosignatures', async () => {
    const note = (log.get('checkpoint') as Buffer).toString();
    const line = cosign(note.slice(0, note.lastIndexOf('\n\n') + 1), witness, 5);
    const cosigned = with_('checkpoint', () => Buffer.from(addSignatures(note, [line])));
    expect((await verify(cosigned)).report.cosignatures).toEqual({ right: 1, unknown: 0 });
    const unknown = await verify(cosigned, { trust: { ...trust, witnesses: [] } });
    expect(unknown.report).toMatchObject({ proved: true, cosignatures: { right: 0, unknown: 1 } });
  });

  test('believes the keys that the log names where none is given, and says so', async () => {
    const { report } = await verify(log, { trust: { keys: [], witnesses: [] } });
    expect(report).toMatchObject({ proved: true, keysFrom: 'log', keys: [signer.verifierKey] });
    const none = await verify(
      with_('key', () => null),
      { trust: { keys: [], witnesses: [] } },
    );
    expect(none.faults).toContain('keys of the log: there are none: no checkpoint can be trusted');
  });

  test.each<[string, Map<string, Buffer>, string]>([
    ['a changed entry', with_('tile/entries/003', flip(40)), 'tile/0/003: hash 0 is not that of entry 768'],
    [
      'surplus bytes in a full bundle',
      with_('tile/entries/003', (bytes) => Buffer.concat([bytes, Buffer.alloc(9)])),
      'tile/entries/003: 9 surplus bytes stand behind its last entry',
    ],
    [
      'surplus bytes in the partial bundle',
      with_('tile/entries/012.p/52', (bytes) => Buffer.concat([bytes, Buffer.from([0, 0])])),
      'tile/entries/012.p/52: 2 surplus bytes stand behind its last entry',
    ],
    [
      'a bundle cut off',
      with_('tile/entries/003', (bytes) => bytes.subarray(0, -1)),
      'tile/entries/003: it ends within',
    ],
    [
      'a missing bundle',
      with_('tile/entries/003', () => null),
      'tile/entries/003: it is missing: entries 768 to 1023 cannot be verified',
    ],
    ['a changed tile', with_('tile/0/004', flip(33)), 'tile/0/004: hash 1 is not that of entry 1025'],
    ['a changed partial tile', with_('tile/1/000.p/12', flip(0)), 'tile/1/000.p/12: hash 0 is not that of tile/0/000'],
    ['a missing partial tile', with_('tile/1/000.p/12', () => null), 'tile/1/000.p/12: it is missing'],
    [
      'another root',
      with_('checkpoint', () => Buffer.from(checkpoint(SIZE, Buffer.alloc(32)))),
      `checkpoint ${SIZE}: its root`,
    ],
    [
      'a larger size',
      with_('checkpoint', () => Buffer.from(checkpoint(SIZE + 1, Buffer.alloc(32)))),
      'tile/entries/012.p/53: it is missing',
    ],
    ['a broken signature', with_('checkpoint', flip(17)), 'checkpoint: the signature of example.com/log+'],
    ['no checkpoint', with_('checkpoint', () => null), 'checkpoint: there is none: nothing proves this log'],
    [
      "a stranger's key",
      with_('key', (bytes) => Buffer.concat([bytes, Buffer.from('a+b+c\n')])),
      'key a+b+c: the log names it',
    ],
    [
      'a key that is not named',
      with_('key', () => Buffer.from('\n')),
      'checkpoints are signed by it, and the log does not',
    ],
  ])('names %s', async (_, files, fault) => {
    const { report, faults } = await verify(files);
    expect(report.proved).toBe(false);
    expect(faults).toContainEqual(expect.stringContaining(fault));
  });

  test('a held checkpoint that the log does not continue, cuts off, or that is of another log', async () => {
    const of = async (held: string) => (await verify(log, { held })).faults;
    expect(await of(checkpoint(500, Buffer.alloc(32)))).toEqual([
      'held checkpoint 500: at this size the log has another root: its history was rewritten, or it is a fork',
    ]);
    expect(await of(checkpoint(SIZE, Buffer.alloc(32)))).toEqual([expect.stringContaining('another root')]);
    expect(await of(checkpoint(SIZE + 5, Buffer.alloc(32)))).toEqual([expect.stringContaining('its end was cut off')]);
    const other = parseSigner(formatSignerKey('example.com/other', Buffer.alloc(32, 5)));
    const foreign = formatCheckpoint({ origin: 'example.com/other', size: 1, root: Buffer.alloc(32), extensions: [] });
    expect(await of(signNote(foreign, [other]))).toContainEqual(
      expect.stringContaining('held checkpoint: it is signed by none'),
    );
    expect(await of(signNote(foreign, [signer]))).toEqual([
      'held checkpoint: it is of the log `example.com/other`, not of `example.com/log`',
    ]);
  });

  test('offsets of a block that does not show are counted as unseen', async () => {
    // The fourth block, of twelve entries; so it would be where it had no entry.
    const without = entries.toSpliced(1 + 38 + 75, 12);
    const { report } = await verify(served(without));
    expect(report.partitions[1]).toMatchObject({ partition: 1, unseen: 12 });
    // Entries that are left out of the middle of a block break the chain.
    const { faults } = await verify(served(entries.toSpliced(10, 5)));
    expect(faults).toContainEqual('block 1 of task 1: it does not name the digest of the block before it');
  });

  test('begins where a log was pruned to, with the hashes that are left', async () => {
    const minimumIndex = 256 * 5;
    const pruned = new Map(log);
    for (let i = 0; i < 5; i++) pruned.delete(tileName('entries', i, 256));
    const { report, faults } = await verify(pruned, { minimumIndex });
    expect(faults).toEqual([]);
    expect(report).toMatchObject({ proved: true, minimumIndex });
    expect((await verify(pruned)).faults).toContainEqual(expect.stringContaining('tile/entries/000: it is missing'));
    const held = await verify(pruned, { minimumIndex, held: checkpoint(100, rootOf(100)) });
    expect(held.faults).toEqual([expect.stringContaining('held checkpoint 100: entries before 1280 are left out')]);
    const wrong = new Map(pruned).set('tile/1/000.p/12', flip(0)(Buffer.from(log.get('tile/1/000.p/12') as Buffer)));
    expect((await verify(wrong, { minimumIndex })).faults).toContainEqual(
      expect.stringContaining(`checkpoint ${SIZE}: its root`),
    );
  });
});
