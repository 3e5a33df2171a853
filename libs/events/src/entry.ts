import { Cursor, DecodeFault } from './cursor.js';
import { SingleObjectEncoder } from './encode.js';
import type { LegalBasis, Stream } from './event.js';
import { isSingleObject, requireHeader, SINGLE_OBJECT_HEADER } from './framing.js';
import { CURRENT, currentType, parseSchema, RELEASED } from './schemas.js';
import { resolve, type Reader } from './resolve.js';
import { Sink } from './sink.js';

export const ENTRY_KINDS = ['finding', 'amendment', 'duty', 'unreadable', 'reveal', 'erased', 'other'] as const;
/** `other` is what a reader older than the entry sees; it is never written. */
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** A Kafka record; `timestamp` in ms since the epoch. */
export interface EntrySource {
  topic: string;
  partition: number;
  offset: number;
  timestamp: number;
}

/** Where an entry stands in the trail. */
export interface EntryPosition {
  task: number;
  block: number;
  index: number;
}

export interface EntryReason {
  rule: string;
  effect: 'violation' | 'gap' | 'unreadable';
  clause: string | null;
  message: string;
}

/** What a block accounts for; stands on its first entry. */
export interface EntryAccount {
  /** -1: the acts of people. */
  task: number;
  /** Number in the task's chain, from 0. */
  block: number;
  /** Digest of the block before, 32 bytes; null in block 0. */
  previous: Buffer | null;
  ranges: readonly EntryRange[];
  /** All registers that records are judged by from this block of the task on; null: as before. */
  registers: readonly EntryRegister[] | null;
}

/** A register version that was loaded; `inForceFrom` in ms since the epoch. */
export interface EntryRegister {
  controller: string;
  version: number;
  inForceFrom: number;
  /** SHA-256 of the register's canonical form, 32 bytes. */
  sha256: Buffer;
}

/** Offsets `[from, to)` of a topic-partition; `lost`: Kafka had deleted them before they were read. */
export interface EntryRange {
  topic: string;
  partition: number;
  from: number;
  to: number;
  lost: boolean;
}

/** What somebody did with what is known of people; `actor` and `reason` hold nothing of the person concerned. */
export interface EntryAct {
  /** A random UUID. */
  id: string;
  actor: string;
  reason: string;
  /** The entry whose person was looked up; null where a person's entries were. */
  position: EntryPosition | null;
}

/**
 * One entry of the audit trail, as `schemas/AuditEntry.avsc` describes it field by field. Times are ms since the
 * epoch, digests are bytes. It holds no identifier of a person.
 */
export interface AuditEntry {
  kind: EntryKind;
  recordedAt: number;
  source: EntrySource | null;
  /** 32 bytes. */
  tag: Buffer | null;
  occurredAt: number | null;
  stream: Stream | null;
  controller: string | null;
  service: string | null;
  purpose: string | null;
  legalBasis: LegalBasis | null;
  verdict: 'compliant' | 'violation' | 'gap' | 'unreadable';
  reasons: readonly EntryReason[];
  assumptions: readonly string[];
  /** 32 bytes. */
  register: Buffer | null;
  amends: EntryPosition | null;
  /** 32 bytes. */
  valueSha256: Buffer | null;
  /** null but on the first entry of a block. */
  account: EntryAccount | null;
  /** null but on a `reveal` or `erased`. */
  act: EntryAct | null;
  /** Whether it is of an event that an earlier `finding` of the task is of, id and all. */
  repeat: boolean;
}

/** The log gives the length of an entry in 16 bits (C2SP tlog-tiles, "Log Entries"). */
export const MAX_ENTRY_BYTES = 65_535;
const MAX_ID_LENGTH = 128;
/** Tried in turn until the entry fits. */
const MESSAGE_LENGTHS = [4000, 1000, 400, 100, 0];

const encoder = new SingleObjectEncoder('AuditEntry');
const scratch = new Sink(1024);
const readers = new Map<bigint, Reader>(
  [...CURRENT.values(), ...RELEASED.flatMap((release) => release.schemas)]
    .filter((schema) => schema.record === 'AuditEntry')
    .map((schema) => [schema.fingerprint, resolve(parseSchema(schema.json, 'always'), currentType('AuditEntry'))]),
);

/** An entry on its way into the trail; the tag may be given as a string with a character for each byte. */
export type NewEntry = Omit<AuditEntry, 'tag'> & { readonly tag: Buffer | string | null };

/**
 * The bytes of an entry: Avro single-object encoding, at most {@link MAX_ENTRY_BYTES}. Ids are shortened to 128
 * characters, and messages as far as need be, ending in `…`. The same entry gives the same bytes.
 *
 * @throws Error when it does not fit the schema, or is too long even with empty messages
 */
export function encodeEntry(entry: NewEntry): Buffer {
  scratch.at = 0;
  writeEntry(entry, scratch);
  return scratch.copy();
}

/** The same, written behind what the sink holds. */
export function writeEntry(entry: NewEntry, sink: Sink): void {
  const start = sink.at;
  const capped = isLong(entry.controller) || isLong(entry.service) || isLong(entry.purpose) ? cap(entry) : entry;
  encoder.write(capped, sink);
  for (let i = 0; sink.at - start > MAX_ENTRY_BYTES; i++) {
    const length = MESSAGE_LENGTHS[i];
    if (length === undefined) {
      const bytes = sink.at - start;
      throw new Error(`an entry of ${bytes} bytes is too long for the log, which takes ${MAX_ENTRY_BYTES}`);
    }
    const reasons = entry.reasons.map((reason) => ({ ...reason, message: shorten(reason.message, length) }));
    sink.at = start;
    encoder.write({ ...capped, reasons }, sink);
  }
}

/**
 * Reads an entry of this version or any earlier one.
 *
 * @throws DecodeFault saying what is wrong with the bytes
 */
export function decodeEntry(bytes: Buffer): AuditEntry {
  if (!isSingleObject(bytes)) throw new DecodeFault('the entry does not begin with C3 01 (Avro single object)');
  requireHeader(bytes, SINGLE_OBJECT_HEADER);
  const read = readers.get(bytes.readBigUInt64LE(2));
  if (read === undefined) {
    const hex = bytes.readBigUInt64LE(2).toString(16).padStart(16, '0');
    throw new DecodeFault(`no AuditEntry schema has the fingerprint ${hex}: read it with a later version`);
  }
  const cursor = new Cursor(bytes, SINGLE_OBJECT_HEADER);
  const entry = read(cursor) as AuditEntry;
  if (cursor.pos < bytes.length) {
    throw new DecodeFault(`${bytes.length - cursor.pos} bytes are left over after the entry`);
  }
  return entry;
}

function isLong(id: string | null): boolean {
  return id !== null && id.length > MAX_ID_LENGTH;
}

function cap(entry: NewEntry): NewEntry {
  return {
    ...entry,
    controller: shorten(entry.controller, MAX_ID_LENGTH),
    service: shorten(entry.service, MAX_ID_LENGTH),
    purpose: shorten(entry.purpose, MAX_ID_LENGTH),
  };
}

function shorten<Text extends string | null>(text: Text, length: number): Text | string {
  if (text === null || text.length <= length) return text;
  // Where the cut halves a surrogate pair, encoding replaces the half by U+FFFD.
  return length === 0 ? '…' : `${text.slice(0, length - 1)}…`;
}
