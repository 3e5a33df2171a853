import { Binary, Long } from 'mongodb';
import type { AnyBulkWriteOperation } from 'mongodb';
import { DURABLE } from '#libs/trail';
import { BODY_VERSION, encodeSubject } from './codec.js';
import type { SubjectVault } from './collections.js';
import { subjectPlace } from './documents.js';
import type { SubjectDocument, SubjectsDocument } from './documents.js';
import { duplicatesOf } from './duplicates.js';
import type { Subject } from './subject.js';

export type SubjectWrite = AnyBulkWriteOperation<SubjectsDocument>;

/**
 * Puts all that is in memory of a subject in the place of a document of an earlier block. Where there is none, as far as is
 * known, it is inserted: that costs MongoDB a quarter of a replacement.
 */
export function toWrite({ ring }: SubjectVault, task: number, subject: Subject, due: Date): SubjectWrite {
  const id = subject.blindId;
  const _id = new Binary(id);
  const through = Long.fromNumber(subject.through);
  const replacement: Omit<SubjectDocument, '_id'> = {
    task,
    through,
    v: BODY_VERSION,
    ...ring.seal(subjectPlace(id), encodeSubject(subject.contents())),
    due,
    ...(subject.late === null ? {} : { late: new Date(subject.late) }),
    ...(subject.since < 0 ? {} : { since: Long.fromNumber(subject.since) }),
  };
  if (!subject.hasDocument) return { insertOne: { document: { _id, ...replacement } } };
  return replacing({ _id, ...replacement });
}

function replacing({ _id, ...replacement }: SubjectDocument): SubjectWrite {
  return { replaceOne: { filter: { _id, through: { $lt: replacement.through } }, replacement, upsert: true } };
}

/** Sets a subject's mark, or takes it away, in the document of the block that is in memory. */
export function toMark({ blindId, through, late }: Subject): SubjectWrite {
  return {
    updateOne: {
      filter: { _id: new Binary(blindId), through: Long.fromNumber(through) },
      update: late === null ? { $unset: { late: 1 } } : { $set: { late: new Date(late) } },
    },
  };
}

/** Sets when a subject is due in its document, if that is of block `through` or before. */
export function toDue(id: Buffer, through: number, due: Date): SubjectWrite {
  const filter = { _id: new Binary(id), through: { $lte: Long.fromNumber(through) }, g: { $exists: true } };
  return { updateOne: { filter, update: { $set: { due } } } };
}

/** Throws where MongoDB is away; may then be called again. */
export async function writeDocuments({ collections }: SubjectVault, writes: SubjectWrite[]): Promise<void> {
  try {
    await collections.subjects.bulkWrite(writes, { ordered: false, writeConcern: DURABLE });
  } catch (fault) {
    const duplicates = duplicatesOf(fault);
    if (duplicates === null) throw fault;
    // A replacement with a document of its block or a later one in its way: by an earlier try, or by a later owner. In the
    // way of an insertion may be one of an earlier block.
    const again = duplicates.flatMap((index) => {
      const write = writes[index];
      return write !== undefined && 'insertOne' in write ? replacing(write.insertOne.document as SubjectDocument) : [];
    });
    if (again.length > 0) await writeDocuments({ collections } as SubjectVault, again);
  }
}
