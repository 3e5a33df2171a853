import { describe, expect, test } from '@jest/globals';
import { Frontier } from './frontier.js';
import { EMPTY_ROOT, leafHash, nodeHash } from './hashes.js';
import { NaiveTree } from './naive-tree.fixture.js';
import { consistencyProof, inclusionProof, rootFrom, verifyConsistency, verifyInclusion } from './proofs.js';

const hex = (hashes: readonly Uint8Array[]) => hashes.map((hash) => Buffer.from(hash).toString('hex'));

describe('the test tree of the Certificate Transparency implementations', () => {
  const entries = [
    ...['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'],
  ].map((entry) => Buffer.from(entry, 'hex'));
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];
  const h1 = '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7';
  const h23 = '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e';
  const h4 = 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b';
  const h45 = '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a';
  const h67 = 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0';
  const h4to7 = '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4';
  const tree = new NaiveTree(entries);

  test('roots', async () => {
    const frontier = Frontier.empty();
    expect(hex([frontier.root(), EMPTY_ROOT])).toEqual([roots[0], roots[0]]);
    for (const [i, entry] of entries.entries()) {
      frontier.append(leafHash(entry));
      expect(hex([frontier.root(), await rootFrom(i + 1, tree.reader)])).toEqual([roots[i + 1], roots[i + 1]]);
    }
  });

  test.each([
    [0, 1, []],
    [0, 8, [h1, h23, h4to7]],
    [5, 8, [h4, h67, roots[4]]],
    [2, 3, [roots[2]]],
    [1, 5, [roots[1], h23, h4]],
  ])('audit path of entry %i of %i', async (index, size, path) => {
    const proof = await inclusionProof(index, size, tree.reader);
    expect(hex(proof)).toEqual(path);
    const root = Buffer.from(roots[size] as string, 'hex');
    expect(() => verifyInclusion(index, size, leafHash(entries[index] as Buffer), proof, root)).not.toThrow();
  });

  test.each([
    [1, 1, []],
    [1, 8, [h1, h23, h4to7]],
    [6, 8, [h45, h67, roots[4]]],
    [2, 5, [h23, h4]],
  ])('consistency of %i with %i', async (from, to, path) => {
    const proof = await consistencyProof(from, to, tree.reader);
    expect(hex(proof)).toEqual(path);
    const [first, second] = [from, to].map((size) => Buffer.from(roots[size] as string, 'hex')) as [Buffer, Buffer];
    expect(() => verifyConsistency(from, to, proof, first, second)).not.toThrow();
  });
});

/** RFC 6962 §2.1.3, with its names: a to f and j are leaf hashes, g to i, k and l what is above them. */
describe('the example of RFC 6962 §2.1.3', () => {
  const tree = NaiveTree.ofNumbers(7);
  const [a, b, c, d, e, f, j] = tree.leaves as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
  const [g, h, i] = [nodeHash(a, b), nodeHash(c, d), nodeHash(e, f)];
  const [k, l] = [nodeHash(g, h), nodeHash(i, j)];

  test('root', async () => {
    expect(await rootFrom(7, tree.reader)).toEqual(nodeHash(k, l));
  });

  test.each([
    ['d0', 0, [b, h, l]],
    ['d3', 3, [c, g, l]],
    ['d4', 4, [f, j, k]],
    ['d6', 6, [i, k]],
  ])('audit path of %s', async (_name, index, path) => {
    expect(await inclusionProof(index, 7, tree.reader)).toEqual(path);
  });

  test.each([
    [3, [c, d, g, l]],
    [4, [l]],
    [6, [i, j, k]],
  ])('consistency of the hash over %i entries', async (from, path) => {
    expect(await consistencyProof(from, 7, tree.reader)).toEqual(path);
  });
});
