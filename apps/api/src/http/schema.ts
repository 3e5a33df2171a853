import Type from 'typebox';
import type {
  Static,
  StaticDecode,
  TArray,
  TArrayOptions,
  TEnum,
  TNull,
  TObject,
  TProperties,
  TSchema,
  TUnion,
} from 'typebox';

/** What a handler may answer with, of a wire schema: its static type, all of it read-only. */
export type Wire<T extends TSchema> = Frozen<Static<T>>;

/** What a handler gets of a query, a path or a body: texts of times have become ms since the epoch. */
export type Input<T extends TSchema> = Frozen<StaticDecode<T>>;

type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

/**
 * An object on the wire: all its fields are there (null where there is nothing to say), and no others.
 *
 * @param name what it is called in the OpenAPI document, where it then stands once
 */
export function named<T extends TProperties>(name: string, properties: T, description?: string): TObject<T> {
  return Type.Object(properties, {
    $id: name,
    additionalProperties: false,
    ...(description === undefined ? {} : { description }),
  });
}

export function nullable<T extends TSchema>(schema: T, description?: string): TUnion<[T, TNull]> {
  return Type.Union([schema, Type.Null()], description === undefined ? {} : { description });
}

/** One of some words. */
export function oneOf<T extends string[]>(words: readonly [...T], description?: string): TEnum<T> {
  return Type.Enum(words, { type: 'string', ...(description === undefined ? {} : { description }) });
}

/** Schemas of query parameters of which the values stand in one text, separated by commas. */
const lists = new WeakSet<object>();

/** A list of words in one query parameter: `by=day,rule`. */
export function commaSeparated<T extends TSchema>(item: T, options: TArrayOptions): TArray<T> {
  const list = Type.Array(item, options);
  lists.add(list);
  return list;
}

export function isCommaSeparated(schema: object): boolean {
  return lists.has(schema);
}

/** A time in an answer: ISO 8601, UTC, with milliseconds. */
export const Time = Type.String({
  format: 'date-time',
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$',
  examples: ['2026-03-01T09:30:00.000Z'],
});

/** A day in UTC. */
export const Day = Type.String({ format: 'date', examples: ['2026-03-01'] });

/** 32 bytes, as SHA-256 gives, in lower-case hex. */
export const Sha256 = Type.String({
  pattern: '^[0-9a-f]{64}$',
  examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
});

/** Bytes. */
export const Base64 = Type.String({ contentEncoding: 'base64', pattern: '^[A-Za-z0-9+/]*={0,2}$' });

/** How many. */
export const Count = Type.Integer({ minimum: 0 });

const isInstant = (text: string): boolean => !Number.isNaN(Date.parse(text));

/** A time in a request: RFC 3339, any offset. Handlers get ms since the epoch. */
export const TimeParameter = Type.Codec(Type.Refine(Type.String({ format: 'date-time' }), isInstant))
  .Decode((text) => Date.parse(text))
  .Encode((ms) => new Date(ms).toISOString());
