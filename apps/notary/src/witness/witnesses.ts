import type { SignedCheckpoint } from '#libs/trail';
import type { Witness } from './witness.js';

/** All witnesses; each goes at its own pace, and none holds up another, or the log. */
export class Witnesses {
  private size = -1;

  constructor(private readonly all: readonly Witness[]) {}

  /** Gives on a checkpoint that is newer than the one before. */
  offer(checkpoint: SignedCheckpoint): void {
    if (checkpoint.size <= this.size) return;
    this.size = checkpoint.size;
    for (const witness of this.all) witness.offer(checkpoint);
  }

  /** Works until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.all.map((witness) => witness.run(signal)));
  }
}
