import { Binary } from 'mongodb';
import { DURABLE, isDuplicateKey } from '#libs/trail';
import { BODY_VERSION, decodeFacts, encodeSubject } from './codec.js';
import { subjectPlace } from './documents.js';
import type { PlainSubjectDocument, SubjectDocument } from './documents.js';
import type { SubjectVault } from './collections.js';
import { bytesOf } from './vault/key-ring.js';

/** What documents of that time did not have yet. */
const NOTHING_MORE = { uses: [], duties: [], exceededFrom: Infinity, marks: [] };

/** {@link encryptPlainSubjects} for every task that has such documents. */
export async function encryptAllPlainSubjects(vault: SubjectVault): Promise<void> {
  const tasks = await vault.collections.subjects.distinct('task', { _id: { $gte: '' } } as never);
  for (const task of tasks) await encryptPlainSubjects(task, vault);
}

/** Encrypts the subjects' documents of a task that were written before there was a vault. May be done again at any time. */
export async function encryptPlainSubjects(task: number, { collections, ring }: SubjectVault): Promise<void> {
  const { subjects } = collections;
  // Ids that are text sort together, so where there are none this costs nothing.
  const plain = subjects.find({ _id: { $gte: '' }, task } as never, { readConcern: 'majority' });
  for await (const document of plain as unknown as AsyncIterable<PlainSubjectDocument>) {
    const id = ring.blindId(task, document._id);
    const body = {
      key: document._id,
      secret: bytesOf(document.secret),
      facts: decodeFacts(bytesOf(document.facts)),
      ...NOTHING_MORE,
    };
    const encrypted: SubjectDocument = {
      _id: new Binary(id),
      task,
      through: document.through,
      v: BODY_VERSION,
      ...ring.seal(subjectPlace(id), encodeSubject(body)),
    };
    await subjects.insertOne(encrypted, { writeConcern: DURABLE }).catch((fault: unknown) => {
      if (!isDuplicateKey(fault)) throw fault;
    });
    await subjects.deleteOne({ _id: document._id }, { writeConcern: DURABLE });
  }
}
