import { MongoServerError } from 'mongodb';
import { createCollections, indexCommands, VAULT_COLLECTIONS } from '#libs/trail';
import type { MongoConnection } from '#libs/trail';
import { vaultCollections } from './collections.js';
import { TaskSubjects } from './task-subjects.js';
import type { SubjectVault } from './collections.js';
import type { SubjectOptions, SweepRules, Takeover } from './task-subjects.js';
import { KeyRing } from './vault/key-ring.js';
import type { VaultKey } from './vault/vault-key.js';

export interface SubjectStoreOptions {
  /** Subjects kept in memory over all tasks owned. */
  readonly cacheSubjects: number;
  /** Blocks that subjects' documents may be behind, over all tasks owned. */
  readonly keepBlocks: number;
  /** Bytes of the journal of which subjects' documents may be behind, over all tasks owned. */
  readonly keepBytes: number;
  readonly flushSubjects: number;
  /** Bytes of the last blocks' evidence kept in memory over all tasks owned. */
  readonly recentBytes: number;
}

export const SUBJECT_DEFAULTS: SubjectStoreOptions = {
  cacheSubjects: 500_000,
  keepBlocks: 16_000,
  keepBytes: 64 * 1024 * 1024,
  flushSubjects: 2_000,
  recentBytes: 64 * 1024 * 1024,
};

/** MongoDB's error_codes.yml. */
const UNAUTHORIZED = 13;

/** What is known of data subjects, and their secrets, encrypted in MongoDB. */
export class SubjectStore {
  private readonly vault: SubjectVault;

  /** @param keys of the settings */
  constructor(
    private readonly connection: MongoConnection,
    keys: readonly [VaultKey, ...VaultKey[]],
    private readonly options: SubjectStoreOptions = SUBJECT_DEFAULTS,
  ) {
    const collections = vaultCollections(connection.db);
    this.vault = { collections, ring: new KeyRing(collections.keys, keys) };
  }

  /**
   * Creates what must exist before the first block.
   *
   * @throws VaultError where none of the keys given opens the vault
   */
  async prepare(): Promise<void> {
    const { db } = this.connection;
    await createCollections(db, VAULT_COLLECTIONS);
    for (const command of indexCommands()) {
      await db.command(command).catch((fault: unknown) => {
        // Who may not make indexes has a database that an administrator prepared, with them.
        if (!(fault instanceof MongoServerError && fault.code === UNAUTHORIZED)) throw fault;
      });
    }
    await this.vault.ring.prepare();
  }

  /**
   * Takes over the subjects of a task.
   *
   * @param tasks number of tasks this process may come to own, between which the memory is shared
   */
  async open(takeover: Takeover, tasks: number, rules: SweepRules): Promise<TaskSubjects> {
    const { cacheSubjects, recentBytes, keepBlocks, keepBytes, ...rest } = this.options;
    const options: SubjectOptions = {
      ...rest,
      cacheSubjects: cacheSubjects / tasks,
      recentBytes: recentBytes / tasks,
      keepBlocks: keepBlocks / tasks,
      keepBytes: keepBytes / tasks,
    };
    return TaskSubjects.open(takeover, this.vault, this.connection.watch, options, rules);
  }
}
