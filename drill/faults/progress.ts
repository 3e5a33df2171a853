import { ACTS_TASK } from '#libs/trail';
import type { BlockHead, LogReader, TrailReader } from '#libs/trail';
import type { Published } from './publishing.js';

/** How far a trail has come, read block by block. */
export class Progress {
  blocks = 0;
  private readonly next = new Map<number, number>();
  private readonly positions = new Map<number, Readonly<Record<string, number>>>();
  private readonly lasts = new Map<number, Pick<BlockHead, 'task' | 'n' | 'count'>>();

  constructor(
    private readonly trail: TrailReader,
    private readonly log: Pick<LogReader, 'logIndexOf' | 'checkpoint'>,
  ) {}

  /** Reads the blocks that have come. Throws where MongoDB is away. */
  async poll(): Promise<void> {
    for (const task of await this.trail.tasks()) {
      if (task === ACTS_TASK) continue;
      for await (const head of this.trail.heads({ task, from: this.next.get(task) ?? 0 })) {
        this.next.set(task, head.n + 1);
        this.positions.set(task, head.next);
        if (head.count > 0) this.lasts.set(task, head);
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
    for (const { task, n, count } of this.lasts.values()) {
      const index = await this.log.logIndexOf(task, n, count - 1);
      if (index === null || index >= size) return false;
    }
    return true;
  }
}
