import type { Frontier } from '#libs/log';
import type { FullTile } from '#libs/log';
import { advance } from '#libs/trail';
import type { HashedBlock, Sequence } from '#libs/trail';

/** How far the log is, as a notary has it in memory. */
export interface LogState {
  /** Right edge of the tree of all entries that have a checkpoint. */
  readonly frontier: Frontier;
  /** For every task seen so far, the number of its first block that is not in the log yet. */
  readonly next: ReadonlyMap<number, number>;
}

/**
 * Puts blocks behind what is in the log, in the order given.
 *
 * @returns null where they have no entry: they then wait for one, since a sequence is known by its first entry
 */
export function order(
  { frontier, next }: LogState,
  blocks: readonly HashedBlock[],
  notary: string,
  now: number,
): Sequence | null {
  const start = frontier.size;
  const end = start + blocks.reduce((sum, { count }) => sum + count, 0);
  if (end === start) return null;
  const places = blocks.map(({ task, n, count }) => ({ task, n, count }));
  return { start, end, blocks: places, next: advance(next, blocks), notary, sequencedAt: now };
}

/** Adds a sequence's blocks to the tree; the state given is used up by it. */
export function extend(
  { frontier }: LogState,
  { next }: Sequence,
  blocks: readonly HashedBlock[],
): { state: LogState; tiles: FullTile[] } {
  const tiles = frontier.append(Buffer.concat(blocks.map(({ hashes }) => hashes)));
  return { state: { frontier, next }, tiles };
}
