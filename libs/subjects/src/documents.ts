import { Binary, Long } from 'mongodb';
import type { Collection } from 'mongodb';
import type { Sealed, VaultKeyDocument } from './vault/key-ring.js';

/** Of one block of one owner's. Good only if the block then comes about: if block n in the trail is by that writer. */
export interface BlockKey {
  task: number;
  n: Long | number;
  writer: string;
}

/** What one block adds to the task's subjects, written before the block. */
export interface ChangesDocument extends Sealed {
  _id: BlockKey;
  v: number;
}

/** In the journal: with this block a subject was erased; what earlier blocks said of it does not count. */
export interface ErasureDocument {
  _id: BlockKey;
  /** Blind id of the subject. */
  erased: Binary;
}

/** As it was written before there was a vault. */
export interface PlainChangesDocument {
  _id: BlockKey;
  v: number;
  body: Binary;
}

export type JournalDocument = ChangesDocument | ErasureDocument | PlainChangesDocument;

/** A subject with everything up to block `through` of its task. */
export interface SubjectDocument extends Sealed {
  /** Blind id. */
  _id: Binary;
  task: number;
  through: Long | number;
  v: number;
  /** When a sweep should look at it next; {@link NEVER}: not unless something changes; missing: at the next sweep. */
  due?: Date;
  /** The mark (see `Subject.late`); missing: none. */
  late?: Date;
  /** The first block with an entry about it; missing: not known. */
  since?: Long | number;
}

/** Later than any date. Not null, which MongoDB would not tell from missing. */
export const NEVER = 8_640_000_000_000_000;

/** In the place of a subject that was erased with block `through`: keeps former owners from writing it again. */
export interface Tombstone {
  _id: Binary;
  task: number;
  through: Long | number;
  erasedAt: Date;
  /** {@link NEVER}, so that no sweep finds it. */
  due: Date;
}

/** As it was written before there was a vault. */
export interface PlainSubjectDocument {
  /** Subject key. */
  _id: string;
  task: number;
  through: Long | number;
  secret: Binary;
  v: number;
  facts: Binary;
}

export type SubjectsDocument = SubjectDocument | Tombstone | PlainSubjectDocument;

/** Whom the entries of a block are about, written before the block. */
export interface PositionsDocument extends Sealed {
  _id: BlockKey;
  v: number;
  /** As in `_id`; missing, as the two below, before version 3. */
  task?: number;
  /** Greatest `occurredAt` of the block's findings and amendments. */
  latest?: Date;
  /** {@link indexedId}s of the block's subjects. */
  of?: Long[];
}

/** What the entries of a block were judged from (`encodeEvidence`, compressed), written before the block. */
export interface EvidenceDocument extends Sealed {
  _id: BlockKey;
  v: number;
}

/**
 * `n`: everything the journal says up to block n is in the subjects' documents too. `registers`: digest of the set of
 * registers in force when a sweep last looked at all subjects of the task.
 */
export interface WatermarkDocument {
  _id: number;
  n: Long | number;
  registers?: string;
}

/**
 * That a problem touches somebody: `p` is the problem's id, `t` what stands for the person in this problem alone. There is
 * nothing more to it, so that no two documents, and no document and entry, can be told to be of one person.
 */
export interface TouchDocument {
  _id: { p: string; t: Binary };
}

/** What falls due soon in a task, in numbers. */
export interface OpenDutiesDocument {
  /** The task. */
  _id: number;
  /** The last block of the task when it was looked at. */
  through: Long | number;
  asOf: Date;
  rows: { controller: string; duty: string; purpose: string | null; dueAt: Date; count: number }[];
}

export interface VaultCollections {
  readonly keys: Collection<VaultKeyDocument>;
  readonly journal: Collection<JournalDocument>;
  readonly subjects: Collection<SubjectsDocument>;
  readonly positions: Collection<PositionsDocument>;
  readonly evidence: Collection<EvidenceDocument>;
  readonly watermarks: Collection<WatermarkDocument>;
  readonly touched: Collection<TouchDocument>;
  readonly openDuties: Collection<OpenDutiesDocument>;
}

export function blockKey(task: number, n: number, writer: string): BlockKey {
  return { task, n: Long.fromNumber(n), writer };
}

/** Filter on what belongs to blocks `from` to `to`, both inclusive, whoever wrote it. */
export function blocksBetween(task: number, from: number, to: number): { $gte: BlockKey; $lt: BlockKey } {
  return { $gte: blockKey(task, from, ''), $lt: blockKey(task, to + 1, '') };
}

/** Where a sealed value stands; see `KeyRing.seal`. */
export function journalPlace({ task, n, writer }: BlockKey): string {
  return `factsJournal/${task}/${Number(n)}/${writer}`;
}

export function positionsPlace({ task, n, writer }: BlockKey): string {
  return `positions/${task}/${Number(n)}/${writer}`;
}

export function evidencePlace({ task, n, writer }: BlockKey): string {
  return `evidence/${task}/${Number(n)}/${writer}`;
}

export function subjectPlace(blindId: Uint8Array): string {
  return `subjects/${Buffer.from(blindId).toString('hex')}`;
}

export function tombstone(blindId: Buffer, task: number, n: number): Tombstone {
  return { _id: new Binary(blindId), task, through: Long.fromNumber(n), erasedAt: new Date(), due: new Date(NEVER) };
}

/** What stands for a subject in `positions.of`: the first 8 bytes of its blind id. */
export function indexedId(blindId: Buffer): Long {
  return new Long(blindId.readInt32BE(4), blindId.readInt32BE(0));
}

export function isErasure(document: JournalDocument): document is ErasureDocument {
  return 'erased' in document;
}

export function isSubject(document: SubjectsDocument): document is SubjectDocument {
  return 'g' in document;
}
