import type { ObjectId } from 'mongodb';
import { decodeEntry } from '#libs/events';
import type { AuditEntry } from '#libs/events';
import { decodeBundle } from '#libs/log';
import { DamagedTrail, MongoLogBlocks } from '#libs/trail';
import type { LogBlock, MongoConnection } from '#libs/trail';
import { Projection } from '../projection.js';
import type { Before, EntryPlace, LogEntry } from '../projection.js';
import type { ShapeBook } from '../shape-book.js';
import { isPruned, type Cut } from './cut.js';
import { throughOf } from './documents.js';
import type { SetDocument, SetName } from './documents.js';
import type { ViewSet } from './view-set.js';

/** Entries taken over at a time: some hundred ms of work, and far below what a transaction may hold. */
const AT_ONCE = 16_384;
const NO_CUT: Cut = { index: 0, starts: new Map(), first: null };

/**
 * Takes entries of the log over into one set of read models, step by step. Each step is one transaction that also says
 * how far the set is, so that whatever crashes, every entry counts once.
 */
export class SetKeeper {
  private readonly blocks: MongoLogBlocks;

  private constructor(
    connection: MongoConnection,
    private readonly set: ViewSet,
    private readonly building: ObjectId | null,
    private readonly book: ShapeBook,
    private at: number,
    private cut: Cut,
  ) {
    this.blocks = new MongoLogBlocks(connection);
  }

  /** Goes on with a set; null where there is none, or one of another version. */
  static async resume(connection: MongoConnection, set: ViewSet): Promise<SetKeeper | null> {
    const state = await set.state();
    const through = state && throughOf(state);
    if (through === null) return null;
    return new SetKeeper(connection, set, state?.building ?? null, await set.book(), through, NO_CUT);
  }

  /**
   * Builds a set anew from where the log begins, where its state still is `seen`.
   *
   * @param onClearing told how many documents of before are gone, of about how many
   * @throws SetTaken where somebody else builds it too, and was first
   */
  static async begin(
    connection: MongoConnection,
    set: ViewSet,
    seen: SetDocument | null,
    cut: Cut,
    onClearing?: (done: number, total: number) => void,
  ): Promise<SetKeeper> {
    const building = await set.claim(seen);
    await set.clear(building, onClearing);
    await set.begin(building, cut.index);
    return new SetKeeper(connection, set, building, await set.book(), cut.index, cut);
  }

  get name(): SetName {
    return this.set.name;
  }

  /** Log index after the last entry taken over. */
  get through(): number {
    return this.at;
  }

  /**
   * One step towards `size`, which is that of a checkpoint. After a failure the keeper is of no more use.
   *
   * @throws SetTaken where somebody else was first
   * @throws DamagedTrail where the log cannot be read
   */
  async step(size: number): Promise<void> {
    if (this.at >= size) return;
    const entries: LogEntry[] = [];
    const recordedAt = new Map<string, number>();
    let end = this.at;
    for await (const block of this.blocks.between(this.at, Math.min(size, this.at + AT_ONCE))) {
      for (const entry of entriesIn(block)) if (entry.logIndex >= this.cut.index) entries.push(entry);
      recordedAt.set(`${block.task}/${block.n}`, block.recordedAt);
      end = block.start + block.count;
    }
    const projection = new Projection(this.book, await this.before(entries, recordedAt));
    for (const entry of entries) projection.add(entry);
    await this.set.apply(this.building, this.at, end, this.book, projection);
    this.at = end;
  }

  /** Findings go with their entries. What was counted stays, until the read models are built anew. */
  async forget(cut: Cut): Promise<void> {
    if (cut.index === this.cut.index) return;
    await this.set.forget(cut);
    this.cut = cut;
  }

  /**
   * Has it read.
   *
   * @throws SetTaken where it is built anew already
   */
  async activate(): Promise<void> {
    await this.set.activate(this.building);
  }

  /** What is known of earlier entries that some of these amend. */
  private async before(entries: readonly LogEntry[], known: Map<string, number>): Promise<Before> {
    const amended = entries.flatMap(({ entry }) => (entry.amends === null ? [] : [entry.amends]));
    const findings = await this.set.findings(amended);
    const places = amended
      .filter(({ task, block }) => !known.has(`${task}/${block}`))
      .map(({ task, block }) => ({ task, n: block }));
    const byBlock = places.length === 0 ? known : new Map([...known, ...(await this.blocks.recordedAt(places))]);
    const recordedAt = (place: EntryPlace): number | undefined =>
      isPruned(place, this.cut) ? undefined : byBlock.get(`${place.task}/${place.block}`);
    return { findings, recordedAt };
  }
}

function* entriesIn({ task, n, start, count, entries }: LogBlock): Generator<LogEntry> {
  let index = 0;
  for (const bytes of decodeBundle(entries, count)) {
    yield { task, block: n, index, logIndex: start + index, entry: decode(bytes, start + index) };
    index++;
  }
}

/** @throws DamagedTrail where the bytes are no entry, or one of a later version: nothing may be passed over */
function decode(bytes: Buffer, logIndex: number): AuditEntry {
  try {
    return decodeEntry(bytes);
  } catch (fault) {
    throw new DamagedTrail(`Entry ${logIndex} of the log cannot be read: ${(fault as Error).message}.`);
  }
}
