import { Binary } from 'mongodb';
import type { StatedBlock } from './chain-check.js';
import type { StatedRange } from './entry-reader.js';

/**
 * Reads documents as they are, not as they should be: an administrator may have put anything there. Each reader gives
 * null where the document is not of the shape that the trail writes.
 */

/** A document of any shape. */
export type Raw = Readonly<Record<string, unknown>>;

/** A block as it lies in the database. */
export interface StoredBlock extends StatedBlock {
  readonly count: number;
  readonly entries: Buffer;
  readonly hashes: Buffer;
}

/** Which blocks the log has from `start` until before `end`. */
export interface StoredSequence {
  readonly start: number;
  readonly end: number;
  readonly blocks: readonly { readonly task: number; readonly n: number; readonly count: number }[];
  /** By task. */
  readonly next: ReadonlyMap<number, number>;
}

export interface BlockKey {
  readonly task: number;
  readonly n: number;
}

export interface TileKey {
  readonly level: number;
  readonly index: number;
}

const HASH_BYTES = 32;

export function readBlock(document: Raw): StoredBlock | null {
  const key = readBlockKey(document['_id']);
  const { previous, digest, ranges, next, count, recordedAt, verdicts, rules, entries, hashes } = document;
  const list = readList(ranges, readRange);
  const nextByTopic = readNext(next);
  if (key === null || list === null || nextByTopic === null || !isWhole(count) || !isSummary(verdicts, rules))
    return null;
  if (!(entries instanceof Binary) || !(hashes instanceof Binary) || !isHash(digest)) return null;
  if (!(recordedAt instanceof Date)) return null;
  if (previous !== null && !isHash(previous)) return null;
  return {
    ...key,
    previous: previous === null ? null : bytesOf(previous),
    digest: bytesOf(digest),
    ranges: list,
    next: nextByTopic,
    summary: { verdicts, rules } as StoredBlock['summary'],
    recordedAt: recordedAt.getTime(),
    count,
    entries: bytesOf(entries),
    hashes: bytesOf(hashes),
  };
}

/** The fields in their order: another order would be another key for the database. */
export function readBlockKey(id: unknown): BlockKey | null {
  if (!isObject(id) || Object.keys(id).join() !== 'task,n') return null;
  const { task, n } = id;
  return isInteger(task) && isInteger(n) && n >= 0 ? { task, n } : null;
}

export function readTileKey(id: unknown): TileKey | null {
  if (!isObject(id) || Object.keys(id).join() !== 'level,index') return null;
  const { level, index } = id;
  return isWhole(level) && isWhole(index) ? { level, index } : null;
}

export function readSequence(document: Raw): StoredSequence | null {
  const { _id: start, end } = document;
  const blocks = readList(document['blocks'], (block) =>
    isObject(block) && isInteger(block['task']) && isWhole(block['n']) && isWhole(block['count'])
      ? { task: block['task'], n: block['n'], count: block['count'] }
      : null,
  );
  const next = readList(document['next'], (one) =>
    isObject(one) && isInteger(one['task']) && isWhole(one['n']) ? ([one['task'], one['n']] as const) : null,
  );
  if (!isWhole(start) || !isWhole(end) || blocks === null || next === null) return null;
  const byTask = new Map(next);
  return byTask.size === next.length ? { start, end, blocks, next: byTask } : null;
}

/** `next` of a block or of a pruning. */
export function readNext(next: unknown): Map<string, number> | null {
  const list = readList(next, (one) =>
    isObject(one) && typeof one['topic'] === 'string' && isWhole(one['offset'])
      ? ([one['topic'], one['offset']] as const)
      : null,
  );
  const byTopic = list === null ? null : new Map(list);
  return byTopic?.size === list?.length ? byTopic : null;
}

/** A SHA-256 that is stored as binary. */
export function readHash(value: unknown): Buffer | null {
  return isHash(value) ? bytesOf(value) : null;
}

export function readBytes(value: unknown): Buffer | null {
  return value instanceof Binary ? bytesOf(value) : null;
}

export function readList<T>(value: unknown, read: (item: unknown) => T | null): T[] | null {
  if (!Array.isArray(value)) return null;
  const items = value.map(read);
  return items.includes(null) ? null : (items as T[]);
}

/** A whole number from 0. */
export function isWhole(value: unknown): value is number {
  return isInteger(value) && value >= 0;
}

export function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function readRange(range: unknown): StatedRange | null {
  if (!isObject(range)) return null;
  const { topic, partition, from, to, lost = false } = range;
  const good = typeof topic === 'string' && isInteger(partition) && isWhole(from) && isWhole(to);
  return good && typeof lost === 'boolean' ? { topic, partition, from, to, lost } : null;
}

function isSummary(verdicts: unknown, rules: unknown): boolean {
  const counts = (list: unknown, ...names: string[]) =>
    Array.isArray(list) &&
    list.every((one) => isObject(one) && isWhole(one['count']) && names.every((name) => typeof one[name] === 'string'));
  return counts(verdicts, 'controller', 'verdict') && counts(rules, 'rule');
}

function isHash(value: unknown): value is Binary {
  return value instanceof Binary && value.length() === HASH_BYTES;
}

/** A view, not a copy. */
function bytesOf(binary: Binary): Buffer {
  return Buffer.from(binary.buffer.buffer, binary.buffer.byteOffset, binary.length());
}
