import { BLOCK_KINDS } from './blocks.js';
import { CHECKPOINT_KINDS } from './checkpoints.js';
import { EVIDENCE_KINDS } from './evidence.js';
import { HISTORY_KINDS } from './history.js';
import type { Kind } from './kind.js';
import { OFFSET_KINDS } from './offsets.js';
import { TREE_KINDS } from './tree.js';

/** Every way to tamper that the drill knows. */
export const KINDS: readonly Kind[] = [
  ...BLOCK_KINDS,
  ...TREE_KINDS,
  ...CHECKPOINT_KINDS,
  ...OFFSET_KINDS,
  ...EVIDENCE_KINDS,
  ...HISTORY_KINDS,
];
