import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEntry } from '#libs/events';
import { entriesOf } from '#libs/trail';
import type { PlacedEntry } from '#libs/trail';
import type { Auditing } from './auditing.js';

const POLL_MS = 100;

/** The entries of a trail as it grows; each block is read once. */
export class Follower {
  readonly entries: PlacedEntry[] = [];
  private readonly next = new Map<number, number>();

  constructor(private readonly world: Pick<Auditing, 'trail' | 'requireAuditor'>) {}

  of(kind: AuditEntry['kind']): PlacedEntry[] {
    return this.entries.filter(({ entry }) => entry.kind === kind);
  }

  /** Takes in what is new. */
  async read(): Promise<void> {
    const { trail } = this.world;
    for (const task of await trail.tasks()) {
      for await (const block of trail.blocks({ task, from: this.next.get(task) ?? 0 })) {
        this.next.set(task, block.n + 1);
        this.entries.push(...entriesOf(block));
      }
    }
  }

  /** Resolves when so many entries of a kind are in the trail. */
  async reach(kind: AuditEntry['kind'], count: number): Promise<void> {
    for (await this.read(); this.of(kind).length < count; await this.read()) {
      this.world.requireAuditor();
      await sleep(POLL_MS);
    }
  }
}
