import { MongoTrailWriter } from '#libs/trail';
import type { MongoConnection, TrailWriter } from '#libs/trail';
import { decodeJournal, decodeSubject, FIRST_SEALED_VERSION, type SubjectChange } from './codec.js';
import { vaultCollections } from './collections.js';
import type { SubjectVault } from './collections.js';
import { blocksBetween, isErasure, isSubject, journalPlace, subjectPlace } from './documents.js';
import type { JournalDocument, SubjectsDocument } from './documents.js';
import type { OnProgress } from './people.js';
import { Subject } from './subject.js';
import { bytesOf, KeyRing } from './vault/key-ring.js';
import type { VaultKey } from './vault/vault-key.js';

/** A subject and where it is kept. */
export interface Listed {
  readonly task: number;
  /** Blind id, hex: stands for the person to whoever has not the vault's key. */
  readonly blindId: string;
  readonly subject: Subject;
}

/** What the journal of a task says that documents may not say yet. */
interface Pending {
  /** The changes to each subject, by block. */
  readonly changes: Map<string, { readonly n: number; readonly change: SubjectChange }[]>;
  /** Blind id (hex) to the block that erased the subject. */
  readonly erased: Map<string, number>;
}

const LAST = Number.MAX_SAFE_INTEGER - 1;

/**
 * All subjects that the vault knows, for reading: each as of some block of its task that was there when reading began, or
 * a later one. Auditors may be at work meanwhile. Writes nothing.
 */
export class Roll {
  private readonly vault: SubjectVault;
  private readonly trail: TrailWriter;

  /** @param keys of the settings */
  constructor(connection: MongoConnection, keys: readonly [VaultKey, ...VaultKey[]]) {
    const collections = vaultCollections(connection.db);
    this.vault = { collections, ring: new KeyRing(collections.keys, keys) };
    this.trail = new MongoTrailWriter(connection);
  }

  /**
   * @param tasks of the trail
   * @throws VaultError where none of the keys given opens the vault
   */
  async *subjects(tasks: readonly number[], onProgress: OnProgress = () => undefined): AsyncGenerator<Listed> {
    const { collections, ring } = this.vault;
    await ring.prepare();
    // The journal first: a change that is taken out of it meanwhile is in a document by then.
    const pending = new Map<number, Pending>();
    for (const task of tasks) pending.set(task, await this.pendingOf(task));

    const total = await collections.subjects.estimatedDocumentCount();
    let done = 0;
    const documents = collections.subjects.find({}, { sort: { _id: 1 }, readConcern: 'majority', batchSize: 1_000 });
    for await (const document of documents as AsyncIterable<SubjectsDocument>) {
      onProgress({ done: done++, total });
      if (!isSubject(document)) continue;
      const { task } = document;
      const id = bytesOf(document._id);
      const blindId = id.toString('hex');
      const through = Number(document.through);
      const { changes, erased } = pending.get(task) ?? NOTHING;
      if (through <= (erased.get(blindId) ?? -1)) continue;
      await ring.require([document.g]);
      const body = decodeSubject(ring.unseal(subjectPlace(id), document), document.v);
      const subject = Subject.kept(body, through, document.late?.getTime() ?? null, id);
      for (const { n, change } of changes.get(subject.key) ?? []) if (n > through) apply(change, subject);
      changes.delete(subject.key);
      yield { task, blindId, subject };
    }
    for (const [task, { changes }] of pending) {
      for (const [key, list] of changes) {
        const { n, change: first } = list[0] as (typeof list)[number];
        const { secret } = first;
        // Erased since reading began.
        if (secret === null) continue;
        const subject = Subject.named(key, secret, n, ring.blindId(task, key));
        for (const { change } of list) apply(change, subject);
        yield { task, blindId: subject.blindId.toString('hex'), subject };
      }
    }
  }

  private async pendingOf(task: number): Promise<Pending> {
    const { collections, ring } = this.vault;
    const all = { _id: blocksBetween(task, 0, LAST) };
    const journal = await collections.journal.find(all, { sort: { _id: 1 }, readConcern: 'majority' }).toArray();
    await ring.require(journal.flatMap((document) => ('g' in document ? [document.g] : [])));
    const first = journal[0];
    if (first === undefined) return NOTHING;
    const writers = await this.trail.writers(task, Number(first._id.n), LAST);
    const last = (await this.trail.chainEnd(task))?.n ?? -1;
    const isGood = ({ _id }: JournalDocument, i: number): boolean => {
      const n = Number(_id.n);
      const by = writers.get(n);
      if (by !== undefined) return by === _id.writer;
      // Of a block that was pruned since: every block has a journal document, so one that is alone is its block's.
      return n <= last && [journal[i - 1], journal[i + 1]].every((next) => Number(next?._id.n) !== n);
    };
    const erased = new Map<string, number>();
    const changes: Pending['changes'] = new Map();
    for (const document of journal.filter(isGood)) {
      const n = Number(document._id.n);
      if (isErasure(document)) {
        const blindId = bytesOf(document.erased).toString('hex');
        erased.set(blindId, n);
        for (const key of changes.keys()) if (ring.blindId(task, key).toString('hex') === blindId) changes.delete(key);
        continue;
      }
      for (const change of this.changesIn(document)) {
        const list = changes.get(change.key);
        if (list === undefined) changes.set(change.key, [{ n, change }]);
        else list.push({ n, change });
      }
    }
    return { changes, erased };
  }

  private changesIn(document: Exclude<JournalDocument, { erased: unknown }>): readonly SubjectChange[] {
    if (!('g' in document)) return decodeJournal(bytesOf(document.body), FIRST_SEALED_VERSION).changes;
    return decodeJournal(this.vault.ring.unseal(journalPlace(document._id), document), document.v).changes;
  }
}

function apply({ facts, uses, duties, late, marks }: SubjectChange, subject: Subject): void {
  for (const fact of facts) subject.facts.add(fact);
  for (const use of uses) subject.uses.add(use, subject.facts);
  if (duties !== null) subject.duties = duties;
  if (late !== null) subject.late = late.set;
  for (const mark of marks) subject.marks.add(mark);
}

const NOTHING: Pending = { changes: new Map(), erased: new Map() };
