import { randomUUID } from 'node:crypto';
import { continuing, advance, DamagedTrail } from '#libs/trail';
import type { HashedBlock, LogHead, Sequence, SequencedBlock, SignedCheckpoint } from '#libs/trail';
import { sign, type Identity } from './identity.js';
import { loadState, type LogSources } from './load-state.js';
import { extend, order, type LogState } from './log-state.js';

/** What one round did. */
export interface Round {
  /**
   * `signed`: a checkpoint more. `idle`: nothing new. `lost`: another notary was first. `standing by`: another one is
   * at work.
   */
  readonly kind: 'signed' | 'idle' | 'lost' | 'standing by';
  /** There may be more to do at once. */
  readonly more: boolean;
  /** The newest checkpoint that this notary knows; null while it stands by. */
  readonly checkpoint: SignedCheckpoint | null;
  /** The blocks that came under a checkpoint. */
  readonly blocks: readonly HashedBlock[];
}

/** Blocks taken in one round, shared out among the tasks. */
const BLOCKS_PER_ROUND = 64;
/** Entries after which a round takes no more blocks: some seconds' work in the worst case, and 8 MiB of hashes. */
const ENTRIES_PER_ROUND = 262_144;
/** Rounds in which nothing happens, though there is another notary, until this one takes over. */
const PATIENCE = 2;

/**
 * Makes blocks into one log, round by round: their order (`sequence`), the tiles that become full, a signed checkpoint,
 * written in that order. All that a round knows it either has from what is stored or has stored itself, so one that fails
 * anywhere is as good as a crash: the next begins from the last checkpoint, proves that what is stored has that root, and
 * completes what was begun.
 *
 * Several notaries may run. Each place in the log is given once, by a unique key, so all of them make the same log; who
 * comes second merely stands by until the other one stops.
 */
export class Notary {
  /** Id of this session, in what it writes. */
  readonly id = randomUUID();
  private state: LogState | null = null;
  private checkpoint: SignedCheckpoint | null = null;
  /** Sequences may be there that have no checkpoint yet. */
  private behind = true;
  /** Blocks without entries that wait for one with an entry. */
  private riders: readonly HashedBlock[] = [];
  /** What the other notary had done when this one last looked; null: this one is at work. */
  private other: { head: LogHead | null; still: number } | null = null;

  constructor(
    private readonly sources: LogSources,
    private readonly identity: Identity,
    /** Told how many blocks a round found. */
    private readonly found: (blocks: number) => void = () => undefined,
  ) {}

  /**
   * @throws DamagedTrail where what is stored contradicts itself: nothing was signed then
   * @throws what the store throws; another round may be tried
   */
  async round(): Promise<Round> {
    if (this.other !== null && !(await this.takesOver())) return this.told('standing by', false);
    try {
      return await this.work();
    } catch (fault) {
      this.forget();
      throw fault;
    }
  }

  private async work(): Promise<Round> {
    const { log } = this.sources;
    if (this.state === null) await this.load();
    const begun = this.behind ? await this.begun() : null;
    if (begun !== null) {
      const blocks = await log.blocks(begun.blocks);
      return this.complete(begun, blocks, true);
    }
    this.behind = false;
    const { blocks, more } = await this.newBlocks();
    const sequence = order(this.state as LogState, blocks, this.id, Date.now());
    if (sequence === null) {
      this.riders = blocks;
      return this.told('idle', more);
    }
    if (!(await log.insertSequence(sequence))) {
      this.forget();
      this.other = { head: null, still: 0 };
      return this.told('lost', false);
    }
    return this.complete(sequence, blocks, more);
  }

  private async load(): Promise<void> {
    const { state, checkpoint } = await loadState(this.sources, this.identity, this.id);
    this.state = state;
    this.checkpoint = checkpoint;
    this.behind = true;
  }

  /** A sequence that was written without its checkpoint; null where there is none. */
  private async begun(): Promise<Sequence | null> {
    const { log } = this.sources;
    const { frontier, next } = this.state as LogState;
    const { sequenced } = await log.head();
    if (sequenced <= frontier.size) return null;
    const sequence = await log.sequenceAt(frontier.size);
    if (sequence === null) {
      throw new DamagedTrail(`No sequence of blocks begins with entry ${frontier.size}, though later ones are there.`);
    }
    requireContinuing(sequence, next);
    return sequence;
  }

  /** What can follow, the riders first; `more`: there may be others. */
  private async newBlocks(): Promise<{ blocks: HashedBlock[]; more: boolean }> {
    const { log } = this.sources;
    const { riders } = this;
    const next = advance((this.state as LogState).next, riders);
    const perTask = Math.max(1, Math.ceil(BLOCKS_PER_ROUND / Math.max(1, next.size)));
    const found = await log.newBlocks(next, { perTask, entries: ENTRIES_PER_ROUND });
    const { blocks, gap } = continuing(next, found.blocks);
    // A block that was written while the others were being read may have been passed over; it is there by now.
    if (gap !== null && !(await log.hasBlock(gap))) {
      throw new DamagedTrail(`Block ${gap.task}/${gap.n} is missing, though later blocks of the task are there.`);
    }
    this.found(blocks.length);
    return { blocks: [...riders, ...blocks], more: found.more || gap !== null };
  }

  /** From a durable sequence to a durable checkpoint. */
  private async complete(sequence: Sequence, blocks: readonly HashedBlock[], more: boolean): Promise<Round> {
    const { log } = this.sources;
    const { state, tiles } = extend(this.state as LogState, sequence, blocks);
    await log.insertTiles(tiles);
    const { frontier } = state;
    const checkpoint = sign(this.identity, frontier.size, frontier.root(), Date.now());
    await log.insertCheckpoint(checkpoint, this.id);
    this.state = state;
    this.checkpoint = checkpoint;
    this.riders = [];
    return { kind: 'signed', more, checkpoint, blocks };
  }

  /** Whether the other notary has stopped: what it began stands still. */
  private async takesOver(): Promise<boolean> {
    const before = this.other?.head ?? null;
    const head = await this.sources.log.head();
    const same = before !== null && head.sequenced === before.sequenced && head.signed === before.signed;
    const still = same ? (this.other?.still ?? 0) + 1 : 0;
    this.other = still < PATIENCE ? { head, still } : null;
    return this.other === null;
  }

  private forget(): void {
    this.state = null;
    this.checkpoint = null;
    this.riders = [];
  }

  private told(kind: 'idle' | 'lost' | 'standing by', more: boolean): Round {
    return { kind, more, checkpoint: this.checkpoint, blocks: [] };
  }
}

/** @throws DamagedTrail where a stored sequence is not one that can follow */
function requireContinuing({ start, end, blocks, next }: Sequence, before: ReadonlyMap<number, number>): void {
  const expected = new Map(before);
  const skips = blocks.find(({ task, n }) => {
    const misplaced = n !== (expected.get(task) ?? 0);
    expected.set(task, n + 1);
    return misplaced;
  });
  const entries = blocks.reduce((sum: number, { count }: SequencedBlock) => sum + count, 0);
  const sameNext = next.size === expected.size && [...expected].every(([task, n]) => next.get(task) === n);
  if (skips !== undefined || end !== start + entries || !sameNext) {
    throw new DamagedTrail(`The sequence of blocks that begins with entry ${start} does not continue the one before.`);
  }
}
