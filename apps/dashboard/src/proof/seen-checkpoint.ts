/**
 * What this browser has verified before. A log that shows different people different histories is found out where two
 * checkpoints of one size have different roots, so the newest one is kept and each later one held against it.
 */
import { toBase64 } from './bytes.js';
import type { Checkpoint } from './note.js';

export interface SeenCheckpoint {
  readonly size: number;
  /** Base64. */
  readonly root: string;
  /** ISO 8601, when it was verified here. */
  readonly at: string;
}

/** What earlier verifications say of a checkpoint; `older` and `grown` cannot be told from hashes of two sizes alone. */
export type Standing = 'first' | 'same' | 'grown' | 'older' | 'fork';

type Store = Pick<Storage, 'getItem' | 'setItem'>;

const keyOf = (origin: string): string => `hjemmel.checkpoint.${origin}`;

/** The newest checkpoint of a log that was verified here; null where there is none, or it cannot be read. */
export function seenCheckpoint(store: Store, origin: string): SeenCheckpoint | null {
  try {
    const value = JSON.parse(store.getItem(keyOf(origin)) ?? 'null') as Partial<SeenCheckpoint> | null;
    if (typeof value?.size !== 'number' || typeof value.root !== 'string' || typeof value.at !== 'string') return null;
    return { size: value.size, root: value.root, at: value.at };
  } catch {
    return null;
  }
}

export function standingOf(seen: SeenCheckpoint | null, { size, root }: Checkpoint): Standing {
  if (seen === null) return 'first';
  if (size !== seen.size) return size > seen.size ? 'grown' : 'older';
  return toBase64(root) === seen.root ? 'same' : 'fork';
}

/**
 * Keeps a checkpoint that was verified, unless it is older than the one kept, or contradicts it.
 *
 * @param at ms
 */
export function remember(store: Store, checkpoint: Checkpoint, at: number): void {
  const { origin, size, root } = checkpoint;
  const standing = standingOf(seenCheckpoint(store, origin), checkpoint);
  if (standing === 'older' || standing === 'fork') return;
  try {
    store.setItem(keyOf(origin), JSON.stringify({ size, root: toBase64(root), at: new Date(at).toISOString() }));
  } catch {
    // Nothing can be kept here; each verification then stands for itself.
  }
}
