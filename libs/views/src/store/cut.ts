import type { LogReader } from '#libs/trail';
import type { EntryPlace } from '../projection.js';

/** Up to where the log was pruned. */
export interface Cut {
  /** Log index of the first entry that was not. */
  readonly index: number;
  /** By task, the first block that has entries from there on, or comes after such a one. */
  readonly starts: ReadonlyMap<number, number>;
  /** Where the first entry stands, maybe in the middle of its block; null: there is none yet. */
  readonly first: EntryPlace | null;
}

export async function cutOf(log: Pick<LogReader, 'minimumIndex' | 'firstBlocks' | 'locate'>): Promise<Cut> {
  const index = await log.minimumIndex();
  if (index === 0) return { index, starts: new Map(), first: null };
  const [starts, first] = await Promise.all([log.firstBlocks(index), log.locate(index)]);
  return { index, starts, first };
}

/** The first place of a task that was not pruned. */
export function startOf({ starts, first }: Cut, task: number): EntryPlace {
  const block = starts.get(task) ?? 0;
  return { task, block, index: first?.task === task && first.block === block ? first.index : 0 };
}

export function isPruned({ task, block, index }: EntryPlace, cut: Cut): boolean {
  const start = startOf(cut, task);
  return block < start.block || (block === start.block && index < start.index);
}
