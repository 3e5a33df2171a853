import type { LogReader, MongoConnection } from '#libs/trail';
import { cutOf } from './cut.js';
import { rebuild } from './rebuild.js';
import { SetKeeper } from './set-keeper.js';
import { activeSet, SetTaken, ViewSet } from './view-set.js';

/** ms between two looks for what was pruned. */
const PRUNED_EVERY_MS = 60_000;

/**
 * Keeps the read models that are read at the log. Several may do so: the one that is first goes on, and the others begin
 * again from what it did.
 */
export class Projector {
  private keeper: SetKeeper | null = null;
  private lookedAt = -Infinity;

  /** @param building told when the read models are made anew, because there are none of this version */
  constructor(
    private readonly connection: MongoConnection,
    private readonly log: Pick<LogReader, 'checkpoint' | 'minimumIndex' | 'firstBlocks' | 'locate'>,
    private readonly building: () => void = () => undefined,
  ) {}

  /** Log index that the read models are at, as far as known. */
  get through(): number | null {
    return this.keeper?.through ?? null;
  }

  /**
   * One step towards `size`, which is that of a checkpoint; all of them where there are no read models yet.
   *
   * @returns whether they are there
   * @throws DamagedTrail where the log cannot be read
   */
  async step(size: number, signal?: AbortSignal): Promise<boolean> {
    try {
      const keeper = await this.current(signal);
      await this.forgetPruned(keeper);
      await keeper.step(size);
      return keeper.through >= size;
    } catch (fault) {
      this.keeper = null;
      if (fault instanceof SetTaken) return false;
      throw fault;
    }
  }

  private async current(signal: AbortSignal | undefined): Promise<SetKeeper> {
    const active = await activeSet(this.connection);
    if (this.keeper?.name === active) return this.keeper;
    this.lookedAt = -Infinity;
    this.keeper = await SetKeeper.resume(this.connection, new ViewSet(this.connection, active));
    // One that is behind what was pruned cannot go on.
    if (this.keeper !== null && this.keeper.through >= (await this.log.minimumIndex())) return this.keeper;
    this.building();
    await rebuild(this.connection, this.log, undefined, signal);
    return this.current(signal);
  }

  private async forgetPruned(keeper: SetKeeper): Promise<void> {
    if (performance.now() - this.lookedAt < PRUNED_EVERY_MS) return;
    this.lookedAt = performance.now();
    await keeper.forget(await cutOf(this.log));
  }
}
