import { COUNT_COLLECTIONS, prepareCollections, VAULT_COLLECTIONS } from '#libs/trail';
import type { MongoConnection } from '#libs/trail';
import { vaultCollections } from './collections.js';
import { KnownTokens } from './known-tokens.js';
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

/** Tokens of `ProblemPeople` kept in memory over all tasks owned; some 60 bytes each. */
const KNOWN_TOKENS = 500_000;

/** What is known of data subjects, and their secrets, encrypted in MongoDB. */
export class SubjectStore {
  private readonly vault: SubjectVault;
  private readonly knownTokens = new KnownTokens(KNOWN_TOKENS);

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
    await prepareCollections(db, ['blocks', ...VAULT_COLLECTIONS, ...COUNT_COLLECTIONS]);
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
      knownTokens: this.knownTokens,
    };
    return TaskSubjects.open(takeover, this.vault, this.connection.watch, options, rules);
  }
}
