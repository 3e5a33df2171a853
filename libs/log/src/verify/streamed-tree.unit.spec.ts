import { createHash, hash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { emptyTreeHash, writeLeafHash } from './sha256.js';
import { StreamedTree, type BuiltTile } from './streamed-tree.js';

const sha256 = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const leaf = (i: number) => sha256(Buffer.from([0]), Buffer.from(`entry ${i}`));

/** MTH of RFC 6962 section 2.1, as it is written there. */
function mth(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return hash('sha256', '', 'buffer');
  if (leaves.length === 1) return leaves[0] as Buffer;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.from([1]), mth(leaves.slice(0, k)), mth(leaves.slice(k)));
}

function grow(leaves: readonly Buffer[]): { tree: StreamedTree; tiles: BuiltTile[] } {
  const tiles: BuiltTile[] = [];
  const tree = new StreamedTree((tile) => tiles.push(tile));
  for (const hash of leaves) tree.add(hash, 0);
  return { tree, tiles };
}

describe('the streamed tree', () => {
  const leaves = Array.from({ length: 66_000 }, (_, i) => leaf(i));

  test('has the root that RFC 6962 defines, at every size', () => {
    const tree = new StreamedTree();
    expect(tree.root()).toEqual(emptyTreeHash());
    for (let size = 1; size <= 520; size++) {
      tree.add(leaves[size - 1] as Buffer, 0);
      expect(tree.root()).toEqual(mth(leaves.slice(0, size)));
    }
    expect(grow(leaves).tree.root()).toEqual(mth(leaves));
  });

  test('gives every full tile of every level, with its root, and the partial ones', () => {
    const { tree, tiles } = grow(leaves);
    expect(tiles.filter(({ level }) => level === 0).map(({ index }) => index)).toEqual([...Array(257).keys()]);
    for (const { level, index, hashes, root } of tiles.filter(({ index }) => index % 50 === 0)) {
      const width = 256 ** level;
      const at = (i: number) => mth(leaves.slice((index * 256 + i) * width, (index * 256 + i + 1) * width));
      expect(hashes).toEqual(Buffer.concat(Array.from({ length: 256 }, (_, i) => at(i))));
      expect(root).toEqual(mth(leaves.slice(index * 256 * width, (index + 1) * 256 * width)));
    }
    expect(tiles.filter(({ level }) => level === 1)).toHaveLength(1);
    expect(tree.partial(0)).toEqual(Buffer.concat(leaves.slice(257 * 256)));
    expect(tree.partial(1)).toEqual(mth(leaves.slice(256 * 256, 257 * 256)));
    expect(tree.partial(2)).toEqual(mth(leaves.slice(0, 65_536)));
    expect(tree.partial(3)).toHaveLength(0);
  });

  test('goes on from whole subtrees as if it had seen their leaves', () => {
    const { tiles } = grow(leaves.slice(0, 65_536 + 3 * 256));
    const tree = new StreamedTree();
    tree.addSubtree(2, tiles.find(({ level }) => level === 1)?.root as Buffer);
    for (const { root } of tiles.filter(({ level, index }) => level === 0 && index >= 256)) tree.addSubtree(1, root);
    for (const hash of leaves.slice(tree.size)) tree.add(hash, 0);
    expect(tree.size).toBe(leaves.length);
    expect(tree.root()).toEqual(mth(leaves));
    expect(() => tree.addSubtree(1, leaves[0] as Buffer)).toThrow('no place');
  });

  test('a leaf hash is SHA-256 of a zero byte and the entry, however long', () => {
    for (const length of [0, 1, 400, 9_000, 65_535]) {
      const bytes = Buffer.alloc(length + 7, 3);
      const target = Buffer.alloc(40);
      writeLeafHash(bytes, 5, 5 + length, target, 8);
      expect(target.subarray(8)).toEqual(sha256(Buffer.from([0]), bytes.subarray(5, 5 + length)));
    }
  });
});
