import type avro from 'avsc';
import { DecodeFault, type Cursor } from './cursor.js';

/** Reads one value at the cursor and moves it behind. */
export type Reader = (cursor: Cursor) => unknown;

/** The writer's schema cannot be read as ours, whatever the bytes. */
export class IncompatibleSchema extends Error {
  override readonly name = 'IncompatibleSchema';
}

/**
 * Makes the reader of values that were written with one schema as values of another (Avro specification 1.12, "Schema
 * Resolution"): fields by name, defaults for what the writer lacks, enum symbols by name, promotion of `int` to `long`
 * and between `string` and `bytes`.
 *
 * This and not avsc's own decoder, because avsc trusts counts and lengths: fifteen broken bytes can make it allocate
 * without end. Names are compared without namespace, and aliases are not used (renaming is not a compatible change).
 *
 * @param writer type of the writer's schema, unions wrapped or not, logical types ignored
 * @param reader type of our schema, logical types ignored
 * @throws IncompatibleSchema when the reader's schema cannot be satisfied; the message names the field
 */
export function resolve(writer: avro.Type, reader: avro.Type): Reader {
  return resolveAs(writer, reader, readString);
}

/** @param text reads strings that are not in a record of their own */
function resolveAs(writer: avro.Type, reader: avro.Type, text: Reader): Reader {
  if (isUnion(writer)) return resolveWriterUnion(writer, reader, text);
  if (isUnion(reader)) return resolveReaderUnion(writer, reader, text);
  switch (reader.typeName) {
    case 'null':
      if (writer.typeName === 'null') return readNull;
      break;
    case 'boolean':
      if (writer.typeName === 'boolean') return readBoolean;
      break;
    case 'int':
      if (writer.typeName === 'int') return readLong;
      break;
    case 'long':
      if (writer.typeName === 'int' || writer.typeName === 'long') return readLong;
      break;
    case 'string':
      if (writer.typeName === 'string' || writer.typeName === 'bytes') return text;
      break;
    case 'bytes':
      if (writer.typeName === 'string' || writer.typeName === 'bytes') return readBytes;
      break;
    case 'fixed':
      if (isFixed(writer) && sameName(writer, reader) && writer.size === (reader as avro.types.FixedType).size) {
        return fixedReader(writer.size);
      }
      break;
    case 'enum':
      if (isEnum(writer) && sameName(writer, reader)) return enumReader(writer, reader as avro.types.EnumType);
      break;
    case 'array':
      if (isArray(writer)) {
        return arrayReader(resolveAs(writer.itemsType, (reader as avro.types.ArrayType).itemsType, text));
      }
      break;
    case 'record':
      if (isRecord(writer) && sameName(writer, reader)) return recordReader(writer, reader as avro.types.RecordType);
      break;
  }
  throw new IncompatibleSchema(`${describe(writer)} cannot be read as ${describe(reader)}`);
}

const readNull: Reader = () => null;
const readBoolean: Reader = (cursor) => cursor.readBoolean();
const readLong: Reader = (cursor) => cursor.readLong();
const readString: Reader = (cursor) => cursor.readString();
const readName: Reader = (cursor) => cursor.readName();
const readBytes: Reader = (cursor) => cursor.readFixed(cursor.readLong());
const fixedReader =
  (size: number): Reader =>
  (cursor) =>
    cursor.readFixed(size);

function enumReader(writer: avro.types.EnumType, reader: avro.types.EnumType): Reader {
  const name = unqualified(reader);
  const fallback = (reader as { default?: string }).default;
  const symbols = writer.symbols.map((symbol) => (reader.symbols.includes(symbol) ? symbol : fallback));
  return (cursor) => {
    const index = cursor.readLong();
    const symbol = symbols[index];
    if (symbol !== undefined) return symbol;
    throw new DecodeFault(
      index >= 0 && index < symbols.length
        ? `${name} has a symbol that this version does not know`
        : `${name} is out of range: number ${index} of ${symbols.length} symbols`,
    );
  };
}

function arrayReader(item: Reader): Reader {
  return (cursor) => {
    const items: unknown[] = [];
    for (let count = cursor.readBlockCount(); count > 0; count = cursor.readBlockCount()) {
      while (count-- > 0) items.push(item(cursor));
    }
    return items;
  };
}

function resolveWriterUnion(writer: avro.Type, reader: avro.Type, text: Reader): Reader {
  const branches = branchesOf(writer).map((branch): Reader => {
    try {
      return resolveAs(branch, reader, text);
    } catch (error) {
      if (!(error instanceof IncompatibleSchema)) throw error;
      return () => {
        throw new DecodeFault(error.message);
      };
    }
  });
  return branchReader(branches);
}

function resolveReaderUnion(writer: avro.Type, reader: avro.Type, text: Reader): Reader {
  for (const branch of branchesOf(reader)) {
    try {
      return resolveAs(writer, branch, text);
    } catch (error) {
      if (!(error instanceof IncompatibleSchema)) throw error;
    }
  }
  throw new IncompatibleSchema(`${describe(writer)} is none of ${branchesOf(reader).map(describe).join(', ')}`);
}

function branchReader(branches: readonly Reader[]): Reader {
  return (cursor) => {
    const index = cursor.readLong();
    const branch = branches[index];
    if (branch === undefined) throw new DecodeFault(`a union has no branch ${index} (of ${branches.length})`);
    return branch(cursor);
  };
}

/** Fields that name one of few things, the same over and over. */
const NAMING = new Set([
  ...['controller', 'service', 'purpose', 'purposes', 'dataCategories', 'topic', 'rule', 'clause', 'assumptions'],
  ...['name', 'sector', 'country'],
]);

/**
 * The reader of a record is compiled: a literal of all fields is made several times as fast as one field after the other
 * is set, and all records have one shape. Names in the code are of our schemas alone. Array defaults are made anew for each.
 */
function recordReader(writer: avro.types.RecordType, reader: avro.types.RecordType): Reader {
  const record = unqualified(reader);
  const ours = new Map(reader.fields.map((field) => [field.name, field.type]));
  const reads = writer.fields.map((field): Reader => {
    const type = ours.get(field.name);
    if (type === undefined) return skipper(field.type);
    try {
      return resolveAs(field.type, type, NAMING.has(field.name) ? readName : readString);
    } catch (error) {
      if (!(error instanceof IncompatibleSchema)) throw error;
      throw new IncompatibleSchema(`field \`${field.name}\` of ${record}: ${error.message}`);
    }
  });
  const defaults: unknown[] = [];
  const fields = reader.fields.map((field) => {
    const place = writer.fields.findIndex(({ name }) => name === field.name);
    if (place >= 0) return `${field.name}: value${place}`;
    const value: unknown = field.defaultValue();
    if (value === undefined) throw new IncompatibleSchema(`${record} has no field \`${field.name}\``);
    return `${field.name}: ${Array.isArray(value) ? '[]' : `defaults[${defaults.push(value) - 1}]`}`;
  });
  const names = reads.map((_, i) => `read${i}`).join(', ');
  const steps = reads.map((_, i) => `const value${i} = read${i}(cursor);`).join(' ');
  const code = `const [${names}] = reads; return (cursor) => { ${steps} return { ${fields.join(', ')} }; };`;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- of nothing but numbers and field names of our schemas
  const compiled = new Function('reads', 'defaults', code) as (reads: readonly Reader[], defaults: unknown[]) => Reader;
  return compiled(reads, defaults);
}

/** Passes a value that the reader does not ask for. */
function skipper(writer: avro.Type, known = new Map<avro.Type, Reader>()): Reader {
  const found = known.get(writer);
  if (found !== undefined) return found;
  // A schema may contain itself: what is made of its parts refers to this one before it is there.
  const made: { skip?: Reader } = {};
  const deeper: Reader = (cursor) => cursor.deeper(made.skip!);
  known.set(writer, deeper);
  made.skip = makeSkipper(writer, known);
  return deeper;
}

function makeSkipper(writer: avro.Type, known: Map<avro.Type, Reader>): Reader {
  if (isUnion(writer)) return branchReader(branchesOf(writer).map((branch) => skipper(branch, known)));
  if (isFixed(writer)) return (cursor) => cursor.take(writer.size);
  if (isRecord(writer)) {
    const fields = writer.fields.map((field) => skipper(field.type, known));
    return (cursor) => {
      cursor.passFields(fields.length + 1);
      for (const field of fields) field(cursor);
    };
  }
  if (isArray(writer)) return blockSkipper(skipper(writer.itemsType, known));
  switch (writer.typeName) {
    case 'null':
      return readNull;
    case 'boolean':
      return (cursor) => cursor.take(1);
    case 'int':
    case 'long':
    case 'enum':
      return (cursor) => cursor.skipLong();
    case 'float':
      return (cursor) => cursor.take(4);
    case 'double':
      return (cursor) => cursor.take(8);
    case 'string':
    case 'bytes':
      return skipBytes;
    case 'map': {
      const item = skipper((writer as avro.types.MapType).valuesType as avro.Type, known);
      return blockSkipper((cursor) => {
        skipBytes(cursor);
        item(cursor);
      });
    }
    default:
      throw new IncompatibleSchema(`type ${writer.typeName} is not known`);
  }
}

const skipBytes: Reader = (cursor) => cursor.take(cursor.readLong());

function blockSkipper(item: Reader): Reader {
  return (cursor) => {
    for (let count = cursor.readBlockCount(); count > 0; count = cursor.readBlockCount()) {
      while (count-- > 0) item(cursor);
    }
  };
}

function isUnion(type: avro.Type): boolean {
  return type.typeName.startsWith('union:');
}

function branchesOf(union: avro.Type): avro.Type[] {
  return (union as unknown as { types: avro.Type[] }).types;
}

function isRecord(type: avro.Type): type is avro.types.RecordType {
  return type.typeName === 'record' || type.typeName === 'error';
}

function isEnum(type: avro.Type): type is avro.types.EnumType {
  return type.typeName === 'enum';
}

function isArray(type: avro.Type): type is avro.types.ArrayType {
  return type.typeName === 'array';
}

function isFixed(type: avro.Type): type is avro.types.FixedType {
  return type.typeName === 'fixed';
}

function sameName(a: avro.Type, b: avro.Type): boolean {
  return unqualified(a) === unqualified(b);
}

/** The name without its namespace. */
function unqualified(type: avro.Type): string {
  const name = type.name ?? type.typeName;
  return name.slice(name.lastIndexOf('.') + 1);
}

function describe(type: avro.Type): string {
  return type.name === undefined ? type.typeName.replace(/:.*/, '') : `${type.typeName} ${unqualified(type)}`;
}
