import { Binary } from 'mongodb';
import type { Collection, Long, WithId } from 'mongodb';
import { DURABLE, MongoTrailReader, MongoTrailWriter } from '#libs/trail';
import type { MongoConnection, TrailWriter } from '#libs/trail';
import { vaultCollections } from './collections.js';
import {
  BODY_VERSION,
  decodeJournal,
  decodePositions,
  decodeSubject,
  encodeJournal,
  encodePositions,
  FIRST_SEALED_VERSION,
  type JournalBody,
} from './codec.js';
import {
  blockKey,
  blocksBetween,
  evidencePlace,
  indexedId,
  isErasure,
  isSubject,
  journalPlace,
  positionsPlace,
  subjectPlace,
} from './documents.js';
import type {
  BlockKey,
  ErasureDocument,
  EvidenceDocument,
  JournalDocument,
  PositionsDocument,
  SubjectsDocument,
} from './documents.js';
import { compress, decompress, withoutRows } from './evidence.js';
import { writersOf } from './history.js';
import { writeTouched } from './problem-people.js';
import { tagOf } from './tag.js';
import { encryptAllPlainSubjects } from './encrypt-plain.js';
import { bury } from './bury.js';
import type { SubjectVault } from './collections.js';
import { bytesOf, KeyRing } from './vault/key-ring.js';
import type { VaultKey } from './vault/vault-key.js';

/** Where an entry stands in the trail. */
export interface EntryPlace {
  readonly task: number;
  readonly block: number;
  readonly index: number;
}

/**
 * Whom an entry is about. `nobody`: it names no person (it was unreadable, or is an act). `erased`: the person was.
 * `unrecorded`: its block was written before it was recorded whom entries are about.
 */
export type Whom =
  { readonly kind: 'person'; readonly key: string } | { readonly kind: 'nobody' | 'erased' | 'unrecorded' };

/** What one task holds of a person. */
export interface Traces {
  readonly task: number;
  /** The subject's document is there. */
  readonly known: boolean;
  /** Blocks of which the journal still has something about the person. */
  readonly journal: number;
  /** Entries that are known to be about the person. */
  readonly entries: number;
  /** Makes tags with the person's secret; null where it is not known. */
  readonly tag: ((id: string) => Buffer) | null;
}

/** Told while a collection is gone through: documents so far, and about how many there are. */
export type OnProgress = (progress: { readonly done: number; readonly total: number }) => void;

/** Blocks looked at together. */
const CHUNK = 200;

/** What investigators need of the vault: who is behind an entry, which entries are about a person, and erasing one. */
export class People {
  private readonly vault: SubjectVault;
  private readonly trail: TrailWriter;
  private readonly reader: MongoTrailReader;

  /** @param keys of the settings */
  constructor(connection: MongoConnection, keys: readonly [VaultKey, ...VaultKey[]]) {
    const collections = vaultCollections(connection.db);
    this.vault = { collections, ring: new KeyRing(collections.keys, keys) };
    this.trail = new MongoTrailWriter(connection);
    this.reader = new MongoTrailReader(connection);
  }

  /**
   * To be called first.
   *
   * @throws VaultError where none of the keys given opens the vault
   */
  async prepare(): Promise<void> {
    await this.vault.ring.prepare();
    await encryptAllPlainSubjects(this.vault);
  }

  async whom({ task, block, index }: EntryPlace): Promise<Whom> {
    const writer = (await this.trail.writers(task, block, block)).get(block);
    if (writer === undefined) return { kind: 'unrecorded' };
    const _id = blockKey(task, block, writer);
    const document = await this.vault.collections.positions.findOne({ _id }, { readConcern: 'majority' });
    if (document === null) return { kind: 'unrecorded' };
    const { subjects, entries } = await this.positionsIn(document);
    const number = entries[index] ?? 0;
    if (number === 0) return { kind: 'nobody' };
    const key = subjects[number - 1];
    return key === undefined || key === '' ? { kind: 'erased' } : { kind: 'person', key };
  }

  /** The entries known to be about a person, by task and block. */
  async *positionsOf(key: string, onProgress: OnProgress = () => undefined): AsyncGenerator<EntryPlace> {
    for await (const document of this.naming(await this.tasks(), key, onProgress)) {
      const { task, n } = document._id;
      const { subjects, entries } = await this.positionsIn(document);
      const number = subjects.indexOf(key) + 1;
      for (const [index, of] of entries.entries()) if (of === number) yield { task, block: Number(n), index };
    }
  }

  /** What every task holds of a person; tasks that hold nothing are left out. */
  async traces(key: string, onProgress: OnProgress = () => undefined): Promise<Traces[]> {
    const tasks = await this.tasks();
    const entries = new Map<number, number>();
    for await (const { task } of this.positionsOf(key, onProgress)) entries.set(task, (entries.get(task) ?? 0) + 1);
    const all: Traces[] = [];
    for (const task of tasks) {
      const document = await this.subject(task, key);
      let secret = document?.secret ?? null;
      let journal = 0;
      for await (const { changes } of this.journalOf(task, key, Infinity)) {
        journal++;
        secret ??= changes.find((change) => change.key === key)?.secret ?? null;
      }
      const known = document !== null;
      const found = { task, known, journal, entries: entries.get(task) ?? 0 };
      if (!known && journal === 0 && found.entries === 0) continue;
      const kept = secret;
      all.push({ ...found, tag: kept === null ? null : (id) => tagBytes(kept, id) });
    }
    return all;
  }

  /** The secret's tag of an act about a person in a task; null where the person is not known there. */
  async tagIn(task: number, key: string, id: string): Promise<Buffer | null> {
    const document = await this.subject(task, key);
    if (document !== null) return tagBytes(document.secret, id);
    for await (const { changes } of this.journalOf(task, key, Infinity)) {
      const secret = changes.find((change) => change.key === key)?.secret;
      if (secret) return tagBytes(secret, id);
    }
    return null;
  }

  /** Notes in the journal that with one of these blocks the person is erased: with the one that then is `writer`'s. */
  async announce(task: number, blocks: readonly number[], writer: string, key: string): Promise<void> {
    const erased = new Binary(this.vault.ring.blindId(task, key));
    const documents = blocks.map((n) => ({ _id: blockKey(task, n, writer), erased }));
    await this.vault.collections.journal.insertMany(documents, { writeConcern: DURABLE });
  }

  /** Takes announcements back whose blocks are not, and will not be, `writer`'s. */
  async withdraw(task: number, blocks: readonly number[], writer: string): Promise<void> {
    const ids = blocks.map((n) => blockKey(task, n, writer));
    await this.vault.collections.journal.deleteMany({ _id: { $in: ids } }, { writeConcern: DURABLE });
  }

  /**
   * Destroys what a task holds of a person from before block `n`, which is `writer`'s and says so in the trail. May be
   * done again where it was broken off.
   */
  async destroy(
    task: number,
    n: number,
    writer: string,
    key: string,
    onProgress: OnProgress = () => undefined,
  ): Promise<void> {
    const { collections, ring } = this.vault;
    await bury(this.vault, task, ring.blindId(task, key), n);
    await collections.subjects.deleteOne({ _id: key }, { writeConcern: DURABLE });
    // Of those who wrote ahead of the block and lost it.
    const byBlock = [collections.journal, collections.evidence, collections.positions];
    for (const collection of byBlock as unknown as Collection<{ _id: BlockKey }>[]) {
      const ids = await collection
        .find({ _id: blocksBetween(task, n, n) })
        .project<{ _id: BlockKey }>({ _id: 1 })
        .toArray();
      for (const { _id } of ids) {
        if (_id.writer !== writer) await collection.deleteOne({ _id: blockKey(task, n, _id.writer) });
      }
    }
    for await (const { document } of this.journalOf(task, key, n - 1)) await this.strike(document, key);
    for await (const document of this.naming([task], key, onProgress)) {
      if (Number(document._id.n) >= n) continue;
      // The name last: it says whose the evidence is, where this is broken off.
      await this.empty(document, key);
      await this.blank(document, key);
    }
  }

  /** Takes a person out of a journal document. */
  private async strike(document: JournalDocument, key: string): Promise<void> {
    const { journal } = this.vault.collections;
    const _id = idOf(document);
    await this.rewrite(journal as never, _id, async (current: JournalDocument) => {
      const { changes, touched } = await this.bodyOf(current);
      const own = touched.filter((touch) => touch.key === key);
      // Nobody may have come to write them yet: whose they are is forgotten, not that there was somebody.
      if (own.length > 0 && (await this.isGood(_id))) await writeTouched(this.vault, own);
      const left = {
        changes: changes.filter((change) => change.key !== key),
        touched: touched.filter((touch) => touch.key !== key),
      };
      return { v: BODY_VERSION, ...this.vault.ring.seal(journalPlace(_id), encodeJournal(left)) };
    });
  }

  /** Whether what was written ahead of a block is of the block in the trail, as far as that is known. */
  private async isGood({ task, n, writer }: BlockKey): Promise<boolean> {
    const writers = await this.trail.writers(task, Number(n), Number(n));
    return (writers.get(Number(n)) ?? writer) === writer;
  }

  /** Takes what a person's entries were judged from out of the evidence beside a document of positions. */
  private async empty(document: PositionsDocument, key: string): Promise<void> {
    const _id = idOf(document);
    const { ring, collections } = this.vault;
    const { subjects, entries } = await this.positionsIn(document);
    const number = subjects.indexOf(key) + 1;
    await this.rewrite<EvidenceDocument>(collections.evidence, _id, async (current) => {
      await ring.require([current.g]);
      const rows = decompress(ring.unseal(evidencePlace(_id), current));
      const left = compress(withoutRows(rows, (index) => entries[index] === number));
      return { v: current.v, ...ring.seal(evidencePlace(_id), left) };
    });
  }

  /** Takes a person's name out of a document of positions. */
  private async blank(document: PositionsDocument, key: string): Promise<void> {
    const _id = idOf(document);
    const { ring, collections } = this.vault;
    await this.rewrite<PositionsDocument>(collections.positions, _id, async (current) => {
      const { subjects, entries } = await this.positionsIn(current);
      const left = subjects.map((subject) => (subject === key ? '' : subject));
      const sealed = ring.seal(positionsPlace(_id), encodePositions({ subjects: left, entries }));
      if (current.of === undefined) return { v: current.v, ...sealed };
      const named = left.filter((subject) => subject !== '');
      return { v: current.v, ...sealed, of: named.map((subject) => indexedId(ring.blindId(_id.task, subject))) };
    });
  }

  /** Replaces a document's body, unless it is gone; again where somebody else (a rotation of keys) replaced it meanwhile. */
  private async rewrite<D extends PositionsDocument | EvidenceDocument>(
    collection: Collection<D>,
    _id: BlockKey,
    change: (current: D) => Promise<Partial<PositionsDocument>>,
  ): Promise<void> {
    await this.vault.ring.keepFresh();
    for (;;) {
      const current = await collection.findOne({ _id } as never);
      if (current === null) return;
      const set = await change(current as unknown as D);
      const mine = { _id, body: current.body } as never;
      const { matchedCount } = await collection.updateOne(mine, { $set: set } as never, { writeConcern: DURABLE });
      if (matchedCount === 1) return;
    }
  }

  private async tasks(): Promise<number[]> {
    return (await this.reader.tasks()).filter((task) => task >= 0);
  }

  private async subject(task: number, key: string): Promise<{ secret: Buffer } | null> {
    const { collections, ring } = this.vault;
    const id = ring.blindId(task, key);
    const _id = new Binary(id);
    const found = (await collections.subjects.findOne({ _id }, { readConcern: 'majority' })) as SubjectsDocument | null;
    if (found === null || !isSubject(found)) return null;
    await ring.require([found.g]);
    return { secret: decodeSubject(ring.unseal(subjectPlace(id), found), found.v).secret };
  }

  /** The journal documents of a task that name a person, to block `to`. */
  private async *journalOf(
    task: number,
    key: string,
    to: number,
  ): AsyncGenerator<{ document: JournalDocument; changes: JournalBody['changes'] }> {
    const last = Number.isFinite(to) ? to : Number.MAX_SAFE_INTEGER - 1;
    const all = this.vault.collections.journal.find({ _id: blocksBetween(task, 0, last) }, { sort: { _id: 1 } });
    const needle = Buffer.from(key);
    for await (const document of all.batchSize(8) as AsyncIterable<JournalDocument>) {
      if (isErasure(document) || !(await this.plainOf(document)).includes(needle)) continue;
      const { changes, touched } = await this.bodyOf(document);
      if ([...changes, ...touched].some((each) => each.key === key)) yield { document, changes };
    }
  }

  private async bodyOf(document: JournalDocument): Promise<JournalBody> {
    if (isErasure(document)) return { changes: [], touched: [] };
    return decodeJournal(await this.plainOf(document), 'g' in document ? document.v : FIRST_SEALED_VERSION);
  }

  private async plainOf(document: Exclude<JournalDocument, ErasureDocument>): Promise<Buffer> {
    if (!('g' in document)) return bytesOf(document.body);
    await this.vault.ring.require([document.g]);
    return this.vault.ring.unseal(journalPlace(document._id), document);
  }

  private async positionsIn(document: PositionsDocument): Promise<ReturnType<typeof decodePositions>> {
    await this.vault.ring.require([document.g]);
    return decodePositions(this.vault.ring.unseal(positionsPlace(document._id), document));
  }

  /**
   * The positions of tasks that name a person, of blocks that are in the trail, by task and block; what is void is removed.
   * Found by an index, but for those from before there was one.
   */
  private async *naming(
    tasks: readonly number[],
    key: string,
    onProgress: OnProgress,
  ): AsyncGenerator<PositionsDocument> {
    const { positions } = this.vault.collections;
    const blocks = new Map<number, number[]>();
    const numbersOf = async (query: object): Promise<number[]> => {
      const found = positions
        .find(query as never, { readConcern: 'majority' })
        .project<{ _id: { n: Long | number } }>({ '_id.n': 1 });
      return (await found.toArray()).map(({ _id }) => Number(_id.n));
    };
    for (const task of tasks) {
      // The id is of the task, and the index has all that is asked for.
      const named = await numbersOf({ of: indexedId(this.vault.ring.blindId(task, key)) });
      const before = await numbersOf({ of: null, '_id.task': task });
      const numbers = new Set([...named, ...before]);
      blocks.set(
        task,
        [...numbers].sort((x, y) => x - y),
      );
    }
    const total = [...blocks.values()].reduce((sum, { length }) => sum + length, 0);
    let done = 0;
    for (const [task, numbers] of blocks) {
      for (let i = 0; i < numbers.length; i += CHUNK) {
        const chunk = numbers.slice(i, i + CHUNK);
        yield* this.namingIn(task, chunk, key);
        onProgress({ done: (done += chunk.length), total });
      }
    }
  }

  private async *namingIn(task: number, blocks: readonly number[], key: string): AsyncGenerator<PositionsDocument> {
    const { collections, ring } = this.vault;
    const writers = await writersOf(blocks, (from, to) => this.trail.writers(task, from, to));
    const needle = Buffer.from(key);
    for (const n of blocks) {
      const found = collections.positions.find({ _id: blocksBetween(task, n, n) });
      for await (const document of found as AsyncIterable<WithId<PositionsDocument>>) {
        const writer = writers.get(n);
        // A block that is not there may be written yet, or was pruned.
        if (writer !== undefined && writer !== document._id.writer) {
          const _id = idOf(document);
          await collections.evidence.deleteOne({ _id });
          await collections.positions.deleteOne({ _id });
          continue;
        }
        await ring.require([document.g]);
        // Far faster than decoding; a key within another's is told apart by decoding.
        if (!ring.unseal(positionsPlace(document._id), document).includes(needle)) continue;
        if ((await this.positionsIn(document)).subjects.includes(key)) yield document;
      }
    }
  }
}

function tagBytes(secret: Buffer, id: string): Buffer {
  return Buffer.from(tagOf(secret.toString('latin1'), id), 'latin1');
}

/** Numbers as they were written. */
function idOf({ _id: { task, n, writer } }: { readonly _id: BlockKey }): BlockKey {
  return blockKey(task, Number(n), writer);
}
