import { Binary, Long, MongoBulkWriteError } from 'mongodb';
import type { AnyBulkWriteOperation } from 'mongodb';
import { DURABLE } from '#libs/trail';
import { BODY_VERSION, encodeSubject } from './codec.js';
import type { SubjectVault } from './collections.js';
import { subjectPlace } from './documents.js';
import type { SubjectDocument, SubjectsDocument } from './documents.js';
import type { Subject } from './subject.js';

export type SubjectWrite = AnyBulkWriteOperation<SubjectsDocument>;

const DUPLICATE_KEY = 11000;

/** Puts all that is in memory of a subject in the place of a document of an earlier block. */
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
  return { replaceOne: { filter: { _id, through: { $lt: through } }, replacement, upsert: true } };
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
    // The document is of the same block or a later one already: by an earlier try, or by a later owner.
    if (!(fault instanceof MongoBulkWriteError) || !onlyDuplicates(fault)) throw fault;
  }
}

function onlyDuplicates(fault: MongoBulkWriteError): boolean {
  const faults = Array.isArray(fault.writeErrors) ? fault.writeErrors : [fault.writeErrors];
  return (
    faults.length > 0 &&
    faults.every(({ code }) => code === DUPLICATE_KEY) &&
    fault.result.getWriteConcernError() === undefined
  );
}
