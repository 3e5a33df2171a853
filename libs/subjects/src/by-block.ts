import type { Collection } from 'mongodb';
import type { SubjectVault } from './collections.js';
import { blockKey, blocksBetween, type BlockKey } from './documents.js';

/** The collections with a document for each block. */
export function byBlock({ collections }: SubjectVault): Collection<{ _id: BlockKey }>[] {
  const { journal, positions, evidence } = collections;
  return [journal, positions, evidence] as unknown as Collection<{ _id: BlockKey }>[];
}

/**
 * Removes what was written ahead of blocks that then were another's. Not of blocks to come, which may be somebody's yet.
 *
 * @param blocks the first and the last, both inclusive
 * @param writerOf who wrote block n by the trail; undefined: not known any more
 */
export async function removeVoid(
  vault: SubjectVault,
  task: number,
  [from, to]: readonly [number, number],
  writerOf: (n: number) => string | undefined,
): Promise<void> {
  for (const collection of byBlock(vault)) {
    const ids = await collection
      .find({ _id: blocksBetween(task, from, to) })
      .project<{ _id: BlockKey }>({ _id: 1 })
      .toArray();
    const left = ids.filter(({ _id }) => (writerOf(Number(_id.n)) ?? _id.writer) !== _id.writer);
    for (const { _id } of left) await collection.deleteOne({ _id: blockKey(_id.task, Number(_id.n), _id.writer) });
  }
}
