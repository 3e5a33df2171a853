import { describe, expect, test } from '@jest/globals';
import { formatCheckpoint } from '../checkpoint.js';
import { cosign } from '../cosignature.js';
import { addSignatures, parseNote, signNote } from '../note.js';
import { COSIGNATURE, formatSignerKey, parseSigner, parseVerifier } from '../note-keys.js';
import { checkCheckpoint } from './checkpoint-check.js';
import { Faults } from './fault.js';
import { LogCheck } from './log-check.js';
import { splitBundle } from './split.js';
import { TileCheck, tileName } from './tile-check.js';

const ORIGIN = 'example.com/log';
const signer = parseSigner(formatSignerKey(ORIGIN, Buffer.alloc(32, 1)));
const other = parseSigner(formatSignerKey(ORIGIN, Buffer.alloc(32, 2)));
const witness = parseSigner(formatSignerKey('example.com/witness', Buffer.alloc(32, 3), COSIGNATURE));
const keys = [parseVerifier(signer.verifierKey), parseVerifier(witness.verifierKey)];

describe('splitBundle', () => {
  const bundle = Buffer.from([0, 2, 7, 7, 0, 0, 0, 1, 9]);

  test('finds the entries', () => {
    const entries = [
      { from: 2, to: 4 },
      { from: 6, to: 6 },
      { from: 8, to: 9 },
    ];
    expect(splitBundle(bundle, 3)).toEqual({ entries, fault: null });
    expect(splitBundle(Buffer.alloc(0), 0)).toEqual({ entries: [], fault: null });
  });

  test.each([
    [bundle, 2, '3 surplus bytes stand behind its last entry'],
    [Buffer.concat([bundle, Buffer.alloc(1)]), 3, '1 surplus bytes stand behind its last entry'],
    [bundle, 4, 'it holds 3 entries in place of 4'],
    [bundle.subarray(0, 8), 3, 'it ends within the entry at byte 6'],
    [bundle.subarray(0, 5), 3, 'it ends within the entry at byte 4'],
  ])('refuses what does not fit', (bytes, count, fault) => {
    expect(splitBundle(bytes, count).fault).toBe(fault);
  });
});

describe('checkCheckpoint', () => {
  const text = formatCheckpoint({ origin: ORIGIN, size: 7, root: Buffer.alloc(32, 5), extensions: [] });
  const note = signNote(text, [signer]);

  test('accepts what the log signed, and says who else did', () => {
    const cosigned = addSignatures(signNote(text, [signer, other]), [cosign(parseNote(note).text, witness, 1)]);
    const { claim, signers, strangers, faults } = checkCheckpoint(cosigned, keys);
    expect({ claim, faults }).toEqual({ claim: { origin: ORIGIN, size: 7, root: Buffer.alloc(32, 5) }, faults: [] });
    expect(signers.map(({ name }) => name)).toEqual([ORIGIN, 'example.com/witness']);
    expect(strangers).toHaveLength(1);
  });

  test.each([
    [
      'a stranger alone',
      signNote(text, [other]),
      "it is signed by none of the log's trusted keys, but by example.com/log+",
    ],
    ['another text', note.replace('\n7\n', '\n8\n'), 'the signature of example.com/log+'],
    ['no note', 'hello', 'it is no signed note: '],
    ['a leading zero', signNote(text.replace('\n7\n', '\n07\n'), [signer]), 'its size is no number'],
    ['a short root', signNote(`${ORIGIN}\n7\nAAAA\n`, [signer]), 'its root is no hash'],
    ['an extension', signNote(`${text}more\n`, [signer]), 'it has lines behind the root'],
    ['a witness alone', text + '\n' + cosign(text, witness, 1), "it is signed by none of the log's trusted keys"],
  ])('refuses %s', (_, wrong, fault) => {
    expect(checkCheckpoint(wrong, keys).faults).toEqual([expect.stringContaining(fault)]);
  });
});

describe('LogCheck', () => {
  const leaves = Array.from({ length: 600 }, (_, i) => Buffer.alloc(32, i % 251));
  const roots = new Map<number, Buffer>();
  const plain = new LogCheck(() => undefined);
  for (const hash of leaves) {
    roots.set(plain.tree.size, plain.tree.root());
    plain.add(hash, 0);
  }

  function check(claims: { size: number; root: Buffer; by: 'checkpoint' | 'held' }[]): string[] {
    const faults = new Faults(20);
    const log = new LogCheck(faults.add);
    for (const claim of claims) log.roots.expect(claim);
    for (const hash of leaves) log.add(hash, 0);
    log.end();
    return faults.first.map(({ where, message }) => `${where}: ${message}`);
  }

  const right = (size: number, by: 'checkpoint' | 'held' = 'checkpoint') => ({
    size,
    root: roots.get(size) as Buffer,
    by,
  });
  const wrong = (size: number, by: 'checkpoint' | 'held' = 'checkpoint') => ({ size, root: Buffer.alloc(32), by });

  test('right roots at any size, the empty one and the last included', () => {
    expect(check([right(0), right(1), right(256), right(256, 'held'), right(599)])).toEqual([]);
  });

  test('the first wrong checkpoint of a row is named, the others counted', () => {
    expect(check([right(3), wrong(5), wrong(9), wrong(300), right(400), wrong(500)])).toEqual([
      'checkpoint 5: its root is not that of the entries (the last that is right: the checkpoint of size 3)',
      'checkpoint 500: its root is not that of the entries (the last that is right: the checkpoint of size 400)',
      'later checkpoints: 2 more are wrong in the same way',
    ]);
  });

  test('a held checkpoint that the log does not continue', () => {
    expect(check([right(3), wrong(5, 'held')])).toEqual([expect.stringContaining('held checkpoint 5: at this size')]);
    expect(check([right(3), wrong(601, 'held')])).toEqual([
      'held checkpoint 601: it is larger than the log, which has 600 entries: its end was cut off, or it is not the same log',
    ]);
  });

  test('a checkpoint beyond the end', () => {
    expect(check([wrong(601)])).toEqual(['checkpoint 601: it is larger than the log, which has 600 entries']);
  });
});

describe('TileCheck', () => {
  const hashes = Buffer.from(Array.from({ length: 256 * 32 }, (_, i) => i % 253));
  const built = { level: 0, index: 1_234_067, hashes, root: Buffer.alloc(32, 1) };

  function check(...stored: (Parameters<TileCheck['check']>[1] | 'right')[]): string[] {
    const faults = new Faults(20);
    const tiles = new TileCheck(faults.add);
    for (const one of stored) tiles.check(built, one === 'right' ? { hashes, root: built.root } : one);
    tiles.end();
    return faults.first.map(({ where, message }) => `${where}: ${message}`);
  }

  test('names what is wrong with a tile', () => {
    const flipped = Buffer.from(hashes);
    flipped[5 * 32 + 3]! ^= 1;
    expect(check('right')).toEqual([]);
    expect(check({ hashes, root: null })).toEqual([]);
    expect(check(null)).toEqual(['tile/0/x001/x234/067: it is missing']);
    expect(check({ hashes: flipped, root: built.root }, null, 'right')).toEqual([
      'tile/0/x001/x234/067: hash 5 is not that of entry 315921157',
      'later tiles of level 0: 1 more are wrong',
    ]);
    expect(check({ hashes, root: Buffer.alloc(32) })).toEqual([
      'tile/0/x001/x234/067: its root is not that of its hashes',
    ]);
    expect(check({ hashes: hashes.subarray(32), root: null })).toEqual([
      'tile/0/x001/x234/067: it has 8160 bytes in place of 8192',
    ]);
  });

  test('paths as C2SP tlog-tiles writes them', () => {
    expect(tileName(0, 0, 256)).toBe('tile/0/000');
    expect(tileName(1, 7, 17)).toBe('tile/1/007.p/17');
    expect(tileName('entries', 1_000, 255)).toBe('tile/entries/x001/000.p/255');
  });
});
