import type { SubjectVault } from './collections.js';
import { blocksBetween } from './documents.js';
import type { JournalDocument } from './documents.js';

/** Blocks of a task, both inclusive. */
export interface Blocks {
  readonly task: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The journal documents of blocks that are in the trail, in order of the blocks; those whose blocks then were another's are
 * left out. Their keys are at hand. Throws where MongoDB is away.
 *
 * @param writtenBy who wrote each of the blocks, by the trail
 */
export async function goodJournal(
  { collections, ring }: SubjectVault,
  { task, from, to }: Blocks,
  writtenBy: ReadonlyMap<number, string>,
): Promise<readonly JournalDocument[]> {
  const between = { _id: blocksBetween(task, from, to) };
  const journal = await collections.journal.find(between, { sort: { _id: 1 }, readConcern: 'majority' }).toArray();
  await ring.require(journal.flatMap((document) => ('g' in document ? [document.g] : [])));
  return journal.filter(({ _id }, i) => {
    const by = writtenBy.get(Number(_id.n));
    // Of a block that was pruned since: every block has a journal document, so one that is alone is its block's.
    if (by === undefined)
      return [journal[i - 1], journal[i + 1]].every((next) => Number(next?._id.n) !== Number(_id.n));
    return by === _id.writer;
  });
}
