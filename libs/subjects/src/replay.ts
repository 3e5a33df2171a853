import { bury } from './bury.js';
import { decodeJournal } from './codec.js';
import type { SubjectVault } from './collections.js';
import { isErasure, journalPlace } from './documents.js';
import type { ErasureDocument, JournalDocument } from './documents.js';
import type { ProblemPeople } from './problem-people.js';
import { Subject } from './subject.js';
import type { SubjectLookup } from './subject-lookup.js';
import { bytesOf } from './vault/key-ring.js';
import type { WriteBehind } from './write-behind.js';

/** Into what a task's journal is read. */
export interface Replayed {
  readonly task: number;
  readonly vault: SubjectVault;
  readonly lookup: SubjectLookup;
  readonly documents: WriteBehind;
  readonly people: ProblemPeople;
}

/**
 * Brings a task's subjects to where good journal documents leave them, in order; those of subjects that were erased since
 * are destroyed. Throws where MongoDB is away.
 */
export async function replay(journal: readonly JournalDocument[], into: Replayed): Promise<void> {
  const erased = await eraseAgain(journal, into);
  for (const document of journal) if (!isErasure(document)) await apply(document, erased, into);
}

/** Destroys the documents of subjects that the journal says were erased; gives the block by blind id in hex. */
async function eraseAgain(
  journal: readonly JournalDocument[],
  { task, vault }: Replayed,
): Promise<ReadonlyMap<string, number>> {
  const erased = new Map<string, number>();
  for (const document of journal) {
    if (!isErasure(document)) continue;
    const id = bytesOf(document.erased);
    const n = Number(document._id.n);
    erased.set(id.toString('hex'), n);
    await bury(vault, task, id, n);
  }
  return erased;
}

/** Applies a journal document to the subjects that do not have it yet. */
async function apply(
  document: Exclude<JournalDocument, ErasureDocument>,
  erased: ReadonlyMap<string, number>,
  { task, vault: { ring }, lookup, documents, people }: Replayed,
): Promise<void> {
  const n = Number(document._id.n);
  const body = 'g' in document ? ring.unseal(journalPlace(document._id), document) : bytesOf(document.body);
  const { changes: all, touched } = decodeJournal(body, document.v);
  // Of those who were erased since, too: they count.
  people.adopt(touched);
  let changes = all;
  if (erased.size > 0) {
    const lives = (key: string) => n > (erased.get(ring.blindId(task, key).toString('hex')) ?? -1);
    changes = changes.filter(({ key }) => lives(key));
  }
  await lookup.read(changes.map(({ key }) => key).filter((key) => lookup.find(key) === undefined));
  for (const { key, secret, facts, uses, duties, late, marks } of changes) {
    let subject = lookup.find(key);
    if (subject === undefined) {
      if (secret === null) throw new Error(`the journal of task ${task} lacks a subject that block ${n} changes`);
      subject = Subject.named(key, secret, n, ring.blindId(task, key));
      lookup.add(subject);
    }
    if (subject.through >= n) continue;
    for (const fact of facts) subject.facts.add(fact);
    for (const use of uses) subject.uses.add(use, subject.facts);
    if (duties !== null) subject.duties = duties;
    if (late !== null) subject.late = late.set;
    for (const mark of marks) subject.marks.add(mark);
    subject.dueBy = null;
    documents.keep(subject, n);
  }
  lookup.trim();
}
