import { zstdCompressSync, zstdDecompressSync, constants } from 'node:zlib';
import { encodeRecord } from '#libs/events';
import type { EntrySource, StreamEvent } from '#libs/events';

/**
 * What one entry of a block was judged from; null: it is about nobody who is known. `said` is the digest of what it says,
 * 16 hex digits.
 */
export type EvidenceRow = FindingRow | AmendmentRow | DutyRow | null;

export interface FindingRow {
  readonly kind: 'finding';
  /** The event in Avro single-object encoding; in another framing or null where `event` is to be encoded. */
  readonly value: Buffer | null;
  readonly event: StreamEvent | null;
  readonly source: EntrySource;
  /** SHA-256 of the register it was judged by, hex; null: by none. */
  readonly register: string | null;
  readonly said: string;
  /** Whether it is of an event that an earlier one is of. */
  readonly repeat: boolean;
}

export interface AmendmentRow {
  readonly kind: 'amendment';
  /** The finding itself, whatever amended it before. */
  readonly amends: { readonly block: number; readonly index: number };
  readonly said: string;
}

export interface DutyRow {
  readonly kind: 'duty';
  readonly said: string;
}

const KINDS = [null, 'finding', 'amendment', 'duty'] as const;
const NOBODY = 0;
const FINDING = 1;
const AMENDMENT = 2;
const DUTY = 3;
const REPEAT = 4;

const SAID = 8;
const REGISTER = 32;
/** Most bytes of a row without its value: a byte and at most eight varints of at most eight bytes. */
const ROW = 65;
/** Fast rather than small: it is done for every batch. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const MAX_RAW = 256 * 1024 * 1024;

let scratch = Buffer.alloc(256 * 1024);

/**
 * The rows of a block as bytes:
 *
 * ```
 * count  texts[]  saids[8 bytes each]  registers[32 bytes each]  rows[count]  values
 * row of nobody    = 00
 * row of a finding = 01 topic partition zigzag(offset - before) zigzag(timestamp - before) register+1|0 said length
 * row of an amendment = 02 block index said
 * row of a duty    = 03 said
 * row of a finding on an event repeated = 04, else as of a finding
 * ```
 *
 * Numbers are varints (base 128, low part first); `topic`, `register` and `said` are numbers in the tables; the values, of
 * the findings alone, follow each other in order.
 *
 * @returns bytes that share their memory with nothing, so that keeping them keeps no more
 */
export function encodeEvidence(rows: readonly EvidenceRow[]): Buffer {
  const topics = new Table();
  const saids = new Table();
  const registers = new Table();
  const values: Buffer[] = [];
  if (scratch.length < rows.length * ROW) scratch = Buffer.alloc(2 * rows.length * ROW);
  let at = 0;
  let offset = 0;
  let timestamp = 0;
  for (const row of rows) {
    if (row === null) {
      scratch[at++] = NOBODY;
    } else if (row.kind === 'finding') {
      const { source } = row;
      const value = singleObject(row);
      values.push(value);
      scratch[at++] = row.repeat ? REPEAT : FINDING;
      at = varint(topics.number(source.topic), at);
      at = varint(source.partition, at);
      at = varint(zigzag(source.offset - offset), at);
      at = varint(zigzag(source.timestamp - timestamp), at);
      at = varint(row.register === null ? 0 : registers.number(row.register) + 1, at);
      at = varint(saids.number(row.said), at);
      at = varint(value.length, at);
      ({ offset, timestamp } = source);
    } else if (row.kind === 'amendment') {
      scratch[at++] = AMENDMENT;
      at = varint(row.amends.block, at);
      at = varint(row.amends.index, at);
      at = varint(saids.number(row.said), at);
    } else {
      scratch[at++] = DUTY;
      at = varint(saids.number(row.said), at);
    }
  }
  const body = Buffer.from(scratch.subarray(0, at));
  return joined([
    numberBytes(rows.length),
    numberBytes(topics.texts.length),
    ...topics.texts.flatMap((text) => [numberBytes(Buffer.byteLength(text)), Buffer.from(text)]),
    numberBytes(saids.texts.length),
    Buffer.from(saids.texts.join(''), 'hex'),
    numberBytes(registers.texts.length),
    Buffer.from(registers.texts.join(''), 'hex'),
    body,
    ...values,
  ]);
}

/**
 * The rows of a block, with their indexes.
 *
 * @param wanted which rows to give; others are passed over, which costs little
 */
export function decodeEvidence(
  bytes: Buffer,
  wanted: (index: number) => boolean = () => true,
): { readonly index: number; readonly row: Exclude<EvidenceRow, null> }[] {
  const from = new Cursor(bytes);
  const count = from.varint();
  const topics = Array.from({ length: from.varint() }, () => from.take(from.varint()).toString());
  const saids = from.take(SAID * from.varint());
  const registers = from.take(REGISTER * from.varint());
  const said = (number: number) => saids.toString('hex', SAID * number, SAID * (number + 1));
  const found: { index: number; row: Exclude<EvidenceRow, null>; start: number; length: number }[] = [];
  let offset = 0;
  let timestamp = 0;
  let start = 0;
  for (let index = 0; index < count; index++) {
    const kind = from.byte();
    if (kind === NOBODY) continue;
    if (kind === FINDING || kind === REPEAT) {
      const topic = from.varint();
      const partition = from.varint();
      offset += unzigzag(from.varint());
      timestamp += unzigzag(from.varint());
      const register = from.varint();
      const saidNumber = from.varint();
      const length = from.varint();
      if (wanted(index)) {
        const row: FindingRow = {
          kind: 'finding',
          value: null,
          event: null,
          source: { topic: topics[topic] as string, partition, offset, timestamp },
          register: register === 0 ? null : registers.toString('hex', REGISTER * (register - 1), REGISTER * register),
          said: said(saidNumber),
          repeat: kind === REPEAT,
        };
        found.push({ index, row, start, length });
      }
      start += length;
    } else if (kind === AMENDMENT) {
      const amends = { block: from.varint(), index: from.varint() };
      const row: AmendmentRow = { kind: 'amendment', amends, said: said(from.varint()) };
      if (wanted(index)) found.push({ index, row, start, length: 0 });
    } else {
      if (kind !== DUTY) throw new Error(`the evidence of a block has a row of kind ${kind}`);
      const row: DutyRow = { kind: KINDS[DUTY], said: said(from.varint()) };
      if (wanted(index)) found.push({ index, row, start, length: 0 });
    }
  }
  const values = bytes.subarray(from.at);
  return found.map(({ index, row, start: at, length }) => ({
    index,
    row: row.kind === 'finding' ? { ...row, value: values.subarray(at, at + length) } : row,
  }));
}

/** The same without the rows of these entries, and without their values. */
export function withoutRows(bytes: Buffer, removed: (index: number) => boolean): Buffer {
  const rows: EvidenceRow[] = Array.from({ length: new Cursor(bytes).varint() }, () => null);
  for (const { index, row } of decodeEvidence(bytes, (each) => !removed(each))) rows[index] = row;
  return encodeEvidence(rows);
}

export function compress(bytes: Buffer): Buffer {
  return zstdCompressSync(bytes, LEVEL);
}

export function decompress(bytes: Buffer): Buffer {
  return zstdDecompressSync(bytes, { maxOutputLength: MAX_RAW });
}

/** The event in the framing that needs nothing but the released schemas to be read again. */
function singleObject({ value, event }: FindingRow): Buffer {
  if (value !== null && value[0] === 0xc3 && value[1] === 0x01) return value;
  if (event === null) throw new Error('a row of evidence has neither its value nor its event');
  return encodeRecord(event);
}

/** Texts, each once, by number. */
class Table {
  readonly texts: string[] = [];
  private readonly numbers = new Map<string, number>();
  private last = '';
  private lastNumber = -1;

  number(text: string): number {
    // Mostly the same as before.
    if (text === this.last && this.lastNumber >= 0) return this.lastNumber;
    let number = this.numbers.get(text);
    if (number === undefined) this.numbers.set(text, (number = this.texts.push(text) - 1));
    this.last = text;
    return (this.lastNumber = number);
  }
}

function zigzag(n: number): number {
  return n < 0 ? -2 * n - 1 : 2 * n;
}

function unzigzag(n: number): number {
  return n % 2 === 1 ? -(n + 1) / 2 : n / 2;
}

/** Writes to the scratch; gives where to go on. */
function varint(n: number, at: number): number {
  while (n >= 0x80000000) {
    scratch[at++] = (n % 0x80) | 0x80;
    n = Math.floor(n / 0x80);
  }
  while (n >= 0x80) {
    scratch[at++] = (n & 0x7f) | 0x80;
    n >>>= 7;
  }
  scratch[at++] = n;
  return at;
}

function numberBytes(n: number): Buffer {
  return Buffer.from(scratch.subarray(0, varint(n, 0)));
}

class Cursor {
  at = 0;

  constructor(private readonly bytes: Buffer) {}

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new Error('the evidence of a block is cut short');
    return byte;
  }

  varint(): number {
    let n = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.byte();
      n += (byte & 0x7f) * scale;
      if (byte < 0x80) return n;
    }
  }

  take(length: number): Buffer {
    if (this.at + length > this.bytes.length) throw new Error('the evidence of a block is cut short');
    return this.bytes.subarray(this.at, (this.at += length));
  }
}

/** Buffer.concat takes small results from a pool, all of which stays in memory as long as one of them does. */
function joined(parts: readonly Buffer[]): Buffer {
  const whole = Buffer.allocUnsafeSlow(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) at += part.copy(whole, at);
  return whole;
}
