import { setTimeout as sleep } from 'node:timers/promises';
import { entriesOf, type MongoTrailReader } from '#libs/trail';
import type { LogWatch } from '../../apps/local/src/log-watch.js';

/** How long records took, ms, of those that arrived since it was asked last. */
export interface Latencies {
  /** From the record's timestamp, set as it was published, to its block being seen durable. */
  readonly durable: readonly number[];
  /** To the checkpoint that covers it being served. */
  readonly signed: readonly number[];
}

const POLL_MS = 100;

/** A block seen, and when its records were published. */
interface Waiting {
  readonly task: number;
  readonly n: number;
  readonly published: readonly number[];
}

/**
 * Follows the trail and the public log as anybody with read rights could, ten times a second; what it measures is too long
 * by up to that much. New findings count, amendments and what was published before the start do not.
 */
export class LatencyWatch {
  private durable: number[] = [];
  private signed: number[] = [];
  private readonly next = new Map<number, number>();
  private waiting: Waiting[] = [];
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();
  private readonly started = Date.now();

  constructor(
    private readonly trail: MongoTrailReader,
    private readonly log: LogWatch,
  ) {}

  start(): void {
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  take(): Latencies {
    const { durable, signed } = this;
    this.durable = [];
    this.signed = [];
    return { durable, signed };
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.readBlocks();
      await this.readCheckpoint();
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async readBlocks(): Promise<void> {
    for (const task of await this.trail.tasks()) {
      for await (const block of this.trail.blocks({ task, from: this.next.get(task) ?? 0 })) {
        const now = Date.now();
        this.next.set(task, block.n + 1);
        const published = [...entriesOf(block)].flatMap(({ entry: { kind, source } }) => {
          const isNew = (kind === 'finding' || kind === 'unreadable') && (source?.timestamp ?? 0) >= this.started;
          return isNew ? [source!.timestamp] : [];
        });
        for (const at of published) this.durable.push(now - at);
        if (block.count > 0) this.waiting.push({ task, n: block.n, published });
      }
    }
  }

  private async readCheckpoint(): Promise<void> {
    const before = this.log.newest?.size;
    await this.log.poll();
    if (this.log.newest?.size === before) return;
    const now = Date.now();
    const left: Waiting[] = [];
    const isCovered = await this.log.coverage();
    for (const block of this.waiting) {
      if (isCovered(block)) for (const at of block.published) this.signed.push(now - at);
      else left.push(block);
    }
    this.waiting = left;
  }
}
