import { tileName } from '#libs/log';
import type { StoredTile, StreamedTree } from '#libs/log';
import type { TileKey } from './read-documents.js';

const TILE = 256;
const HASH_BYTES = 32;

/**
 * Begins the tree of a pruned log: the entries before the minimum index stand in it by the hashes of full tiles, which
 * pruning leaves as long as a tree needs them (C2SP tlog-tiles, "Pruning"). That they are right shows in the roots.
 *
 * @param minimum a multiple of 256
 * @param read tiles by `level/index`
 * @returns null, or the tile that is missing
 */
export async function resumeTree(
  tree: StreamedTree,
  minimum: number,
  read: (keys: readonly TileKey[]) => Promise<Map<string, StoredTile>>,
): Promise<string | null> {
  let top = 1;
  while (TILE ** (top + 1) <= minimum) top++;
  for (let level = top; level >= 1; level--) {
    const count = Math.floor(minimum / TILE ** level) % TILE;
    if (count === 0) continue;
    const index = Math.floor(minimum / TILE ** (level + 1));
    const own = (await read([{ level, index }])).get(`${level}/${index}`);
    // A tile that is not full is not stored: its hashes are the roots of the tiles below it.
    const below = Array.from({ length: count }, (_, i) => ({ level: level - 1, index: index * TILE + i }));
    const roots = own === undefined ? await read(below) : new Map<string, StoredTile>();
    for (const [i, key] of below.entries()) {
      const hash =
        own?.hashes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES) ?? roots.get(`${key.level}/${key.index}`)?.root;
      if (hash?.length !== HASH_BYTES) return tileName(key.level, key.index, TILE);
      tree.addSubtree(level, hash);
    }
  }
  return null;
}
