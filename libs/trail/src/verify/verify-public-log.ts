import { Faults, LogCheck, splitBundle, tileName } from '#libs/log';
import type { Claim, EntrySpan, OnFault, StoredTile } from '#libs/log';
import { AmendmentCheck } from './amendment-check.js';
import type { PageKey } from './amendment-check.js';
import { ChainCheck } from './chain-check.js';
import type { Amendment } from './chain-check.js';
import { EntryFault, readEntry } from './entry-reader.js';
import type { EntryFacts } from './entry-reader.js';
import { LogIdentity } from './log-identity.js';
import { readPage } from './page.js';
import type { Page } from './page.js';
import { PublicBlocks } from './public-blocks.js';
import type { TileKey } from './read-documents.js';
import type { VerifyOptions, VerifyReport } from './report.js';
import { resumeTree } from './resume-tree.js';

/**
 * Fetches what a log serves.
 *
 * @param path below the log's prefix, such as `tile/0/x001/067`
 * @returns null where the log says that it does not have it
 */
export type LogFetch = (path: string) => Promise<Buffer | null>;

export interface PublicLogOptions extends VerifyOptions {
  /** Entries before this log index may be missing: the log is known to have been pruned. 0: it was not. */
  readonly minimumIndex: number;
}

const HASH_BYTES = 32;
const TILE = 256;
const LEVELS = 6;
/** Bundles that are on their way at a time. */
const AHEAD = 16;
const TILES_AT_A_TIME = 64;
const PROGRESS_EVERY_MS = 100;

/**
 * Proves a log by what it serves to everybody (C2SP tlog-tiles): its newest checkpoint, every entry bundle and tile, full
 * and partial, and by what its entries say that every source offset is accounted for once.
 *
 * Blocks without an entry do not show there, so that offsets without records may be said by nobody; see `unseen`.
 */
export async function verifyPublicLog(fetch: LogFetch, options: PublicLogOptions): Promise<VerifyReport> {
  const faults = new Faults(options.faultLimit);
  const note = (await fetch('checkpoint'))?.toString() ?? null;
  const keys = note === null ? null : ((await fetch('key'))?.toString() ?? null);
  const named = keys === null ? null : keys.split('\n').filter((line) => line !== '');
  const identity = new LogIdentity(options.trust, named, faults.add);
  if (note === null) {
    faults.add({ kind: 'checkpoint', where: 'checkpoint', message: 'there is none: nothing proves this log' });
  }
  const claim = note === null ? null : identity.checkpoint(note, 'checkpoint');
  const { cosignatures } = identity;
  const verifier = new PublicLogVerifier(fetch, claim, options, faults.add);
  const held = verifier.expectHeld(identity);
  if (claim !== null) await verifier.run();
  identity.end();
  const { chains, log, amendments, entriesWithoutAccount } = verifier;
  return {
    proved: faults.count === 0,
    faults: faults.first,
    faultCount: faults.count,
    origin: identity.origin,
    keysFrom: options.trust.keys.length > 0 ? 'given' : 'log',
    keys: identity.keys.map(({ verifierKey }) => verifierKey),
    size: claim?.size ?? 0,
    minimumIndex: verifier.minimum,
    blocks: chains.blocks,
    entriesWithoutAccount,
    tasks: chains.tasks,
    partitions: chains.partitions,
    amendments: amendments.count,
    registers: { stated: chains.statedRegisters.length, archived: null },
    tiles: log.tiles.right,
    checkpoints: log.roots.right,
    last: claim === null || note === null ? null : { size: claim.size, root: claim.root.toString('base64'), note },
    held,
    cosignatures,
    waiting: { unsigned: 0, blocks: 0, entries: 0 },
  };
}

class PublicLogVerifier {
  readonly log: LogCheck;
  readonly chains: ChainCheck;
  readonly amendments: AmendmentCheck;
  readonly minimum: number;
  private readonly size: number;
  private readonly blocks: PublicBlocks;
  private told = 0;

  constructor(
    private readonly fetch: LogFetch,
    claim: Claim | null,
    private readonly options: PublicLogOptions,
    private readonly onFault: OnFault,
  ) {
    this.size = claim?.size ?? 0;
    this.minimum = Math.min(options.minimumIndex, this.size) - (Math.min(options.minimumIndex, this.size) % TILE);
    this.log = new LogCheck(onFault);
    this.chains = new ChainCheck(onFault, [], { publicOnly: true, pruned: this.minimum > 0 });
    this.amendments = new AmendmentCheck(onFault, (keys) => this.readAgain(keys));
    this.blocks = new PublicBlocks(this.chains, onFault);
    if (claim !== null) this.log.roots.expect({ size: claim.size, root: claim.root, by: 'checkpoint' });
  }

  get entriesWithoutAccount(): number {
    return this.blocks.entriesWithoutAccount;
  }

  expectHeld(identity: LogIdentity): number | null {
    const { held } = this.options;
    const claim = held === null ? null : identity.checkpoint(held, 'held checkpoint', 'held');
    if (claim === null) return null;
    if (claim.size < this.minimum) {
      const message = `entries before ${this.minimum} are left out, so that it cannot be proved from the others`;
      this.onFault({ kind: 'held', where: `held checkpoint ${claim.size}`, message });
      return null;
    }
    this.log.roots.expect({ size: claim.size, root: claim.root, by: 'held' });
    return claim.size;
  }

  async run(): Promise<void> {
    const whole = (await this.resume()) && (await this.walk());
    this.blocks.end();
    await this.amendments.settle();
    await this.checkTiles();
    if (!whole) {
      this.log.tiles.end();
      return;
    }
    await this.checkPartialTiles();
    this.log.end();
    this.tell(true);
  }

  private async resume(): Promise<boolean> {
    if (this.minimum === 0) return true;
    const missing = await resumeTree(this.log.tree, this.minimum, async (keys) => {
      const found = new Map<string, StoredTile>();
      for (const key of keys) {
        const width = Math.min(TILE, Math.floor(this.size / TILE ** key.level) - key.index * TILE);
        const hashes = await this.fetchTile(key, width);
        if (hashes !== null) found.set(`${key.level}/${key.index}`, { hashes, root: null });
      }
      return found;
    });
    if (missing === null) return true;
    this.onFault({ kind: 'tile', where: missing, message: 'it is missing; it stands for entries that were pruned' });
    return false;
  }

  /** @returns false where the entries could not be read to the end */
  private async walk(): Promise<boolean> {
    const first = this.minimum / TILE;
    const end = Math.ceil(this.size / TILE);
    const coming: Promise<Buffer | null>[] = [];
    for (let index = first; index < end; index++) {
      while (coming.length < AHEAD && index + coming.length < end) {
        const bundle = this.fetchBundle(index + coming.length);
        bundle.catch(() => undefined);
        coming.push(bundle);
      }
      const bundle = await (coming.shift() as Promise<Buffer | null>);
      if (!this.verifyBundle(index, bundle)) {
        await Promise.allSettled(coming);
        return false;
      }
      if (this.log.waitingTiles >= TILES_AT_A_TIME) await this.checkTiles();
      if (this.amendments.due) await this.amendments.settle();
      this.tell();
    }
    return true;
  }

  private verifyBundle(index: number, bundle: Buffer | null): boolean {
    const width = this.widthOf(index);
    const where = tileName('entries', index, width);
    if (bundle === null) {
      const message = `it is missing: entries ${index * TILE} to ${index * TILE + width - 1} cannot be verified`;
      this.onFault({ kind: 'bundle', where, message });
      return false;
    }
    const page = readPage(bundle, width);
    const { entries, leaves, fault } = page;
    if (fault !== null) this.onFault({ kind: 'bundle', where, message: fault });
    this.amendments.page({ chain: 0, n: index }, page);
    for (const [i, { from, to }] of entries.entries()) {
      const logIndex = index * TILE + i;
      const leaf = leaves.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);
      this.log.add(leaves, i * HASH_BYTES);
      try {
        const facts = readEntry(bundle, from, to);
        const amendment = this.blocks.add(facts, leaf, logIndex);
        if (amendment !== null) this.addAmendment(amendment, facts, bundle, { from, to });
      } catch (error) {
        if (!(error instanceof EntryFault)) throw error;
        this.onFault({ kind: 'entry', where: `entry ${logIndex}`, message: error.message });
        this.blocks.skip(leaf);
      }
    }
    return entries.length === width;
  }

  private addAmendment(amendment: Amendment, says: EntryFacts, bytes: Buffer, span: EntrySpan): void {
    const { logIndex } = amendment;
    // Entries before the minimum index are gone.
    if (logIndex === null || logIndex < this.minimum) return;
    const page = { chain: 0, n: Math.floor(logIndex / TILE) };
    this.amendments.add({ ...amendment, page, index: logIndex % TILE }, says, bytes, span);
  }

  private async *readAgain(keys: readonly PageKey[]): AsyncGenerator<[PageKey, Page | null]> {
    for (let i = 0; i < keys.length; i += AHEAD) {
      const some = keys.slice(i, i + AHEAD);
      const bundles = await Promise.all(some.map(({ n }) => this.fetchBundle(n)));
      for (const [at, key] of some.entries()) {
        const bytes = bundles[at] ?? null;
        yield [key, bytes && readPage(bytes, this.widthOf(key.n))];
      }
    }
  }

  private async checkTiles(): Promise<void> {
    const built = this.log.takeTiles();
    const served = await Promise.all(built.map((tile) => this.fetchTile(tile, TILE)));
    for (const [i, tile] of built.entries()) {
      const hashes = served[i] ?? null;
      this.log.tiles.check(tile, hashes === null ? null : { hashes, root: null });
    }
  }

  private async checkPartialTiles(): Promise<void> {
    for (let level = 0; level <= LEVELS; level++) {
      const hashes = this.log.tree.partial(level);
      if (hashes.length === 0) continue;
      const index = Math.floor(this.size / TILE ** (level + 1));
      const served = await this.fetchTile({ level, index }, hashes.length / HASH_BYTES);
      const tile = { level, index, hashes, root: null };
      this.log.tiles.check(tile, served === null ? null : { hashes: served, root: null });
    }
  }

  private async fetchBundle(index: number): Promise<Buffer | null> {
    const width = this.widthOf(index);
    const bundle = await this.fetch(tileName('entries', index, width));
    if (bundle !== null || width === TILE) return bundle;
    const full = await this.fetch(tileName('entries', index, TILE));
    if (full === null) return null;
    const { entries, fault } = splitBundle(full, TILE);
    if (fault !== null) this.onFault({ kind: 'bundle', where: tileName('entries', index, TILE), message: fault });
    return full.subarray(0, entries[width - 1]?.to);
  }

  /** Where a partial tile is gone, the full one is there in its place (C2SP tlog-tiles, "Partial Tiles"). */
  private async fetchTile({ level, index }: TileKey, width: number): Promise<Buffer | null> {
    const tile = await this.fetch(tileName(level, index, width));
    if (tile !== null || width === TILE) return tile;
    return (await this.fetch(tileName(level, index, TILE)))?.subarray(0, width * HASH_BYTES) ?? null;
  }

  private widthOf(bundle: number): number {
    return Math.min(TILE, this.size - bundle * TILE);
  }

  private tell(atOnce = false): void {
    const now = Date.now();
    if (!atOnce && now - this.told < PROGRESS_EVERY_MS) return;
    this.told = now;
    this.options.onProgress?.({ done: this.log.tree.size - this.minimum, total: this.size - this.minimum });
  }
}
