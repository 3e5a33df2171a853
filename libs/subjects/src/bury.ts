import { Long } from 'mongodb';
import { DURABLE, isDuplicateKey } from '#libs/trail';
import type { SubjectVault } from './collections.js';
import { tombstone } from './documents.js';

/** Puts a tombstone of block `n` in the place of a subject, unless what is there is of a later block: another's by now. */
export async function bury({ collections }: SubjectVault, task: number, blindId: Buffer, n: number): Promise<void> {
  const grave = tombstone(blindId, task, n);
  const earlier = { _id: grave._id, through: { $lt: Long.fromNumber(n) } };
  await insertOnce(collections.subjects.replaceOne(earlier, grave, { upsert: true, writeConcern: DURABLE }));
}

/** An earlier try, whose acknowledgement was lost, has done it already. */
export async function insertOnce(write: Promise<unknown>): Promise<void> {
  await write.catch((fault: unknown) => {
    if (!isDuplicateKey(fault)) throw fault;
  });
}
