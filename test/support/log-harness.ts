import type { FullTile, HashReader } from '#libs/log';
import { makeBlock } from '#libs/trail';
import type { Block, ChainEnd, LogWriter, Sequence, SignedCheckpoint } from '#libs/trail';

/** A store of blocks and log under test. */
export interface LogHarness {
  readonly log: LogWriter;
  readonly tilesAt: (size: number) => HashReader;
  append(block: Block): Promise<void>;
  /** All that is stored. */
  dump(): Promise<LogDump>;
}

export interface LogDump {
  /** By task and number. */
  readonly blocks: readonly Block[];
  /** By start. */
  readonly sequences: readonly Sequence[];
  /** By level and index. */
  readonly tiles: readonly FullTile[];
  /** By size. */
  readonly checkpoints: readonly SignedCheckpoint[];
}

/** Makes the blocks of tasks' chains, with entries that are all different. */
export class Chains {
  private readonly ends = new Map<number, ChainEnd>();

  /** The next block of a task. */
  block(task: number, count: number): Block {
    const end = this.ends.get(task) ?? null;
    const n = (end?.n ?? -1) + 1;
    const from = end?.next['t'] ?? 0;
    const block = makeBlock(
      {
        task,
        ranges: [{ topic: 't', partition: task, from, to: from + count, lost: false }],
        next: { t: from + count },
        entries: Array.from({ length: count }, (_, i) => Buffer.from(`entry ${i} of block ${task}/${n}`)),
        writer: 'test',
        recordedAt: Date.now(),
        summary: { verdicts: [], rules: [] },
      },
      end,
    );
    this.ends.set(task, block);
    return block;
  }
}
