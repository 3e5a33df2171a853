import { webcrypto } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  addSignatures,
  COSIGNATURE,
  cosign,
  formatCheckpoint,
  formatSignerKey,
  inclusionProof,
  leafHash,
  nodeHash,
  parseSigner,
  rootFrom,
  signNote,
  type HashReader,
} from '#libs/log';
import type { Proof } from '../api/types.js';
import { remember, seenCheckpoint } from './seen-checkpoint.js';
import { STEPS, verifyProof, type Report } from './verify-proof.js';

const subtle = webcrypto.subtle as unknown as SubtleCrypto;
const ORIGIN = 'log.example/trail';
const signer = parseSigner(formatSignerKey(ORIGIN, Buffer.alloc(32, 1)));
const entryAt = (index: number): Buffer => Buffer.from(`entry ${index}`);

/** A tree of fewer than 256 entries lies in one tile. */
const readerOf =
  (size: number): HashReader =>
  async (tiles) =>
    tiles.map(() => Buffer.concat(Array.from({ length: size }, (_, index) => leafHash(entryAt(index)))));

async function proofOf(index: number, size: number, by = signer): Promise<Proof> {
  const root = await rootFrom(size, readerOf(size));
  const hashes = await inclusionProof(index, size, readerOf(size));
  return {
    logIndex: index,
    size,
    entry: entryAt(index).toString('base64'),
    leafHash: leafHash(entryAt(index)).toString('hex'),
    hashes: hashes.map((hash) => hash.toString('base64')),
    checkpoint: signNote(formatCheckpoint({ origin: by.name, size, root, extensions: [] }), [by]),
    keys: [by.verifierKey],
    tlogProof: '',
  };
}

function storeOf(): Pick<Storage, 'getItem' | 'setItem'> {
  const items = new Map<string, string>();
  return { getItem: (key) => items.get(key) ?? null, setItem: (key, value) => void items.set(key, value) };
}

/** Held against what the finding's page says of its entry, which tampering with the proof does not change. */
const check = async (proof: Proof, of: Proof = proof, means = { subtle, store: storeOf() }): Promise<Report> =>
  verifyProof(proof, { logIndex: of.logIndex, leafHash: of.leafHash }, means);

const failures = ({ steps }: Report): object =>
  Object.fromEntries(Object.entries(steps).flatMap(([name, said]) => ('why' in said ? [[name, said.why]] : [])));

let proof: Proof;
beforeAll(async () => {
  proof = await proofOf(5, 13);
});

describe('evidence of the log', () => {
  test('holds for each entry of trees of each size', async () => {
    for (let size = 1; size <= 34; size++) {
      for (let index = 0; index < size; index++) {
        const report = await check(await proofOf(index, size));
        expect({ index, size, ...failures(report) }).toEqual({ index, size });
        expect(report.verdict).toBe('proved');
      }
    }
  });

  test('is worked out, not taken over', async () => {
    const { leaf, root, path, signer: by, checkpoint } = await check(proof);
    expect(leaf).toBe(proof.leafHash);
    expect(root).toBe((await rootFrom(13, readerOf(13))).toString('base64'));
    expect(path.map(({ side }) => side)).toEqual(['left', 'right', 'left', 'right']);
    const first = nodeHash(leafHash(entryAt(4)), leafHash(entryAt(5)));
    expect(Buffer.from(path[0]?.hash ?? []).equals(first)).toBe(true);
    expect(by).toBe(signer.verifierKey.split('+').slice(0, 2).join('+'));
    expect(checkpoint).toMatchObject({ origin: ORIGIN, size: 13 });
  });

  test('may have signatures of witnesses and of earlier keys of the log beside it', async () => {
    const witness = parseSigner(formatSignerKey('witness.example', Buffer.alloc(32, 2), COSIGNATURE));
    const earlier = parseSigner(formatSignerKey(ORIGIN, Buffer.alloc(32, 3)));
    const text = `${proof.checkpoint.split('\n\n')[0]}\n`;
    const checkpoint = addSignatures(proof.checkpoint, [
      cosign(text, witness, 1_700_000_000),
      signNote(text, [earlier]).slice(text.length + 1),
    ]);
    const keys = [earlier.verifierKey, signer.verifierKey];
    expect((await check({ ...proof, checkpoint, keys })).verdict).toBe('proved');
    expect((await check({ ...proof, checkpoint })).verdict).toBe('proved');
  });
});

describe('one flipped bit is found', () => {
  const flipped = (bytes: Buffer, bit: number): Buffer => {
    const changed = Buffer.from(bytes);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    return changed;
  };
  const base64Flips = (text: string): string[] => {
    const bytes = Buffer.from(text, 'base64');
    return Array.from({ length: 8 * bytes.length }, (_, bit) => flipped(bytes, bit).toString('base64'));
  };
  /** In each character's lower 8 bits: also what is no base 64, no hex, and no text of a note any more. */
  const textFlips = (text: string): string[] =>
    Array.from({ length: 8 * text.length }, (_, bit) =>
      [...text]
        .map((character, at) =>
          at === bit >> 3 ? String.fromCharCode(character.charCodeAt(0) ^ (1 << (bit & 7))) : character,
        )
        .join(''),
    );
  const refuses = async (forgeries: readonly Proof[]): Promise<void> => {
    const believed: number[] = [];
    for (const [at, forged] of forgeries.entries()) {
      if ((await check(forged, proof)).verdict !== 'failed') believed.push(at);
    }
    expect(forgeries.length).toBeGreaterThan(0);
    expect(believed).toEqual([]);
  };

  test('in the entry', async () => {
    await refuses(base64Flips(proof.entry).map((entry) => ({ ...proof, entry })));
    await refuses(textFlips(proof.entry).map((entry) => ({ ...proof, entry })));
  });

  test('in the leaf hash', async () => {
    await refuses(textFlips(proof.leafHash).map((leaf) => ({ ...proof, leafHash: leaf })));
  });

  test('in any hash of the path', async () => {
    for (const [at, hash] of proof.hashes.entries()) {
      await refuses(base64Flips(hash).map((other) => ({ ...proof, hashes: proof.hashes.with(at, other) })));
    }
    await refuses(textFlips(proof.hashes[0] ?? '').map((other) => ({ ...proof, hashes: proof.hashes.with(0, other) })));
  });

  test('in the checkpoint, its signature and its line', async () => {
    await refuses(textFlips(proof.checkpoint).map((checkpoint) => ({ ...proof, checkpoint })));
  });

  test('in the key', async () => {
    await refuses(textFlips(proof.keys[0] ?? '').map((key) => ({ ...proof, keys: [key] })));
  });

  test('in the index and the size', async () => {
    const bits = Array.from({ length: 20 }, (_, bit) => 2 ** bit);
    await refuses(bits.map((bit) => ({ ...proof, logIndex: proof.logIndex ^ bit })));
    await refuses(bits.map((bit) => ({ ...proof, size: proof.size ^ bit })));
  });
});

describe('evidence fails where it is', () => {
  test('of another entry', async () => {
    const other = await proofOf(6, 13);
    expect(failures(await check({ ...other, logIndex: 5 }, proof))).toMatchObject({ leaf: 'leaf-differs' });
    expect(failures(await check(other, proof))).toMatchObject({ leaf: 'entry-moved' });
  });

  test.each([
    ['an entry that is no base 64', { entry: '*' }, { leaf: 'entry-malformed' }],
    ['a hash of another length', { hashes: ['AAAA'] }, { path: 'path-malformed' }],
    ['a path that is too short', { hashes: [] }, { path: 'path-length' }],
    ['another size', { size: 12 }, { root: 'size-differs', signature: 'not-reached' }],
    ['no note', { checkpoint: 'x' }, { root: 'note-malformed', signature: 'not-reached' }],
    ['no key', { keys: [] }, { signature: 'key-unknown' }],
    ['a key that is none', { keys: ['x'] }, { signature: 'key-malformed' }],
  ])('%s', async (_what, change, expected) => {
    const report = await check({ ...proof, ...change }, proof);
    expect(report.verdict).toBe('failed');
    expect(failures(report)).toMatchObject(expected);
  });

  test('a path that is too long', async () => {
    const hashes = [...proof.hashes, proof.hashes[0] ?? ''];
    expect(failures(await check({ ...proof, hashes }))).toMatchObject({ path: 'path-length', root: 'not-reached' });
  });

  test('an index outside of the tree', async () => {
    const outside = { ...proof, logIndex: 13 };
    expect(failures(await check(outside, outside))).toMatchObject({ path: 'index-outside' });
  });

  test('a note that holds no checkpoint', async () => {
    const checkpoint = signNote(`${ORIGIN}\n013\n${'A'.repeat(43)}=\n`, [signer]);
    expect(failures(await check({ ...proof, checkpoint }))).toMatchObject({ root: 'checkpoint-malformed' });
  });

  test('another history under a right signature', async () => {
    const root = Buffer.alloc(32, 9);
    const checkpoint = signNote(formatCheckpoint({ origin: ORIGIN, size: 13, root, extensions: [] }), [signer]);
    expect(failures(await check({ ...proof, checkpoint }))).toEqual({ root: 'root-differs' });
  });

  test('a checkpoint of another log, though its key is known', async () => {
    const other = parseSigner(formatSignerKey('other.example', Buffer.alloc(32, 4)));
    const text = `${proof.checkpoint.split('\n\n')[0]}\n`;
    const forged = { ...proof, checkpoint: signNote(text, [other]), keys: [other.verifierKey, signer.verifierKey] };
    expect(failures(await check(forged))).toEqual({ signature: 'key-unknown' });
  });

  test('a wrong signature beside a right one of another key of the log', async () => {
    const second = parseSigner(formatSignerKey(ORIGIN, Buffer.alloc(32, 5)));
    const text = `${proof.checkpoint.split('\n\n')[0]}\n`;
    const line = signNote('something else\n', [second]).slice('something else\n\n'.length);
    const forged = {
      ...proof,
      checkpoint: addSignatures(signNote(text, [signer]), [line]),
      keys: [signer.verifierKey, second.verifierKey],
    };
    expect(failures(await check(forged))).toEqual({ signature: 'signature-wrong' });
  });
});

describe('a browser', () => {
  test('without Ed25519 says so, and proves the rest', async () => {
    const old = {
      digest: subtle.digest.bind(subtle),
      importKey: () => Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError')),
    } as unknown as SubtleCrypto;
    const report = await check(proof, proof, { subtle: old, store: storeOf() });
    expect(report.verdict).toBe('partly');
    expect(failures(report)).toEqual({ signature: 'no-ed25519' });
  });

  test('without WebCrypto proves nothing', async () => {
    const expected = { logIndex: proof.logIndex, leafHash: proof.leafHash };
    const report = await verifyProof(proof, expected, { subtle: undefined, store: storeOf() });
    expect(report.verdict).toBe('partly');
    expect(Object.values(failures(report))).toEqual(STEPS.map(() => 'no-webcrypto'));
  });
});

describe('a checkpoint that was seen before', () => {
  const checkpoint = (size: number, fill: number) => ({ origin: ORIGIN, size, root: new Uint8Array(32).fill(fill) });

  test('of the same size must have the same root', async () => {
    const store = storeOf();
    const { checkpoint: good } = await check(proof);
    if (good === null) throw new Error('not proved');
    remember(store, good, 0);
    expect((await check(proof, proof, { subtle, store })).seen?.standing).toBe('same');
    // Somebody who holds the log's key signs another history.
    const root = Buffer.alloc(32, 9);
    const forked = signNote(formatCheckpoint({ origin: ORIGIN, size: 13, root, extensions: [] }), [signer]);
    const report = await check({ ...proof, checkpoint: forked }, proof, { subtle, store });
    expect(failures(report)).toMatchObject({ seen: 'fork' });
    expect(report.seen?.before?.at).toBe('1970-01-01T00:00:00.000Z');
  });

  test('is kept until a larger one is, and never given up for what contradicts it', () => {
    const store = storeOf();
    const size = (): number | undefined => seenCheckpoint(store, ORIGIN)?.size;
    remember(store, checkpoint(5, 1), 0);
    remember(store, checkpoint(9, 2), 1);
    remember(store, checkpoint(7, 3), 2);
    expect(size()).toBe(9);
    const kept = seenCheckpoint(store, ORIGIN);
    remember(store, checkpoint(9, 4), 3);
    expect(seenCheckpoint(store, ORIGIN)).toEqual(kept);
    expect(seenCheckpoint(store, 'other.example')).toBeNull();
  });

  test('is no obstacle where it cannot be read or kept', async () => {
    const broken = {
      getItem: () => '{"size":"1"',
      setItem: () => {
        throw new DOMException('Full.', 'QuotaExceededError');
      },
    };
    expect((await check(proof, proof, { subtle, store: broken })).seen?.standing).toBe('first');
    expect(() => remember(broken, checkpoint(1, 1), 0)).not.toThrow();
    expect(seenCheckpoint({ ...broken, getItem: () => '{"size":"1"}' }, ORIGIN)).toBeNull();
  });
});
