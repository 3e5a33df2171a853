import type { Binary, Long } from 'mongodb';

/** Names of the collections that make the blocks into one log. Each is insert-only. */
export const SEQUENCE = 'sequence';
export const TILES = 'tiles';
export const CHECKPOINTS = 'checkpoints';
export const COSIGNATURES = 'cosignatures';
export const LOG_KEYS = 'logKeys';
export const PRUNES = 'prunes';

/** All collections of the trail after `blocks`, in the order in which they are written. */
export const LOG_COLLECTIONS = [SEQUENCE, TILES, CHECKPOINTS, COSIGNATURES, LOG_KEYS, PRUNES] as const;

/**
 * Puts blocks into the log's order. `_id`, the log index of the first entry, is unique, so of two notaries only one
 * decides what follows. A document's entries are those of its blocks one after the other; the next one's `_id` is `end`.
 */
export interface SequenceDocument {
  _id: Long | number;
  /** Log index after the last entry; greater than `_id`. */
  end: Long | number;
  /** Of one task ascending and without a gap. */
  blocks: { task: number; n: Long | number; count: number }[];
  /** For every task seen so far, the number of its first block that is not in the log yet. */
  next: { task: number; n: Long | number }[];
  /** Id of the notary's session. */
  notary: string;
  sequencedAt: Date;
}

/** A full tile (C2SP tlog-tiles, "Merkle Tree"); partial ones are derived. */
export interface TileDocument {
  _id: { level: number; index: Long | number };
  /** 256 hashes of 32 bytes. */
  hashes: Binary;
  /** The hash that stands for it on the level above; 32 bytes. */
  root: Binary;
}

/** A signed checkpoint (C2SP tlog-checkpoint). One for each size. */
export interface CheckpointDocument {
  /** Tree size. */
  _id: Long | number;
  /** 32 bytes. */
  root: Binary;
  /** The signed note as it is served, without cosignatures. */
  note: string;
  signedAt: Date;
  notary: string;
}

/** What a witness says of a checkpoint (C2SP tlog-cosignature). */
export interface CosignatureDocument {
  /** `witness`: `<key name>+<key id in hex>`. */
  _id: { size: Long | number; witness: string };
  /** Signature line of a signed note, with its newline. */
  line: string;
  receivedAt: Date;
}

/** A key that checkpoints are signed with. */
export interface LogKeyDocument {
  /** Verifier key (C2SP signed-note, "Verifier keys"): `name+hash+key`. */
  _id: string;
  /** When it was first used; the newest is the one in use. */
  since: Date;
}

/** That entries before a log index were pruned (C2SP tlog-tiles, "Pruning"); the greatest counts. */
export interface PruneDocument {
  /** The minimum index, a multiple of 256: entries before it are no longer served. */
  _id: Long | number;
  prunedAt: Date;
  reason: string;
  /** Where each task's chain begins now. */
  tasks: {
    task: number;
    /** Number of the first block kept. */
    n: Long | number;
    /** Digest of the block before it; null where none was pruned. */
    previous: Binary | null;
    /** By topic, the offset at which the first block kept begins. */
    next: { topic: string; offset: Long | number }[];
  }[];
}
