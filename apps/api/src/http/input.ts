import { closest, distance } from 'fastest-levenshtein';
import type { TObject, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Validator } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { Default } from 'typebox/value';
import { Problem } from './problem.js';
import type { RequestError } from './problem.js';
import { isCommaSeparated } from './schema.js';
import type { Wire } from './schema.js';

type Fault = Wire<typeof RequestError>;

/** What a schema says of the values of one parameter. */
interface ValueSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly items?: ValueSchema;
}

/** Faults that are told of one request. */
const MAX_FAULTS = 20;

const compiled = new WeakMap<TSchema, Validator>();

function validatorOf(schema: TSchema): Validator {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const validator = Compile(schema);
  compiled.set(schema, validator);
  return validator;
}

/**
 * Reads a query string by the schema of its parameters. Those that are arrays can be repeated; numbers and booleans are
 * made out of their texts; defaults are put in.
 *
 * @param search what follows the question mark
 * @throws Problem that says of every parameter what is wrong with it
 */
export function readQuery(schema: TObject, search: string): unknown {
  const known = schema.properties as Readonly<Record<string, ValueSchema>>;
  const given = new URLSearchParams(search);
  const faults: Fault[] = [];
  const value: Record<string, unknown> = {};
  for (const name of new Set(given.keys())) {
    const of = Object.hasOwn(known, name) ? known[name] : undefined;
    const texts = given.getAll(name);
    if (of === undefined)
      faults.push({ parameter: name.slice(0, 100), detail: unknownParameter(name, Object.keys(known)) });
    else if (of.type === 'array') value[name] = itemsOf(texts, of).map((text) => fromText(text, of.items ?? {}));
    else if (texts.length > 1) faults.push({ parameter: name, detail: 'is given more than once; once is enough.' });
    else value[name] = fromText(texts[0] ?? '', of);
  }
  return check(schema, value, faults, (path) => path[0] ?? '');
}

/**
 * Reads the parameters of a path.
 *
 * @throws Problem not-found where they do not fit the schema
 */
export function readParams(schema: TObject, params: Readonly<Record<string, string | string[]>>): unknown {
  const value: Record<string, unknown> = {};
  for (const [name, of] of Object.entries(schema.properties as Readonly<Record<string, ValueSchema>>)) {
    value[name] = fromText(String(params[name]), of);
  }
  const validator = validatorOf(schema);
  if (!validator.Check(value)) throw new Problem('not-found');
  return validator.Decode(value);
}

/**
 * Reads JSON content.
 *
 * @throws Problem that says of every place what is wrong with it
 */
export function readBody(schema: TObject, body: unknown): unknown {
  return check(schema, body, [], (path) => path.map((step) => `/${step}`).join(''));
}

function check(
  schema: TObject,
  given: unknown,
  faults: readonly Fault[],
  nameOf: (path: readonly string[]) => string,
): unknown {
  const validator = validatorOf(schema);
  const value = Default(schema, given);
  const more = validator.Check(value)
    ? []
    : validator.Errors(value).flatMap((error) => toFaults(error, schema, value, nameOf));
  const errors = [...faults, ...more];
  if (errors.length > 0) throw new Problem('invalid-request', { errors: oneEach(errors) });
  return validator.Decode(value);
}

function itemsOf(texts: readonly string[], of: ValueSchema): readonly string[] {
  return isCommaSeparated(of) ? texts.flatMap((text) => text.split(',')).filter((text) => text !== '') : texts;
}

function fromText(text: string, { type }: ValueSchema): unknown {
  if ((type === 'integer' || type === 'number') && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/** The first fault of each place, which is the closest; of many places some. */
function oneEach(faults: readonly Fault[]): Fault[] {
  const byPlace = new Map(faults.toReversed().map((fault) => [fault.parameter, fault]));
  return [...byPlace.values()].toReversed().slice(0, MAX_FAULTS);
}

/** An error of the schema in words for who asks. */
function toFaults(
  error: TLocalizedValidationError,
  schema: TObject,
  value: unknown,
  nameOf: (path: readonly string[]) => string,
): Fault[] {
  const path = error.instancePath.split('/').slice(1).map(unescape);
  const at = (names: readonly string[], detail: string) =>
    names.map((name) => ({ parameter: nameOf([...path, name]), detail }));
  if (error.keyword === 'required') return at(error.params.requiredProperties, 'is missing.');
  if (error.keyword === 'additionalProperties') {
    const known = Object.keys((schemaAt(schema, path) as Partial<TObject>).properties ?? {});
    return error.params.additionalProperties.flatMap((name) => at([name], unknownParameter(name, known)));
  }
  if (error.keyword === 'if') return at(lackingOf(schema, error.schemaPath, value), 'is missing.');
  // What comes with the one above, and says less.
  if (error.keyword === 'boolean') return [];
  const words = wordsFor(error, schemaAt(schema, path) as ValueSchema, valueAt(value, path));
  return [{ parameter: nameOf(path), detail: words }];
}

/** What a condition of an object (`allOf` of `if` and `then`) requires and is not there. */
function lackingOf(schema: TObject, schemaPath: string, value: unknown): string[] {
  const condition = schemaPath
    .split('/')
    .slice(1)
    .reduce<unknown>((at, step) => (at as Readonly<Record<string, unknown>>)[step], schema);
  const { required } = (condition as { readonly then: { readonly required: readonly string[] } }).then;
  return required.filter((name) => !Object.hasOwn(value as object, name));
}

function wordsFor(error: TLocalizedValidationError, of: ValueSchema, given: unknown): string {
  switch (error.keyword) {
    case 'enum': {
      const words = (of.enum ?? []).map(String);
      return `must be one of ${words.join(', ')}${typeof given === 'string' ? nearest(given, words) : ''}.`;
    }
    case 'format':
    case '~refine':
      return of.format === 'date-time' ? 'must be a time such as 2026-01-31T12:00:00.000Z.' : `${error.message}.`;
    case 'type':
      return of.type === 'integer' ? 'must be a whole number.' : `${error.message}.`;
    case 'pattern':
      return 'is not of the form that it must have.';
    default:
      return `${error.message}.`;
  }
}

/** The schema of a place in a value; nothing where it is not that plain. */
function schemaAt(schema: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, step) => {
    const { properties, items } = (at ?? {}) as { properties?: Record<string, unknown>; items?: unknown };
    return properties !== undefined && Object.hasOwn(properties, step) ? properties[step] : (items ?? {});
  }, schema);
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, step) => (at as Readonly<Record<string, unknown>> | undefined)?.[step], value);
}

/** RFC 6901. */
function unescape(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

function unknownParameter(given: string, known: readonly string[]): string {
  if (known.length === 0) return 'is not known: there are none here.';
  return `is not known; there are ${known.join(', ')}${nearest(given, known)}.`;
}

/** Which of some names is meant, where one is near enough. */
function nearest(given: string, known: readonly string[]): string {
  const best = closest(given.slice(0, 100), known);
  return distance(given, best) <= Math.max(2, Math.floor(best.length / 3)) ? ` (did you mean ${best}?)` : '';
}
