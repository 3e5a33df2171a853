import type { Db } from 'mongodb';
import { Faults, keyName, LogCheck, parseCosignatureLines, tileName } from '#libs/log';
import type { Claim, EntrySpan, OnFault } from '#libs/log';
import { AmendmentCheck } from './amendment-check.js';
import type { PageKey } from './amendment-check.js';
import { checkArchive } from './archive-check.js';
import { ChainCheck, entryName } from './chain-check.js';
import type { Amendment } from './chain-check.js';
import { EntryFault, readEntry } from './entry-reader.js';
import type { EntryFacts } from './entry-reader.js';
import { LogIdentity } from './log-identity.js';
import { readPage } from './page.js';
import type { Page } from './page.js';
import type { StoredBlock, StoredSequence, TileKey } from './read-documents.js';
import { ChangedMeanwhile } from './report.js';
import type { VerifyOptions, VerifyReport } from './report.js';
import { SequenceCheck } from './sequence-check.js';
import { StoredLog } from './stored-log.js';
import type { LogSnapshot, StoredCheckpoint, WantedBlock } from './stored-log.js';
import { resumeTree } from './resume-tree.js';

const HASH_BYTES = 32;
const TILE = 256;
/** Rebuilt tiles wait in memory until so many are there, 8 KB each. */
const TILES_AT_A_TIME = 256;
const PROGRESS_EVERY_MS = 100;

/**
 * Proves the trail in MongoDB: rebuilds every hash from the entries, apart from the code that wrote them, and holds
 * against it every leaf hash, tile, root and signature; that every block is in the log once, and every source offset
 * accounted for once; that amendments are of what they say, and findings by the registers that were loaded, which are
 * archived. What is not in the log or under a checkpoint yet is verified as far as can be.
 *
 * @param db the product's database; to be read as the user `hjemmelApi`
 * @throws ChangedMeanwhile where the log was pruned while it was read
 */
export async function verifyTrail(db: Db, options: VerifyOptions): Promise<VerifyReport> {
  const faults = new Faults(options.faultLimit);
  const stored = new StoredLog(db, faults.add);
  const snapshot = await stored.snapshot();
  const report = await new TrailVerifier(db, stored, snapshot, options, faults).run();
  const pruned = (await stored.pruning())?.minimumIndex ?? 0;
  if (pruned !== report.minimumIndex) throw new ChangedMeanwhile('The log was pruned while it was verified.');
  return report;
}

class TrailVerifier {
  private readonly onFault: OnFault;
  private readonly identity: LogIdentity;
  private readonly chains: ChainCheck;
  private readonly amendments: AmendmentCheck;
  private readonly log: LogCheck;
  private readonly minimum: number;
  private readonly checkpoints: AsyncGenerator<StoredCheckpoint>;
  private nextCheckpoint: StoredCheckpoint | null = null;
  private last: { claim: Claim; note: string } | null = null;
  /** Size of the newest checkpoint; 0 where there is none. */
  private readonly signed: number;
  /** False once leaves are unknown: roots and tiles behind cannot be rebuilt. */
  private whole = true;
  private done = 0;
  private told = 0;
  private readonly total: number;

  constructor(
    private readonly db: Db,
    private readonly stored: StoredLog,
    private readonly snapshot: LogSnapshot,
    private readonly options: VerifyOptions,
    private readonly faults: Faults,
  ) {
    this.onFault = faults.add;
    this.identity = new LogIdentity(options.trust, snapshot.keys, this.onFault);
    this.chains = new ChainCheck(this.onFault, snapshot.pruning?.starts);
    this.amendments = new AmendmentCheck(this.onFault, (keys) => this.readAgain(keys));
    this.log = new LogCheck(this.onFault);
    this.minimum = snapshot.pruning?.minimumIndex ?? 0;
    this.signed = snapshot.newest ?? 0;
    this.checkpoints = stored.checkpoints(snapshot.newest ?? -1);
    this.total = snapshot.sequences.at(-1)?.end ?? 0;
  }

  async run(): Promise<VerifyReport> {
    const { snapshot, chains, log, onFault } = this;
    const sequence = new SequenceCheck(onFault, this.minimum);
    if (snapshot.newest === null) {
      onFault({ kind: 'checkpoint', where: 'checkpoints', message: 'there are none: nothing proves this log' });
    }
    const held = this.expectHeld();
    await this.readCheckpoint();
    if (this.minimum > 0) await this.resume();
    for await (const [wanted, block] of this.stored.blocks(this.inLog(sequence))) await this.verify(wanted, block);
    await this.flushTiles();
    await this.expectCheckpoints(Infinity);
    const waiting = await this.verifyWaiting(sequence.next);
    await this.amendments.settle();
    const archived = await checkArchive(this.db, chains.statedRegisters, onFault);
    if (this.whole) log.end();
    else
      onFault({ kind: 'checkpoint', where: 'later checkpoints', message: 'they cannot be held against the entries' });
    this.checkSurplusTiles();
    const cosignatures = await this.verifyCosignatures();
    this.identity.end();
    this.tell(true);
    const { last } = this;
    return {
      proved: this.faults.count === 0,
      faults: this.faults.first,
      faultCount: this.faults.count,
      origin: this.identity.origin,
      keysFrom: this.options.trust.keys.length > 0 ? 'given' : 'log',
      keys: this.identity.keys.map(({ verifierKey }) => verifierKey),
      size: this.total,
      minimumIndex: this.minimum,
      blocks: chains.blocks,
      entriesWithoutAccount: chains.entriesWithoutAccount,
      tasks: chains.tasks,
      partitions: chains.partitions,
      amendments: this.amendments.count,
      registers: { stated: chains.statedRegisters.length, archived },
      tiles: log.tiles.right,
      checkpoints: log.roots.right,
      last: last === null ? null : { size: last.claim.size, root: last.claim.root.toString('base64'), note: last.note },
      held,
      cosignatures,
      waiting: { unsigned: Math.max(0, this.total - this.signed), ...waiting },
    };
  }

  /** The log's blocks in its order, and before them those of a pruned log whose place in it is no longer known. */
  private *inLog(sequence: SequenceCheck): Generator<WantedBlock> {
    const { sequences } = this.snapshot;
    const kept = sequences.filter(({ end }) => end > this.minimum);
    const last = sequences.at(-1);
    if (kept.length === 0 && last !== undefined) sequence.adopt(last);
    for (const { task, n } of this.snapshot.pruning?.starts ?? []) {
      const placed = kept[0] === undefined ? (last?.next.get(task) ?? 0) : firstPlaced(kept[0], task);
      for (const number of this.snapshot.blocks.get(task) ?? []) {
        if (number >= n && number < placed) yield { task, n: number, count: null, start: null };
      }
    }
    for (const stored of kept) {
      for (const wanted of sequence.check(stored)) {
        const below = wanted.start !== null && wanted.start + (wanted.count ?? 0) <= this.minimum;
        if (!below || wanted.n >= this.startOf(wanted.task)) yield wanted;
      }
    }
  }

  /** Where a task's chain begins. */
  private startOf(task: number): number {
    return this.snapshot.pruning?.starts.find((start) => start.task === task)?.n ?? 0;
  }

  private async verify(wanted: WantedBlock, block: StoredBlock | null): Promise<void> {
    const { start } = wanted;
    const count = wanted.count ?? block?.count ?? 0;
    if (start !== null && this.whole) await this.expectCheckpoints(start + count);
    const leaves = block === null ? null : this.verifyBlock(block, start, count);
    if (start !== null && this.whole) this.grow(leaves, start, count);
    if (this.log.waitingTiles >= TILES_AT_A_TIME) await this.flushTiles();
    if (this.amendments.due) await this.amendments.settle();
    this.done += start === null ? 0 : count;
    this.tell();
  }

  /**
   * Holds a block against itself and its chain.
   *
   * @returns the leaf hashes of its entries; where an entry cannot be found, the hash that the block has for it
   */
  private verifyBlock(block: StoredBlock, start: number | null, count: number): Buffer {
    const { task, n, entries: bytes, hashes } = block;
    const blockFault = (message: string) =>
      this.onFault({ kind: 'block', where: `block ${n} of task ${task}`, message });
    if (block.count !== count) blockFault(`the log has it with ${count} entries, it says it has ${block.count}`);
    const page = readPage(bytes, block.count);
    const { entries, leaves, fault } = page;
    if (fault !== null) blockFault(`its entries: ${fault}`);
    if (hashes.length !== block.count * HASH_BYTES) {
      blockFault(`it has ${hashes.length} bytes of hashes for ${block.count} entries`);
    }
    const found = Math.min(leaves.length, hashes.length);
    this.chains.begin(block, start);
    this.amendments.page({ chain: task, n }, page);
    if (leaves.compare(hashes, 0, found, 0, found) !== 0) this.nameWrongHashes(block, leaves, start);
    let i = 0;
    for (const { from, to } of entries) {
      try {
        const facts = readEntry(bytes, from, to);
        const amendment = this.chains.entry(facts);
        if (amendment !== null) this.addAmendment(amendment, facts, bytes, { from, to });
      } catch (error) {
        if (!(error instanceof EntryFault)) throw error;
        this.onFault({ kind: 'entry', where: entryName(task, n, i, placeOf(start, i)), message: error.message });
        this.chains.skipEntry();
      }
      i++;
    }
    this.chains.end(hashes);
    return leaves.length >= hashes.length ? leaves : Buffer.concat([leaves, hashes.subarray(leaves.length)]);
  }

  private addAmendment(amendment: Amendment, says: EntryFacts, bytes: Buffer, span: EntrySpan): void {
    const { task, block, index } = amendment.amends;
    this.amendments.add({ ...amendment, page: { chain: task, n: block }, index }, says, bytes, span);
  }

  private async *readAgain(keys: readonly PageKey[]): AsyncGenerator<[PageKey, Page | null]> {
    // What is missing or damaged was told when it was read first.
    const stored = new StoredLog(this.db, () => undefined);
    const wanted = keys.map(({ chain: task, n }) => ({ task, n, count: null, start: null }));
    for await (const [{ task, n }, block] of stored.blocks(wanted))
      yield [{ chain: task, n }, block && readPage(block.entries, block.count)];
  }

  private nameWrongHashes({ task, n, hashes }: StoredBlock, leaves: Buffer, start: number | null): void {
    const wrong: number[] = [];
    for (let at = 0; at + HASH_BYTES <= leaves.length && at + HASH_BYTES <= hashes.length; at += HASH_BYTES) {
      if (leaves.compare(hashes, at, at + HASH_BYTES, at, at + HASH_BYTES) !== 0) wrong.push(at / HASH_BYTES);
    }
    const [first, ...others] = wrong;
    if (first === undefined) return;
    const more = others.length === 0 ? '' : `, nor do ${others.length} others of the block`;
    const where = entryName(task, n, first, placeOf(start, first));
    this.onFault({ kind: 'entry', where, message: `its bytes do not have the hash that its block has for it${more}` });
  }

  /** The tree grows by a block's leaves; those before the minimum index are known by their subtrees. */
  private grow(leaves: Buffer | null, start: number, count: number): void {
    const { log } = this;
    const known = leaves === null ? 0 : Math.min(count, leaves.length / HASH_BYTES);
    for (let i = Math.max(0, this.minimum - start); i < known; i++) log.add(leaves as Buffer, i * HASH_BYTES);
    if (known < count && start + count > this.minimum) this.whole = false;
  }

  private async verifyWaiting(placed: ReadonlyMap<number, number>): Promise<{ blocks: number; entries: number }> {
    const wanted: WantedBlock[] = [];
    for (const [task, numbers] of this.snapshot.blocks) {
      const from = placed.get(task) ?? this.startOf(task);
      for (const n of numbers) if (n >= from) wanted.push({ task, n, count: null, start: null });
    }
    let entries = 0;
    for await (const [one, block] of this.stored.blocks(wanted)) {
      entries += block?.count ?? 0;
      await this.verify(one, block);
    }
    return { blocks: wanted.length, entries };
  }

  private expectHeld(): number | null {
    const { held } = this.options;
    if (held === null) return null;
    const claim = this.identity.checkpoint(held, 'held checkpoint', 'held');
    if (claim === null) return null;
    if (claim.size < this.minimum) {
      const message = `the log was pruned to entry ${this.minimum}, so that it cannot be proved from what is left`;
      this.onFault({ kind: 'held', where: `held checkpoint ${claim.size}`, message });
      return null;
    }
    this.log.roots.expect({ size: claim.size, root: claim.root, by: 'held' });
    return claim.size;
  }

  /** Reads the checkpoints up to a size, so that they are there when the tree gets to it. */
  private async expectCheckpoints(size: number): Promise<void> {
    for (let next = this.nextCheckpoint; next !== null && next.size <= size; next = this.nextCheckpoint) {
      this.expectCheckpoint(next);
      await this.readCheckpoint();
    }
  }

  private async readCheckpoint(): Promise<void> {
    const next = await this.checkpoints.next();
    this.nextCheckpoint = next.done === true ? null : next.value;
  }

  private expectCheckpoint({ size, root, note }: StoredCheckpoint): void {
    const where = `checkpoint ${size}`;
    const claim = this.identity.checkpoint(note, where);
    if (claim === null) return;
    if (claim.size !== size || root === null || !claim.root.equals(root)) {
      const message = 'its note and its other fields say different things';
      this.onFault({ kind: 'checkpoint', where, message });
    }
    if (size === this.snapshot.newest) this.last = { claim, note };
    // Of smaller trees the entries are gone. Their checkpoints stay as signed evidence.
    if (claim.size >= this.minimum && claim.size === size) {
      this.log.roots.expect({ size, root: claim.root, by: 'checkpoint' });
    }
  }

  private async resume(): Promise<void> {
    const read = (keys: readonly TileKey[]) => this.stored.tiles(keys);
    const missing = await resumeTree(this.log.tree, this.minimum, read);
    if (missing === null) return;
    this.whole = false;
    this.onFault({ kind: 'tile', where: missing, message: 'it is missing; it stands for entries that were pruned' });
  }

  private async flushTiles(): Promise<void> {
    const built = this.log.takeTiles();
    if (built.length === 0) return;
    const stored = await this.stored.tiles(built);
    for (const tile of built) {
      const found = stored.get(tileKey(tile)) ?? null;
      const end = (tile.index + 1) * TILE ** (tile.level + 1);
      // A tile comes after the sequence and before the checkpoint.
      if (found !== null || end <= this.signed) this.log.tiles.check(tile, found);
    }
  }

  private checkSurplusTiles(): void {
    for (const { level, index } of this.snapshot.tiles) {
      if ((index + 1) * TILE ** (level + 1) <= this.total) continue;
      const message = `a log of ${this.total} entries has no such full tile`;
      this.onFault({ kind: 'tile', where: tileName(level, index, TILE), message });
    }
  }

  private async verifyCosignatures(): Promise<{ right: number; unknown: number }> {
    const bySize = Map.groupBy(this.snapshot.cosignatures, ({ size }) => size);
    const count = { right: 0, unknown: 0 };
    if (bySize.size === 0) return count;
    for await (const { size, note } of this.stored.checkpoints(this.signed)) {
      for (const { witness, line } of bySize.get(size) ?? []) {
        const where = `cosignature of checkpoint ${size} by ${witness}`;
        const outcome = this.cosignature(note, witness, line);
        if (outcome === 'right' || outcome === 'unknown') count[outcome]++;
        else this.onFault({ kind: 'cosignature', where, message: outcome });
      }
      bySize.delete(size);
    }
    for (const [size, list] of bySize) {
      const where = `cosignature of checkpoint ${size} by ${list[0]?.witness}`;
      this.onFault({ kind: 'cosignature', where, message: 'there is no such checkpoint' });
    }
    return count;
  }

  /** Whether a witness's line is right, cannot be told, or what is wrong with it. */
  private cosignature(note: string, witness: string, line: string): string {
    let parsed;
    try {
      parsed = parseCosignatureLines(line);
    } catch {
      return 'it is no signature line';
    }
    const [signature] = parsed;
    if (signature === undefined || parsed.length > 1) return 'it is not one signature line';
    if (keyName(signature.name, signature.keyId) !== witness) return 'it is the line of another witness';
    const { witnesses } = this.options.trust;
    const key = witnesses.find(({ name, keyId }) => name === signature.name && keyId === signature.keyId);
    if (key === undefined) return 'unknown';
    const text = note.slice(0, note.lastIndexOf('\n\n') + 1);
    return key.verify(text, signature.signature) ? 'right' : 'the signature is wrong';
  }

  private tell(atOnce = false): void {
    const now = Date.now();
    if (!atOnce && now - this.told < PROGRESS_EVERY_MS) return;
    this.told = now;
    this.options.onProgress?.({ done: this.done, total: this.total });
  }
}

/** Number of a task's first block that the sequences left by a pruning have or leave to come. */
function firstPlaced(first: StoredSequence, task: number): number {
  const own = first.blocks.find((block) => block.task === task);
  return own?.n ?? first.next.get(task) ?? 0;
}

function placeOf(start: number | null, index: number): number | null {
  return start === null ? null : start + index;
}

function tileKey({ level, index }: TileKey): string {
  return `${level}/${index}`;
}
