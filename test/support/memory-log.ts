import { TILE_WIDTH } from '#libs/log';
import type { FullTile, HashReader } from '#libs/log';
import { DamagedTrail, unseenSpans } from '#libs/trail';
import type { Block, BlockPlace, HashedBlock, LogWriter, Sequence, SignedCheckpoint } from '#libs/trail';
import type { LogDump, LogHarness } from './log-harness.js';

/** Blocks and log in memory, with the promises of the real store. */
export class MemoryLog implements LogHarness {
  private readonly chain = new Map<string, Block>();
  private readonly sequences = new Map<number, Sequence>();
  private readonly tiles = new Map<string, FullTile>();
  private readonly checkpoints = new Map<number, SignedCheckpoint>();
  readonly keys = new Set<string>();
  readonly cosignatures = new Map<string, string>();

  readonly tilesAt = (): HashReader => async (wanted) =>
    Promise.all(wanted.map(({ level, index, width }) => this.hashes(level, index, width)));

  readonly log: LogWriter = {
    prepare: async () => undefined,
    head: async () => ({
      sequenced: Math.max(0, ...[...this.sequences.values()].map(({ end }) => end)),
      signed: Math.max(-1, ...this.checkpoints.keys()),
    }),
    lastCheckpoint: async () => this.checkpoints.get(Math.max(...this.checkpoints.keys())) ?? null,
    sequenceAt: async (start) => this.sequences.get(start) ?? null,
    sequenceEndingAt: async (end) => this.sorted().find((sequence) => sequence.end === end) ?? null,
    newBlocks: async (next, { perTask, entries }) => {
      const spans = unseenSpans(next, perTask);
      const all = this.blocks().filter((block) =>
        spans.some(({ from, to }) => compare(block, from) >= 0 && (to === null || compare(block, to) < 0)),
      );
      const blocks: HashedBlock[] = [];
      let count = 0;
      for (const block of all) {
        if (count >= entries) break;
        blocks.push(block);
        count += block.count;
      }
      const full = Object.values(Object.groupBy(blocks, ({ task }) => task)).some((each) => each!.length >= perTask);
      return { blocks, more: blocks.length < all.length || full };
    },
    blocks: async (wanted) =>
      wanted.map(({ task, n, count }) => {
        const block = this.chain.get(`${task}/${n}`);
        if (block?.count !== count) throw new DamagedTrail(`block ${task}/${n} is not what it was`);
        return block;
      }),
    hasBlock: async ({ task, n }) => this.chain.has(`${task}/${n}`),
    insertSequence: async (sequence) => {
      if (this.sequences.has(sequence.start)) return false;
      this.sequences.set(sequence.start, sequence);
      return true;
    },
    insertTiles: async (tiles) => {
      for (const tile of tiles) {
        const place = `${tile.level}/${tile.index}`;
        const there = this.tiles.get(place) ?? tile;
        if (!there.hashes.equals(tile.hashes) || !there.root.equals(tile.root)) {
          throw new DamagedTrail(`tile ${place} differs`);
        }
        this.tiles.set(place, there);
      }
    },
    insertCheckpoint: async (checkpoint) => {
      const there = this.checkpoints.get(checkpoint.size);
      if (there === undefined) this.checkpoints.set(checkpoint.size, checkpoint);
      else if (!there.root.equals(checkpoint.root)) throw new DamagedTrail(`checkpoint ${checkpoint.size} differs`);
      return there === undefined;
    },
    insertKey: async (key) => void this.keys.add(key),
    insertCosignature: async ({ size, witness, line }) => {
      const id = `${size} ${witness}`;
      if (!this.cosignatures.has(id)) this.cosignatures.set(id, line);
    },
  };

  async append(block: Block): Promise<void> {
    this.chain.set(`${block.task}/${block.n}`, block);
  }

  async dump(): Promise<LogDump> {
    const tiles = [...this.tiles.values()].sort((a, b) => a.level - b.level || a.index - b.index);
    const checkpoints = [...this.checkpoints.values()].sort((a, b) => a.size - b.size);
    return { blocks: this.blocks(), sequences: this.sorted(), tiles, checkpoints };
  }

  private blocks(): Block[] {
    return [...this.chain.values()].sort(compare);
  }

  private sorted(): Sequence[] {
    return [...this.sequences.values()].sort((a, b) => a.start - b.start);
  }

  private async hashes(level: number, index: number, width: number): Promise<Buffer> {
    if (width === TILE_WIDTH) return this.stored(level, index).hashes;
    const from = index * TILE_WIDTH;
    if (level > 0) {
      return Buffer.concat(Array.from({ length: width }, (_, i) => this.stored(level - 1, from + i).root));
    }
    const leaves = this.sorted()
      .filter(({ start }) => start < from + width)
      .flatMap(({ blocks }) => blocks.map(({ task, n }) => (this.chain.get(`${task}/${n}`) as Block).hashes));
    return Buffer.concat(leaves).subarray(from * 32, (from + width) * 32);
  }

  private stored(level: number, index: number): FullTile {
    const tile = this.tiles.get(`${level}/${index}`);
    if (tile === undefined) throw new DamagedTrail(`tile ${level}/${index} is missing`);
    return tile;
  }
}

function compare(a: BlockPlace, b: BlockPlace): number {
  return a.task - b.task || a.n - b.n;
}
