import type { LogReader, MongoConnection } from '#libs/trail';
import type { SetName } from './documents.js';
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
  /** What was forgotten: of which set, and up to which log index. */
  private forgotten: { readonly set: SetName; readonly minimum: number } | null = null;
  private lookedAt = -Infinity;

  /** @param building told when the read models are made anew, because there are none of this version */
  constructor(
    private readonly connection: MongoConnection,
    private readonly log: Pick<LogReader, 'checkpoint' | 'minimumIndex' | 'firstBlocks'>,
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
      await keeper.step(size);
      await this.forgetPruned(keeper);
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
    this.keeper = await SetKeeper.resume(this.connection, new ViewSet(this.connection, active));
    if (this.keeper !== null) return this.keeper;
    this.building();
    await rebuild(this.connection, this.log, undefined, signal);
    return this.current(signal);
  }

  /** Findings go with their entries. What was counted stays, until the read models are built anew. */
  private async forgetPruned({ name }: SetKeeper): Promise<void> {
    if (performance.now() - this.lookedAt < PRUNED_EVERY_MS) return;
    this.lookedAt = performance.now();
    const minimum = await this.log.minimumIndex();
    if (minimum === (this.forgotten?.set === name ? this.forgotten.minimum : 0)) return;
    await new ViewSet(this.connection, name).forget(await this.log.firstBlocks(minimum));
    this.forgotten = { set: name, minimum };
  }
}
