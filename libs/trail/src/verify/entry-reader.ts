import { isUtf8 } from 'node:buffer';
import { CURRENT, RELEASED } from '#libs/events';
import type { SchemaJson } from '#libs/events';

/** Offsets `[from, to)` that a block accounts for. */
export interface StatedRange {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly lost: boolean;
}

export interface StatedPosition {
  readonly task: number;
  readonly block: number;
  readonly index: number;
}

/** What an entry says of the block it begins. */
export interface StatedAccount {
  readonly task: number;
  readonly block: number;
  /** 32 bytes. */
  readonly previous: Buffer | null;
  readonly ranges: readonly StatedRange[];
  /** The registers that count from this block on; null: as before. */
  readonly registers: readonly StatedRegister[] | null;
}

/** A register version as an account names it; `inForceFrom` in ms since the epoch. */
export interface StatedRegister {
  readonly controller: string;
  readonly version: number;
  readonly inForceFrom: number;
  /** Hex. */
  readonly sha256: string;
}

/** What verifying takes of an entry; all the rest was read too, and is as the schema says. */
export interface EntryFacts {
  readonly kind: string;
  /** ms since the epoch. */
  readonly recordedAt: number;
  readonly source: { readonly topic: string; readonly partition: number; readonly offset: number } | null;
  /** ms since the epoch. */
  readonly occurredAt: number | null;
  readonly controller: string | null;
  readonly verdict: string;
  readonly reasons: readonly { readonly rule: string }[];
  /** Digest of the register it was judged by, hex. */
  readonly register: string | null;
  readonly amends: StatedPosition | null;
  readonly act: { readonly position: StatedPosition | null } | null;
  readonly account: StatedAccount | null;
  /** Whether it is of an event that an earlier finding is of; false before schema 1.3.0. */
  readonly repeat: boolean;
  /** False for entries written before schema 1.1.0, whose blocks state no account. */
  readonly canAccount: boolean;
  /** False for entries written before schema 1.2.0, which do not say which registers were loaded. */
  readonly canNameRegisters: boolean;
}

/** The bytes are no whole AuditEntry; the message says why, a clause. */
export class EntryFault extends Error {
  override readonly name = 'EntryFault';
}

/** A part of a schema that is wanted: all of it, a digest as hex, or these fields. */
type Wanted = true | 'hex' | { readonly [field: string]: Wanted };

const POSITION: Wanted = { task: true, block: true, index: true };
const WANTED: Readonly<Record<string, Wanted>> = {
  kind: true,
  recordedAt: true,
  source: { topic: true, partition: true, offset: true },
  occurredAt: true,
  controller: true,
  verdict: true,
  reasons: { rule: true },
  register: 'hex',
  amends: POSITION,
  act: { position: POSITION },
  repeat: true,
  account: {
    task: true,
    block: true,
    previous: true,
    ranges: true,
    registers: { controller: true, version: true, inForceFrom: true, sha256: 'hex' },
  },
};
/** The fields of an entry in their order. Those from `source` to `legalBasis` say what it is about. */
const FIELDS = [
  ...(['kind', 'recordedAt', 'source', 'tag', 'occurredAt', 'stream', 'controller', 'service', 'purpose'] as const),
  ...(['legalBasis', 'verdict', 'reasons', 'assumptions', 'register', 'amends', 'valueSha256'] as const),
  ...(['account', 'act', 'repeat'] as const),
];

/** `C3 01` and the schema's fingerprint (Avro 1.12, "Single-object encoding"). */
const HEADER = 10;

type Read = (input: Input) => unknown;

const readNull: Read = () => null;

/**
 * Reads an entry by the schema it was written with, from the bytes `[from, to)`.
 *
 * Every byte is read and held against the schema (numbers, unions and enums in range, strings UTF-8, nothing left over),
 * but only what verifying takes is made into values: several times as fast as decoding, and apart from the code that
 * encodes.
 *
 * @throws EntryFault where they are not exactly one entry
 */
export function readEntry(bytes: Buffer, from: number, to: number): EntryFacts {
  if (to - from < HEADER || bytes[from] !== 0xc3 || bytes[from + 1] !== 0x01) {
    throw new EntryFault('it does not begin as an Avro single object');
  }
  const schema = schemaOf(bytes.readUInt32LE(from + 2), bytes.readUInt32LE(from + 6));
  input.begin(bytes, from + HEADER, to);
  const facts = schema(input);
  if (input.at < to) throw new EntryFault(`${to - input.at} bytes are left over in it`);
  return facts;
}

/**
 * The bytes of what an entry is about, its fields from `source` to `legalBasis`: an amendment repeats those of the entry
 * it amends. A view, not a copy.
 *
 * @throws EntryFault where `[from, to)` are not exactly one entry
 */
export function readMatter(bytes: Buffer, from: number, to: number): Buffer {
  readEntry(bytes, from, to);
  return bytes.subarray(input.matterFrom, input.matterTo);
}

/** A position in the bytes of an entry; no read goes beyond its end. */
class Input {
  bytes: Buffer = Buffer.alloc(0);
  at = 0;
  /** Where the fields that say what the entry is about began and ended. */
  matterFrom = 0;
  matterTo = 0;
  private end = 0;
  private readonly texts = new Map<number, string>();
  private readonly digests = new Map<number, { readonly bytes: Buffer; readonly hex: string }>();

  begin(bytes: Buffer, at: number, end: number): void {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  byte(): number {
    if (this.at >= this.end) throw new EntryFault('it ends in the middle of a field');
    return this.bytes[this.at++] as number;
  }

  /** A zig-zag varint (Avro 1.12, "Primitive Types") that a double holds exactly. */
  long(): number {
    let byte = this.byte();
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    let value = byte & 0x7f;
    for (let scale = 128; byte >= 0x80; scale *= 128) {
      byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw new EntryFault('a number in it is out of range');
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Passes so many bytes and gives where they begin. */
  skip(length: number): number {
    const from = this.at;
    if (length < 0 || length > this.end - from) throw new EntryFault('it ends in the middle of a field');
    this.at = from + length;
    return from;
  }

  /** Passes a string; gives a hash of its bytes. */
  skipText(): number {
    const length = this.long();
    const from = this.skip(length);
    const { bytes, at } = this;
    let ascii = 0;
    let hash = 0x811c9dc5 ^ length;
    for (let i = from; i < at; i++) {
      const byte = bytes[i] as number;
      ascii |= byte;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    if (ascii >= 0x80 && !isUtf8(bytes.subarray(from, at))) throw new EntryFault('a text in it is not UTF-8');
    return hash;
  }

  /** A string. The few that come again and again (topics, rules, controllers) are made once. */
  text(): string {
    const before = this.at;
    const hash = this.skipText();
    const end = this.at;
    const known = this.texts.get(hash);
    if (known !== undefined) {
      this.at = before;
      const length = this.long();
      const from = this.at;
      this.at = end;
      if (known.length === length && this.same(known, from)) return known;
    }
    this.at = before;
    const length = this.long();
    const text = this.bytes.toString('utf8', this.at, this.at + length);
    this.at = end;
    if (this.texts.size < 10_000) this.texts.set(hash, text);
    return text;
  }

  /** So many bytes in hex. The few that come again and again (registers) are made once. */
  hex(length: number): string {
    const from = this.skip(length);
    const known = this.digests.get(this.bytes.readInt32LE(from));
    if (known?.bytes.length === length && this.sameBytes(known.bytes, from)) return known.hex;
    const bytes = Buffer.from(this.bytes.subarray(from, this.at));
    const made = { bytes, hex: bytes.toString('hex') };
    if (this.digests.size < 10_000) this.digests.set(bytes.readInt32LE(0), made);
    return made.hex;
  }

  private sameBytes(known: Buffer, from: number): boolean {
    for (let i = 0; i < known.length; i++) if (known[i] !== this.bytes[from + i]) return false;
    return true;
  }

  private same(text: string, from: number): boolean {
    for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== this.bytes[from + i]) return false;
    return true;
  }
}

const input = new Input();

type ReadEntry = (from: Input) => EntryFacts;

const schemas = new Map<number, Map<number, ReadEntry>>();
for (const { record, json, fingerprint } of [...RELEASED.flatMap(({ schemas }) => schemas), ...CURRENT.values()]) {
  if (record !== 'AuditEntry') continue;
  const low = Number(fingerprint & 0xffffffffn);
  const high = Number(fingerprint >> 32n);
  schemas.set(low, (schemas.get(low) ?? new Map<number, ReadEntry>()).set(high, compileEntry(json)));
}

function schemaOf(low: number, high: number): ReadEntry {
  const schema = schemas.get(low)?.get(high);
  if (schema === undefined) {
    const hex = (part: number) => part.toString(16).padStart(8, '0');
    throw new EntryFault(
      `no schema of an entry has the fingerprint ${hex(high)}${hex(low)}; a later version may know it`,
    );
  }
  return schema;
}

interface Field {
  readonly name: string;
  readonly type: SchemaJson;
}

interface RecordSchema {
  readonly fields: readonly Field[];
}

/**
 * The reader of a version of AuditEntry. Fields stand in one order in all versions, and those of later versions behind:
 * they are read one by one into objects of one shape, which is faster than field by field of any record.
 */
function compileEntry(json: SchemaJson): ReadEntry {
  const names = new Map<string, SchemaJson>();
  const { fields } = json as unknown as RecordSchema;
  if (fields.some(({ name }, i) => FIELDS[i] !== name)) {
    throw new Error('a schema of entries has its fields in another order than the verifier knows');
  }
  const reads = FIELDS.map((name, i) => [
    name,
    i < fields.length ? compile((fields[i] as Field).type, WANTED[name], names) : readNull,
  ]);
  const read = Object.fromEntries(reads) as Record<(typeof FIELDS)[number], Read>;
  const canAccount = read.account !== readNull;
  const canNameRegisters = names.has('LoadedRegister');
  return (from) => {
    const kind = read.kind(from) as string;
    const recordedAt = read.recordedAt(from) as number;
    from.matterFrom = from.at;
    const source = read.source(from) as EntryFacts['source'];
    read.tag(from);
    const occurredAt = read.occurredAt(from) as number | null;
    read.stream(from);
    const controller = read.controller(from) as string | null;
    read.service(from);
    read.purpose(from);
    read.legalBasis(from);
    from.matterTo = from.at;
    const verdict = read.verdict(from) as string;
    const reasons = read.reasons(from) as EntryFacts['reasons'];
    read.assumptions(from);
    const register = read.register(from) as string | null;
    const amends = read.amends(from) as EntryFacts['amends'];
    read.valueSha256(from);
    const account = read.account(from) as EntryFacts['account'];
    const act = read.act(from) as EntryFacts['act'];
    const repeat = read.repeat(from) === true;
    const about = { kind, recordedAt, source, occurredAt, controller };
    const what = { verdict, reasons, register, amends, act, account, repeat };
    return { ...about, ...what, canAccount, canNameRegisters };
  };
}

/** Makes the reader of a schema. What is not wanted is held against the schema and gives undefined. */
function compile(schema: SchemaJson, wanted: Wanted | undefined, names: Map<string, SchemaJson>): Read {
  if (Array.isArray(schema)) return compileUnion(schema, wanted, names);
  if (typeof schema === 'string') {
    const named = names.get(schema);
    return named === undefined ? primitive(schema, wanted !== undefined) : compile(named, wanted, names);
  }
  const { type, name } = schema as { type: SchemaJson; name?: string };
  if (name !== undefined) names.set(name, schema);
  switch (type) {
    case 'record':
      return compileRecord(schema as unknown as RecordSchema, wanted, names);
    case 'array':
      return compileArray(compile(schema['items'] as SchemaJson, wanted, names));
    case 'enum':
      return compileEnum(String(name), schema['symbols'] as string[]);
    case 'fixed': {
      const size = Number(schema['size']);
      if (wanted === undefined) return (from) => void from.skip(size);
      if (wanted === 'hex') return (from) => from.hex(size);
      return (from) => Buffer.from(from.bytes.subarray(from.skip(size), from.at));
    }
    default:
      return compile(type, wanted, names);
  }
}

function primitive(type: string, wanted: boolean): Read {
  switch (type) {
    case 'null':
      return readNull;
    case 'boolean':
      return (from) => {
        const byte = from.byte();
        if (byte > 1) throw new EntryFault('a boolean in it is neither 0 nor 1');
        return byte === 1;
      };
    case 'int':
      return (from) => {
        const value = from.long();
        if (value !== (value | 0)) throw new EntryFault('a number in it is out of range');
        return value;
      };
    case 'long':
      return (from) => from.long();
    case 'string':
      return wanted ? (from) => from.text() : (from) => void from.skipText();
    default:
      throw new Error(`the schema of entries has the type ${type}, which the verifier does not know`);
  }
}

function compileRecord(schema: RecordSchema, wanted: Wanted | undefined, names: Map<string, SchemaJson>): Read {
  const template: Record<string, unknown> = {};
  const some = typeof wanted === 'object';
  const steps = schema.fields.map(({ name, type }) => {
    const part = some ? wanted[name] : wanted;
    if (part !== undefined) template[name] = null;
    return { name: part === undefined ? null : name, read: compile(type, part, names) };
  });
  // A schema from before a field came has it as null.
  if (some) for (const name of Object.keys(wanted)) template[name] ??= null;
  if (wanted === undefined) {
    return (from) => {
      for (const { read } of steps) read(from);
    };
  }
  return (from) => {
    const value = { ...template };
    for (const { name, read } of steps) {
      if (name === null) read(from);
      else value[name] = read(from);
    }
    return value;
  };
}

function compileArray(item: Read): Read {
  return (from) => {
    const items: unknown[] = [];
    for (;;) {
      let count = from.long();
      if (count === 0) return items;
      if (count < 0) {
        count = -count;
        from.long();
      }
      // An item that takes no byte is not in our schemas, so the end of the bytes ends this loop as well.
      for (; count > 0; count--) items.push(item(from));
    }
  };
}

function compileEnum(name: string, symbols: readonly string[]): Read {
  return (from) => {
    const symbol = symbols[from.long()];
    if (symbol === undefined) throw new EntryFault(`its ${name} is none of those that there are`);
    return symbol;
  };
}

function compileUnion(
  branches: readonly SchemaJson[],
  wanted: Wanted | undefined,
  names: Map<string, SchemaJson>,
): Read {
  const reads = branches.map((branch) => compile(branch, wanted, names));
  return (from) => {
    const read = reads[from.long()];
    if (read === undefined) throw new EntryFault('a union in it has no such branch');
    return read(from);
  };
}
