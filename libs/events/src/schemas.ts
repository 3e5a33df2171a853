import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import avro from 'avsc';
import { fingerprint, type SchemaJson } from './fingerprint.js';
import type { Stream } from './event.js';

/** The record type of each stream, and the entry of the trail. */
export const RECORD_OF = {
  orders: 'OrderEvent',
  marketing: 'MarketingEvent',
  sharing: 'SharingEvent',
  rights: 'RightsEvent',
} as const satisfies Record<Stream, string>;

export const NAMESPACE = 'hjemmel.v1';

/** A schema file that ships with the package is broken. Thrown while this module loads: nothing works without it. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

/** One schema file. */
export interface BundledSchema {
  /** File name without `.avsc`, such as `OrderEvent`. */
  readonly record: string;
  readonly json: SchemaJson;
  readonly fingerprint: bigint;
}

/** A version of all schemas, as released. */
export interface Release {
  /** Such as `1.0.0`. */
  readonly version: string;
  readonly schemas: readonly BundledSchema[];
}

/** The schemas of this version, by record name. */
export const CURRENT: ReadonlyMap<string, BundledSchema> = new Map(
  readSchemas(schemaFolder()).map((schema) => [schema.record, schema]),
);

/** Every version ever released, oldest folder name first. */
export const RELEASED: readonly Release[] = readdirSync(join(schemaFolder(), 'released'))
  .sort()
  .map((version) => ({ version, schemas: readSchemas(join(schemaFolder(), 'released', version)) }));

/**
 * The current schema of a record as an Avro type that reads and writes plain values: times stay numbers.
 *
 * @param record such as `OrderEvent`
 */
export function currentType(record: string): avro.Type {
  return parseSchema(currentSchema(record).json, 'auto');
}

export function currentSchema(record: string): BundledSchema {
  const schema = CURRENT.get(record);
  if (schema === undefined) throw new Error(`schemas/${record}.avsc is missing: install the package again`);
  return schema;
}

/**
 * @param unions `always` takes any union; `auto` gives plain values and refuses unions that would be ambiguous
 * @throws Error when the schema is no valid Avro schema
 */
export function parseSchema(json: SchemaJson, unions: 'auto' | 'always'): avro.Type {
  return avro.Type.forSchema(json as Parameters<typeof avro.Type.forSchema>[0], {
    logicalTypes: {},
    omitRecordMethods: true,
    wrapUnions: unions,
  });
}

function readSchemas(folder: string): BundledSchema[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.avsc'))
    .sort()
    .map((file) => readSchema(join(folder, file)));
}

function readSchema(path: string): BundledSchema {
  try {
    const json = JSON.parse(readFileSync(path, 'utf8')) as SchemaJson;
    parseSchema(json, 'always');
    return { record: basename(path, '.avsc'), json, fingerprint: fingerprint(json) };
  } catch (error) {
    throw new SchemaError(`${path}: no Avro schema (${(error as Error).message}); mend the file or install it again`);
  }
}

/** Next to package.json, which is found from the sources as from the build. */
function schemaFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return join(folder, 'schemas');
}
