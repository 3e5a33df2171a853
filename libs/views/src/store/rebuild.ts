import type { LogReader, MongoConnection } from '#libs/trail';
import { cutOf } from './cut.js';
import { SETS, throughOf } from './documents.js';
import { SetKeeper } from './set-keeper.js';
import { activeSet, ViewSet } from './view-set.js';

/** What a rebuilding is at. */
export interface RebuildProgress {
  /** `clearing`: what the set held before is removed; counted in documents. `building`: counted in log entries. */
  readonly phase: 'clearing' | 'building';
  readonly done: number;
  readonly total: number;
}

/**
 * Builds the read models anew from the log, beside those that are read until it is done, and then has them read.
 *
 * @returns log index that they are at, which is the newest checkpoint's size when it ended
 * @throws SetTaken where somebody else is building too
 * @throws DamagedTrail where the log cannot be read
 */
export async function rebuild(
  connection: MongoConnection,
  log: Pick<LogReader, 'checkpoint' | 'minimumIndex' | 'firstBlocks' | 'locate'>,
  onProgress: (progress: RebuildProgress) => void = () => undefined,
  signal?: AbortSignal,
): Promise<number> {
  const active = await activeSet(connection);
  const state = await new ViewSet(connection, active).state();
  const exists = state !== null && throughOf(state) !== null;
  const set = new ViewSet(connection, SETS.find((name) => (name === active) !== exists) as (typeof SETS)[number]);
  const cut = await cutOf(log);
  const from = cut.index;
  const building = await SetKeeper.begin(connection, set, exists ? await set.state() : state, cut, (done, total) =>
    onProgress({ phase: 'clearing', done, total }),
  );
  for (;;) {
    const size = (await log.checkpoint())?.size ?? 0;
    if (building.through >= size) break;
    while (building.through < size) {
      signal?.throwIfAborted();
      await building.step(size);
      onProgress({ phase: 'building', done: building.through - from, total: size - from });
    }
  }
  await building.activate();
  return building.through;
}
