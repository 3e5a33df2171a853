import fc from 'fast-check';
import type { OpenApiDocument, OpenApiOperation, OpenApiParameter } from './described.fixture.js';

/** A GET that a document describes, with parameters that may fit or not. */
export interface AnyRequest {
  readonly operationId: string;
  /** With its query. */
  readonly path: string;
}

/** Texts by the name of a field or parameter. */
export type Known = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Requests for everything that a document describes as GET: mostly such as are described, some of them wrong.
 *
 * @param known texts that stand for something there, by the names of fields that hold them
 */
export function anyGet(document: OpenApiDocument, known: Known): fc.Arbitrary<AnyRequest> {
  const operations = Object.entries(document.paths).flatMap(([path, { get }]) =>
    get === undefined ? [] : [requestFor(path, get, known)],
  );
  return fc.oneof(...operations);
}

function requestFor(path: string, operation: OpenApiOperation, known: Known): fc.Arbitrary<AnyRequest> {
  const { operationId, parameters = [] } = operation;
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const steps = fc.record(
    Object.fromEntries(inPath.map(({ name, schema }) => [name, oneText(schema, [...(known.get(name) ?? [])])])),
  );
  const query = fc.tuple(
    fc.record(
      Object.fromEntries(
        inQuery.map((parameter) => [parameter.name, texts(parameter, [...(known.get(parameter.name) ?? [])])]),
      ),
      {
        requiredKeys: inQuery.filter(({ required }) => required === true).map(({ name }) => name),
      },
    ),
    rarely(fc.tuple(fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }), fc.string({ maxLength: 8 })), 30),
  );
  return fc.tuple(steps, query).map(([values, [given, stray]]) => {
    const search = new URLSearchParams(stray === null ? [] : [stray]);
    for (const [name, list] of Object.entries(given)) for (const text of list) search.append(name, text);
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] || 'x'));
    return { operationId, path: search.size === 0 ? filled : `${filled}?${search.toString()}` };
  });
}

/** Values of a parameter: for most of them one. */
function texts({ schema, explode }: OpenApiParameter, known: readonly string[]): fc.Arbitrary<string[]> {
  const item = schema['type'] === 'array' ? (schema['items'] as OpenApiParameter['schema']) : schema;
  const one = oneText(item, known);
  if (explode === false) return fc.array(one, { maxLength: 4 }).map((list) => [list.join(',')]);
  const most = schema['type'] === 'array' ? 3 : 1;
  return fc.oneof(
    { weight: 30, arbitrary: fc.array(one, { minLength: 1, maxLength: most }) },
    { weight: 1, arbitrary: fc.array(one, { minLength: 2, maxLength: 2 }) },
  );
}

/** A value as its schema has it; sometimes any text. */
function oneText(schema: OpenApiParameter['schema'], known: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 30, arbitrary: fitting(schema, known) },
    { weight: 1, arbitrary: fc.string({ maxLength: 20, unit: 'grapheme' }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', ' ', '0', '-1', 'null', '%00', '../..', '$where', '__proto__', '9'.repeat(20)),
    },
  );
}

function fitting(schema: OpenApiParameter['schema'], known: readonly string[]): fc.Arbitrary<string> {
  const {
    type,
    enum: words,
    pattern,
    format,
    minimum,
    maximum,
  } = schema as {
    readonly type?: string;
    readonly enum?: readonly string[];
    readonly pattern?: string;
    readonly format?: string;
    readonly minimum?: number;
    readonly maximum?: number;
  };
  if (words !== undefined) return fc.constantFrom(...words);
  if (type === 'integer') {
    return fc.oneof(fc.integer({ min: minimum ?? 0, max: maximum ?? 1_000 }), fc.constantFrom(1, 2)).map(String);
  }
  if (format === 'date-time') {
    return fc
      .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString());
  }
  if (pattern !== undefined) {
    const fits = new RegExp(pattern);
    const ids = known.filter((text) => fits.test(text));
    const made = fc.stringMatching(fits);
    return ids.length === 0 ? made : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...ids) }, made);
  }
  return known.length === 0 ? fc.string({ maxLength: 10 }) : fc.constantFrom(...known);
}

/** null, but for one in so many. */
function rarely<T>(arbitrary: fc.Arbitrary<T>, oneIn: number): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}
