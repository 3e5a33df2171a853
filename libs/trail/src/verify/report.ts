import type { Fault } from '#libs/log';
import type { AccountedPartition } from './chain-check.js';
import type { Trust } from './log-identity.js';

export interface VerifyOptions {
  readonly trust: Trust;
  /** A checkpoint of the log that was kept from an earlier day, as a signed note; null: none. */
  readonly held: string | null;
  /** How many faults are told one by one; all are counted. */
  readonly faultLimit: number;
  /** Called now and then. */
  readonly onProgress?: (progress: Progress) => void;
}

/** Entries. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** What verifying a log found. */
export interface VerifyReport {
  readonly proved: boolean;
  /** The first faults. */
  readonly faults: readonly Fault[];
  readonly faultCount: number;
  /** What the log calls itself. */
  readonly origin: string | null;
  /** `log`: no keys were given, so those that the log names itself were believed. */
  readonly keysFrom: 'given' | 'log';
  /** Verifier keys that were believed. */
  readonly keys: readonly string[];
  /** Entries in the log. */
  readonly size: number;
  /** Entries before this log index were pruned, and are not looked at; 0: none. */
  readonly minimumIndex: number;
  readonly blocks: number;
  /** Entries of blocks that do not say in the log itself what they account for (written before schema 1.1.0). */
  readonly entriesWithoutAccount: number;
  readonly tasks: readonly number[];
  readonly partitions: readonly AccountedPartition[];
  /** Entries that amend an earlier one, each held against it (but for those whose earlier one was pruned). */
  readonly amendments: number;
  readonly registers: {
    /** Register versions that the entries say were loaded. */
    readonly stated: number;
    /** Files in the archive of registers that are what they are kept as; null: not to be seen from here. */
    readonly archived: number | null;
  };
  /** Tiles that are right. */
  readonly tiles: number;
  /** Checkpoints that are signed and whose root is that of the entries. */
  readonly checkpoints: number;
  /** The newest checkpoint, where it is right. */
  readonly last: { readonly size: number; readonly root: string; readonly note: string } | null;
  /** Size of the held checkpoint that the log was held against. */
  readonly held: number | null;
  readonly cosignatures: {
    readonly right: number;
    /** By witnesses whose key was not given. */
    readonly unknown: number;
  };
  /** What is there and not yet under a checkpoint; all of it was verified as far as can be. */
  readonly waiting: {
    /** Entries that have their place in the log. */
    readonly unsigned: number;
    /** Blocks, and their entries, that have none yet. */
    readonly blocks: number;
    readonly entries: number;
  };
}

/** Something was changed by the log's owner while it was read; to be run again. */
export class ChangedMeanwhile extends Error {
  override readonly name = 'ChangedMeanwhile';
}
