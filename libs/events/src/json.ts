import { closest, distance } from 'fastest-levenshtein';
import { fieldFault, itemsFault } from './constraints.js';
import type { Stream, StreamEvent } from './event.js';
import { currentSchema, RECORD_OF } from './schemas.js';
import { parseIsoTime, toIsoTime } from './time.js';

/** An event, or everything that is wrong with its JSON; each fault names its field and quotes no content. */
export type Parsed =
  { readonly ok: true; readonly event: StreamEvent } | { readonly ok: false; readonly faults: string[] };

/**
 * Reads the JSON form of an event: the record with ISO 8601 UTC times and enum symbols as strings. Fields with a
 * default may be left out (or be undefined), others and unknown ones are faults.
 *
 * @param stream what kind of event is expected
 * @param json a parsed JSON value, of any shape
 */
export function parseEvent(stream: Stream, json: unknown): Parsed {
  const faults: string[] = [];
  const event = readRecord(SHAPES[stream], json, '', faults);
  return faults.length === 0 ? { ok: true, event: { stream, event } as unknown as StreamEvent } : { ok: false, faults };
}

/** The JSON form of an event, with every field. {@link parseEvent} gives the same event back. */
export function toJson({ stream, event }: StreamEvent): Record<string, unknown> {
  const json: Record<string, unknown> = { ...event };
  for (const { name, shape } of SHAPES[stream].fields) {
    const value = json[name];
    if (inner(shape).kind === 'time' && typeof value === 'number') json[name] = toIsoTime(value);
  }
  return json;
}

/** What the reader needs of a schema. */
type Shape =
  | { readonly kind: 'string' | 'boolean' | 'time' }
  | { readonly kind: 'enum'; readonly symbols: readonly string[] }
  | { readonly kind: 'array'; readonly items: Shape }
  | { readonly kind: 'nullable'; readonly inner: Shape }
  | RecordShape;

interface RecordShape {
  readonly kind: 'record';
  readonly fields: readonly Field[];
  readonly names: readonly string[];
}

interface Field {
  readonly name: string;
  readonly shape: Shape;
  /** undefined: none. */
  readonly default: unknown;
}

interface FieldJson {
  readonly name: string;
  readonly type: TypeJson;
  readonly default?: unknown;
}

type TypeJson =
  | string
  | readonly ['null', TypeJson]
  | {
      readonly type: string;
      readonly logicalType?: string;
      readonly symbols?: readonly string[];
      readonly items?: TypeJson;
      readonly fields?: readonly FieldJson[];
    };

const SHAPES = Object.fromEntries(
  Object.entries(RECORD_OF).map(([stream, record]) => [stream, shapeOf(currentSchema(record).json as TypeJson)]),
) as Record<Stream, RecordShape>;

function shapeOf(type: TypeJson): Shape {
  if (type === 'string' || type === 'boolean') return { kind: type };
  if (Array.isArray(type)) return { kind: 'nullable', inner: shapeOf(type[1] as TypeJson) };
  const schema = type as Exclude<TypeJson, string | readonly unknown[]>;
  if (schema.type === 'string') return { kind: 'string' };
  if (schema.logicalType === 'timestamp-millis') return { kind: 'time' };
  if (schema.type === 'enum') return { kind: 'enum', symbols: schema.symbols! };
  if (schema.type === 'array') return { kind: 'array', items: shapeOf(schema.items!) };
  if (schema.type === 'record') {
    const fields = schema.fields!.map((field) => ({
      name: field.name,
      shape: shapeOf(field.type),
      default: field.default,
    }));
    return { kind: 'record', fields, names: fields.map((field) => field.name) };
  }
  throw new Error(`schemas: an event field of type ${JSON.stringify(type)} has no JSON form`);
}

function inner(shape: Shape): Shape {
  return shape.kind === 'nullable' ? shape.inner : shape;
}

function readRecord(shape: RecordShape, json: unknown, path: string, faults: string[]): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    faults.push(path === '' ? 'the event is not a JSON object' : `\`${path}\` is not a JSON object`);
    return record;
  }
  const prefix = path === '' ? '' : `${path}.`;
  for (const field of shape.fields) {
    const fieldPath = prefix + field.name;
    const value = Object.hasOwn(json, field.name) ? (json as Record<string, unknown>)[field.name] : undefined;
    if (value !== undefined) record[field.name] = readValue(field.shape, value, fieldPath, faults);
    else if (field.default === undefined) faults.push(`\`${fieldPath}\` is missing`);
    else record[field.name] = Array.isArray(field.default) ? [] : field.default;
  }
  for (const name of Object.keys(json)) {
    if (!shape.names.includes(name)) faults.push(unknownField(prefix, name, shape.names));
  }
  return record;
}

function readValue(shape: Shape, value: unknown, path: string, faults: string[]): unknown {
  const fault = (text: string): undefined => {
    faults.push(`\`${path}\` ${text}`);
    return undefined;
  };
  switch (shape.kind) {
    case 'nullable':
      return value === null ? null : readValue(shape.inner, value, path, faults);
    case 'record':
      return readRecord(shape, value, path, faults);
    case 'array':
      if (!Array.isArray(value)) return fault('is not an array');
      return itemsOf(shape.items, value, path, faults);
    case 'boolean':
      return typeof value === 'boolean' ? value : fault('is neither true nor false');
    case 'enum':
      if (typeof value === 'string' && shape.symbols.includes(value)) return value;
      return fault(`is none of ${shape.symbols.join(', ')}${suggestion(value, shape.symbols)}`);
    case 'time': {
      const ms = typeof value === 'string' ? parseIsoTime(value) : null;
      if (ms === null) return fault('is not an ISO 8601 UTC time such as 2023-01-31T10:00:00Z');
      return constrained(path, ms, faults);
    }
    case 'string':
      if (typeof value !== 'string') return fault('is not a string');
      if (!value.isWellFormed()) return fault('is not well-formed Unicode (half a surrogate pair)');
      return constrained(path, value, faults);
  }
}

/** Items of a list that is too long are not read: each of them could be at fault. */
function itemsOf(shape: Shape, items: readonly unknown[], path: string, faults: string[]): unknown {
  const fault = itemsFault(path, items.length);
  if (fault === null) return Array.from(items, (item, i) => readValue(shape, item, `${path}[${i}]`, faults));
  faults.push(fault);
  return undefined;
}

function constrained<Value extends string | number>(path: string, value: Value, faults: string[]): Value {
  const fault = fieldFault(path, value);
  if (fault !== null) faults.push(fault);
  return value;
}

function unknownField(prefix: string, name: string, known: readonly string[]): string {
  const shown = name.length <= 40 ? name : `${name.slice(0, 39)}…`;
  return `\`${prefix}${shown}\` is not a field of this event${suggestion(name, known)}`;
}

/** Only what is likely a slip of the keyboard gets a suggestion. */
function suggestion(value: unknown, known: readonly string[]): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > 40) return '';
  const nearest = closest(value, known);
  return distance(value, nearest) <= Math.max(2, value.length / 3) ? `; did you mean \`${nearest}\`?` : '';
}
