import { ACTS_TASK } from '#libs/trail';
import type { LogReader, TrailReader } from '#libs/trail';
import type { Published } from './publishing.js';

/** How far a trail has come, read block by block. */
export class Progress {
  blocks = 0;
  private readonly next = new Map<number, number>();
  private readonly positions = new Map<number, Readonly<Record<string, number>>>();
  /** By task, the last block that has entries. */
  private readonly lasts = new Map<number, number>();

  constructor(
    private readonly trail: TrailReader,
    private readonly log: Pick<LogReader, 'firstBlocks' | 'checkpoint'>,
  ) {}

  /** Reads the blocks that have come. Throws where MongoDB is away. */
  async poll(): Promise<void> {
    for (const task of await this.trail.tasks()) {
      if (task === ACTS_TASK) continue;
      for await (const head of this.trail.heads({ task, from: this.next.get(task) ?? 0 })) {
        this.next.set(task, head.n + 1);
        this.positions.set(task, head.next);
        if (head.count > 0) this.lasts.set(task, head.n);
        this.blocks++;
      }
    }
  }

  /** Whether every offset below these is in a block. */
  covers(ends: Published): boolean {
    return [...ends].every(([topic, list]) =>
      list.every((end, partition) => (this.positions.get(partition)?.[topic] ?? 0) >= end),
    );
  }

  /** Whether all blocks read so far that have entries are under a signed checkpoint. Throws where MongoDB is away. */
  async signed(): Promise<boolean> {
    const { size } = (await this.log.checkpoint()) ?? { size: 0 };
    const first = await this.log.firstBlocks(size);
    return [...this.lasts].every(([task, n]) => n < (first.get(task) ?? 0));
  }
}
