import { Binary, Long } from 'mongodb';
import type { Block, BlockHead } from './block.js';

/** A block as it stands in the collection `blocks`. Int64 come back as numbers (all are below 2^53). */
export interface BlockDocument {
  _id: { task: number; n: Long | number };
  previous: Binary | null;
  digest: Binary;
  ranges: { topic: string; partition: number; from: Long | number; to: Long | number; lost?: true }[];
  next: { topic: string; offset: Long | number }[];
  count: number;
  writer: string;
  recordedAt: Date;
  verdicts: { controller: string; verdict: string; count: number }[];
  rules: { rule: string; count: number }[];
  sweptAt?: Date;
  entries: Binary;
  hashes: Binary;
}

/** What is left out where only the head is wanted. */
export const HEAD_ONLY = { entries: 0, hashes: 0 } as const;

export function toDocument(block: Block): BlockDocument {
  return {
    _id: blockId(block.task, block.n),
    previous: block.previous === null ? null : new Binary(block.previous),
    digest: new Binary(block.digest),
    ranges: block.ranges.map(({ topic, partition, from, to, lost }) => ({
      topic,
      partition,
      from: Long.fromNumber(from),
      to: Long.fromNumber(to),
      ...(lost ? { lost: true as const } : {}),
    })),
    next: Object.entries(block.next).map(([topic, offset]) => ({ topic, offset: Long.fromNumber(offset) })),
    count: block.count,
    writer: block.writer,
    recordedAt: new Date(block.recordedAt),
    verdicts: [...block.summary.verdicts],
    rules: [...block.summary.rules],
    ...(block.sweptAt === undefined ? {} : { sweptAt: new Date(block.sweptAt) }),
    entries: new Binary(block.entries),
    hashes: new Binary(block.hashes),
  };
}

export function toHead(document: Omit<BlockDocument, 'entries' | 'hashes'>): BlockHead {
  return {
    task: document._id.task,
    n: Number(document._id.n),
    previous: document.previous === null ? null : bytes(document.previous),
    digest: bytes(document.digest),
    ranges: document.ranges.map(({ topic, partition, from, to, lost }) => ({
      topic,
      partition,
      from: Number(from),
      to: Number(to),
      lost: lost === true,
    })),
    next: Object.fromEntries(document.next.map(({ topic, offset }) => [topic, Number(offset)])),
    count: document.count,
    writer: document.writer,
    recordedAt: document.recordedAt.getTime(),
    summary: { verdicts: document.verdicts, rules: document.rules },
    ...(document.sweptAt === undefined ? {} : { sweptAt: document.sweptAt.getTime() }),
  };
}

export function toBlock(document: BlockDocument): Block {
  return { ...toHead(document), entries: bytes(document.entries), hashes: bytes(document.hashes) };
}

export function blockId(task: number, n: number): BlockDocument['_id'] {
  return { task, n: Long.fromNumber(n) };
}

/** What a binary value holds; a view, not a copy. */
export function bytes(binary: Binary): Buffer {
  return Buffer.from(binary.buffer.buffer, binary.buffer.byteOffset, binary.length());
}
