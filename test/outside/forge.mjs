/** What the owner of the log's key could do: other entries under a tree and a signature that fit them. */

/**
 * The resources of a log over the given entries, as one that always had them would serve them.
 *
 * @param {typeof import('../../dist/libs/log/src/index.js')} log
 * @param {Buffer[]} entries
 * @param {{ origin: string, signerKey: string }} who
 * @returns {Map<string, Buffer>} by path below the log's URL
 */
export function forge(log, entries, { origin, signerKey }) {
  const { HASH_BYTES, TILE_WIDTH } = log;
  const size = entries.length;
  const resources = new Map();
  for (let index = 0; index * TILE_WIDTH < size; index++) {
    const bundle = entries.slice(index * TILE_WIDTH, (index + 1) * TILE_WIDTH);
    resources.set(log.bundlePath({ index, width: bundle.length }), log.encodeBundle(bundle));
  }
  let hashes = Buffer.concat(entries.map((entry) => log.leafHash(entry)));
  for (let level = 0; hashes.length > 0; level++) {
    const roots = [];
    for (let index = 0; index * TILE_WIDTH * HASH_BYTES < hashes.length; index++) {
      const tile = hashes.subarray(index * TILE_WIDTH * HASH_BYTES, (index + 1) * TILE_WIDTH * HASH_BYTES);
      const width = tile.length / HASH_BYTES;
      resources.set(log.tilePath({ level, index, width }), tile);
      if (width === TILE_WIDTH) roots.push(log.tileRoot(tile));
    }
    hashes = Buffer.concat(roots);
  }
  const frontier = log.Frontier.empty();
  for (const entry of entries) frontier.append(log.leafHash(entry));
  const text = log.formatCheckpoint({ origin, size, root: frontier.root(), extensions: [] });
  return resources.set('checkpoint', Buffer.from(log.signNote(text, [log.parseSigner(signerKey)])));
}
