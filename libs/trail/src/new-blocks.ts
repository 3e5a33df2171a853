import { ACTS_TASK } from './block.js';
import { DamagedTrail } from './damaged-trail.js';
import type { HashedBlock, SequencedBlock } from './log-records.js';

/** Where a block stands. */
export interface BlockPlace {
  readonly task: number;
  readonly n: number;
}

/** Half-open range of blocks by task and number; `to` null: without an end. */
export interface BlockSpan {
  readonly from: BlockPlace;
  readonly to: BlockPlace | null;
}

/**
 * Where blocks that are not in the log yet can stand: behind those of each known task, and wherever a task is not known.
 *
 * @param next by known task the number of its next block
 * @param perTask how many blocks of one known task are wanted, so that no task's backlog keeps the others waiting
 */
export function unseenSpans(next: ReadonlyMap<number, number>, perTask: number): BlockSpan[] {
  const spans: BlockSpan[] = [];
  let from: BlockPlace = { task: ACTS_TASK, n: 0 };
  for (const [task, n] of [...next].sort(([a], [b]) => a - b)) {
    if (from.task < task) spans.push({ from, to: { task, n: 0 } });
    spans.push({ from: { task, n }, to: { task, n: n + perTask } });
    from = { task: task + 1, n: 0 };
  }
  spans.push({ from, to: null });
  return spans;
}

/**
 * The blocks that continue their tasks' chains, each up to the first number that is missing.
 *
 * @param next by task the number of its next block; a task that is not in it begins with 0
 * @param blocks of one task ascending
 * @returns also the first missing number behind which a block was found; null where there is none
 */
export function continuing(
  next: ReadonlyMap<number, number>,
  blocks: readonly HashedBlock[],
): { blocks: HashedBlock[]; gap: BlockPlace | null } {
  const taken: HashedBlock[] = [];
  const expected = new Map(next);
  let gap: BlockPlace | null = null;
  for (const block of blocks) {
    const n = expected.get(block.task) ?? 0;
    if (block.n === n) {
      taken.push(block);
      expected.set(block.task, n + 1);
    } else {
      gap ??= { task: block.task, n };
    }
  }
  return { blocks: taken, gap };
}

/** `next` after these blocks. */
export function advance(next: ReadonlyMap<number, number>, blocks: readonly SequencedBlock[]): Map<number, number> {
  const after = new Map(next);
  for (const { task, n } of blocks) after.set(task, n + 1);
  return after;
}

/** @throws DamagedTrail where the block has not as many hashes as entries */
export function checkHashes({ task, n, count, hashes }: HashedBlock): void {
  const bytes = 32 * count;
  if (hashes.length !== bytes) {
    throw new DamagedTrail(
      `Block ${task}/${n} says that it has ${count} entries, but has ${hashes.length / 32} hashes.`,
    );
  }
}
