import { Binary, Long, MongoServerError, ObjectId } from 'mongodb';
import type { AnyBulkWriteOperation, ClientSession, Collection, Filter, UpdateFilter } from 'mongodb';
import { DURABLE } from '#libs/trail';
import type { MongoConnection } from '#libs/trail';
import { packMoments } from '../moments.js';
import { placeKey } from '../projection.js';
import type { EntryPlace, FindingState, Projection } from '../projection.js';
import { ShapeBook } from '../shape-book.js';
import { startOf, type Cut } from './cut.js';
import {
  findingKey,
  SETS,
  toCountChanges,
  toFindingDocument,
  toFindingState,
  toShape,
  VIEW_VERSION,
} from './documents.js';
import type {
  ActiveDocument,
  CountDocument,
  FindingDocument,
  HourDocument,
  SetDocument,
  SetName,
  ShapeDocument,
  StateDocument,
} from './documents.js';

/** The collections of one set. */
export interface ViewCollections {
  readonly state: Collection<StateDocument>;
  readonly shapes: Collection<ShapeDocument>;
  readonly findings: Collection<FindingDocument>;
  readonly counts: Collection<CountDocument>;
  readonly hours: Collection<HourDocument>;
}

export function viewCollections({ db }: Pick<MongoConnection, 'db'>, set: SetName): ViewCollections {
  const options = { readConcern: { level: 'majority' }, ignoreUndefined: true } as const;
  return {
    state: db.collection('viewState', options),
    shapes: db.collection(`viewShapes${set}`, options),
    findings: db.collection(`viewFindings${set}`, options),
    counts: db.collection(`viewCounts${set}`, options),
    hours: db.collection(`viewHours${set}`, options),
  };
}

/** The set that is read: A, until something was built anew. */
export async function activeSet({ db }: Pick<MongoConnection, 'db'>): Promise<SetName> {
  const found = await db
    .collection<ActiveDocument>('viewState')
    .findOne({ _id: 'active' }, { readConcern: 'majority' });
  return found?.set ?? SETS[0];
}

/** Log entries of which moments come into the same documents: 10 MB at most, where all are in one hour and amended. */
const PART_ENTRIES = 131_072;

/** Documents removed at a time. */
const REMOVE_AT_ONCE = 5_000;

/** MongoDB's error code for it. */
const DUPLICATE_KEY = 11_000;

/** Somebody else keeps the same set of read models, and was first. */
export class SetTaken extends Error {
  override readonly name = 'SetTaken';
  constructor() {
    super('Somebody else is building the same read models just now.');
  }
}

/** One set of read models, as somebody who keeps it sees it. */
export class ViewSet {
  private readonly collections: ViewCollections;

  constructor(
    private readonly connection: MongoConnection,
    readonly name: SetName,
  ) {
    this.collections = viewCollections(connection, name);
  }

  /** What is known of it, whatever its version; null: it never was. */
  async state(): Promise<SetDocument | null> {
    return (await this.collections.state.findOne({ _id: this.name })) as SetDocument | null;
  }

  async book(): Promise<ShapeBook> {
    const known = await this.collections.shapes.find({}, { sort: { _id: 1 } }).toArray();
    return new ShapeBook(known.map(toShape));
  }

  /** Findings at these places, by `placeKey`. */
  async findings(places: readonly EntryPlace[]): Promise<Map<string, FindingState>> {
    if (places.length === 0) return new Map();
    const found = this.collections.findings.find({ _id: { $in: places.map(findingKey) } });
    return new Map((await found.toArray()).map((document) => [placeKey(document._id), toFindingState(document)]));
  }

  /**
   * Begins to build it anew, where its state still is `seen`; joins who removes what it held before, since that may have
   * crashed.
   *
   * @returns the building, which no earlier one can change any more
   * @throws SetTaken where somebody else began in between
   */
  async claim(seen: SetDocument | null): Promise<ObjectId> {
    if (seen?.version === VIEW_VERSION && seen.through === undefined && seen.building) return seen.building;
    const { state } = this.collections;
    const building = new ObjectId();
    const document: SetDocument = { _id: this.name, version: VIEW_VERSION, building };
    if (seen === null) {
      await state.insertOne(document, { writeConcern: DURABLE }).catch((fault: unknown) => {
        throw fault instanceof MongoServerError && fault.code === DUPLICATE_KEY ? new SetTaken() : fault;
      });
    } else {
      const same = { ...seen, building: seen.building ?? null };
      const { matchedCount } = await state.replaceOne(same, document, { writeConcern: DURABLE });
      if (matchedCount === 0) throw new SetTaken();
    }
    return building;
  }

  /**
   * Removes what it held before.
   *
   * @param onProgress told how many documents are gone, of about how many
   * @throws SetTaken where the building has begun with entries, or is not the last one
   */
  async clear(building: ObjectId, onProgress: (done: number, total: number) => void = () => undefined): Promise<void> {
    const { findings, counts, hours, shapes } = this.collections;
    const all = [findings, counts, hours, shapes] as unknown as Collection<{ _id: unknown }>[];
    const sizes = await Promise.all(all.map((collection) => collection.estimatedDocumentCount()));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const cleared = { _id: this.name, building, through: { $exists: false } };
    let done = 0;
    for (const collection of all) {
      for (;;) {
        const some = await collection.find({}, { projection: { _id: 1 }, limit: REMOVE_AT_ONCE }).toArray();
        if (some.length === 0) break;
        await this.transaction(async (session) => {
          await this.fence(session, cleared, { $inc: { removed: some.length } });
          await collection.deleteMany({ _id: { $in: some.map(({ _id }) => _id) } }, { session });
        });
        onProgress((done += some.length), total);
      }
    }
  }

  /**
   * Begins with entries at this log index, once nothing is in it.
   *
   * @throws SetTaken where the building has begun already, or is not the last one
   */
  async begin(building: ObjectId, through: number): Promise<void> {
    const mine = { _id: this.name, building, through: { $exists: false } };
    const change = { $set: { through: Long.fromNumber(through) } };
    const { matchedCount } = await this.collections.state.updateOne(mine, change, { writeConcern: DURABLE });
    if (matchedCount === 0) throw new SetTaken();
  }

  /**
   * Takes over what entries from log index `from` to before `to` changed, all of it or nothing.
   *
   * @param building null: of a set that has none
   * @throws SetTaken where the set is not at `from` (any more), or is built anew
   */
  async apply(
    building: ObjectId | null,
    from: number,
    to: number,
    book: ShapeBook,
    projection: Projection,
  ): Promise<void> {
    const through = Long.fromNumber(to);
    const mine = { _id: this.name, version: VIEW_VERSION, building, through: Long.fromNumber(from) };
    await this.transaction(async (session) => {
      await this.fence(session, mine, { $set: { through } });
      await this.write(session, from, through, book, projection);
    });
    book.keep();
  }

  /**
   * Makes it the set that is read.
   *
   * @throws SetTaken where it is built anew already
   */
  async activate(building: ObjectId | null): Promise<void> {
    const document: ActiveDocument = { _id: 'active', set: this.name };
    await this.transaction(async (session) => {
      await this.fence(session, { _id: this.name, building }, { $set: { builtAt: new Date() } });
      await this.collections.state.replaceOne({ _id: 'active' }, document, { upsert: true, session });
    });
  }

  /** Removes findings whose entries are not in the log any more. */
  async forget(cut: Cut): Promise<void> {
    for (const task of cut.starts.keys()) {
      const pruned = { $gte: { task, block: 0, index: 0 }, $lt: startOf(cut, task) };
      await this.collections.findings.deleteMany({ _id: pruned }, { writeConcern: DURABLE });
    }
  }

  /** All of it or nothing. */
  private async transaction(work: (session: ClientSession) => Promise<void>): Promise<void> {
    await this.connection.client.withSession((session) =>
      session.withTransaction(work, { readConcern: { level: 'snapshot' }, writeConcern: DURABLE }),
    );
  }

  /** Changes the state, so that whoever changes it too comes before or after all of the transaction. */
  private async fence(
    session: ClientSession,
    mine: Filter<SetDocument>,
    change: UpdateFilter<SetDocument>,
  ): Promise<void> {
    const state = this.collections.state as unknown as Collection<SetDocument>;
    const { matchedCount } = await state.updateOne(mine, change, { session });
    if (matchedCount === 0) throw new SetTaken();
  }

  private async write(
    session: ClientSession,
    from: number,
    through: Long,
    book: ShapeBook,
    projection: Projection,
  ): Promise<void> {
    const { shapes, findings, counts, hours } = this.collections;
    // Ordered: what comes behind a failure would find no transaction any more, and that looks like one to be repeated.
    const options = { session, ordered: true } as const;
    const fresh = book.fresh().map(({ id, shape }): ShapeDocument => ({ _id: id, ...shape, through }));
    if (fresh.length > 0) await shapes.insertMany(fresh, options);
    const seen = projection.times().map(({ shape, firstSeen, lastSeen, firstRecorded, lastRecorded }) => ({
      updateOne: {
        filter: { _id: shape },
        update: {
          $min: { firstSeen: new Date(firstSeen), firstRecorded: new Date(firstRecorded) },
          $max: { lastSeen: new Date(lastSeen), lastRecorded: new Date(lastRecorded) },
          $set: { through },
        },
      },
    }));
    if (seen.length > 0) await shapes.bulkWrite(seen, options);
    const rows = toCountChanges(projection.counts()).map(({ _id, add }) => {
      const $inc = Object.fromEntries(Array.from(add, ([shape, n]) => [`n.${shape}`, n]));
      return { updateOne: { filter: { _id }, update: { $inc, $set: { through } }, upsert: true } };
    });
    if (rows.length > 0) await counts.bulkWrite(rows, options);
    const part = Math.floor(from / PART_ENTRIES);
    const moments = packMoments(projection.moments).map(({ by, hour, bytes }) => ({
      updateOne: {
        filter: { _id: { by, hour, part } },
        update: { $push: { moments: new Binary(bytes) } },
        upsert: true,
      },
    }));
    if (moments.length > 0) await hours.bulkWrite(moments, options);
    const changed = [...projection.findings.values()];
    // One that nothing amended is new.
    const added = changed.filter(({ history }) => history.length === 0).map(toFindingDocument);
    if (added.length > 0) await findings.insertMany(added, options);
    const amended = changed.filter(({ history }) => history.length > 0).map(toReplacement);
    if (amended.length > 0) await findings.bulkWrite(amended, options);
  }
}

function toReplacement(state: FindingState): AnyBulkWriteOperation<FindingDocument> {
  const replacement = toFindingDocument(state);
  return { replaceOne: { filter: { _id: replacement._id }, replacement, upsert: true } };
}
