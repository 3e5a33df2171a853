/** An Avro schema as parsed JSON. */
export type SchemaJson = string | SchemaJson[] | { readonly [attribute: string]: unknown };

const PRIMITIVES = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']);

/**
 * The Parsing Canonical Form of a schema (Avro specification 1.12, "Transforming into Parsing Canonical Form"):
 * full names, only the attributes that matter to a reader of the bytes, in a fixed order, without white space.
 *
 * @param schema a valid schema; names must be resolved by the caller's Avro library beforehand
 */
export function canonicalForm(schema: SchemaJson, namespace = ''): string {
  if (typeof schema === 'string') return JSON.stringify(PRIMITIVES.has(schema) ? schema : fullName(schema, namespace));
  if (Array.isArray(schema)) return `[${schema.map((branch) => canonicalForm(branch, namespace)).join(',')}]`;

  const type = schema['type'] as SchemaJson;
  if (typeof type !== 'string') return canonicalForm(type, namespace);
  switch (type) {
    case 'array':
      return `{"type":"array","items":${canonicalForm(schema['items'] as SchemaJson, namespace)}}`;
    case 'map':
      return `{"type":"map","values":${canonicalForm(schema['values'] as SchemaJson, namespace)}}`;
    case 'record':
    case 'error':
    case 'enum':
    case 'fixed':
      return canonicalNamed(type, schema, namespace);
    default:
      return canonicalForm(type, namespace);
  }
}

function canonicalNamed(type: string, schema: { readonly [attribute: string]: unknown }, outer: string): string {
  const name = fullName(schema['name'] as string, (schema['namespace'] as string | undefined) ?? outer);
  const head = `{"name":${JSON.stringify(name)},"type":"${type}"`;
  if (type === 'enum') return `${head},"symbols":${JSON.stringify(schema['symbols'])}}`;
  if (type === 'fixed') return `${head},"size":${Number(schema['size'])}}`;
  const namespace = name.slice(0, Math.max(0, name.lastIndexOf('.')));
  const fields = (schema['fields'] as { name: string; type: SchemaJson }[]).map(
    (field) => `{"name":${JSON.stringify(field.name)},"type":${canonicalForm(field.type, namespace)}}`,
  );
  return `${head},"fields":[${fields.join(',')}]}`;
}

function fullName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}

const EMPTY = 0xc15d213aa4d7a795n;
const TABLE = Array.from({ length: 256 }, (_, byte) => {
  let value = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) value = (value >> 1n) ^ (value & 1n ? EMPTY : 0n);
  return value;
});

/** CRC-64-AVRO, the 64-bit Rabin fingerprint of Avro ("Schema Fingerprints"), as an unsigned number. */
export function crc64Avro(bytes: Uint8Array): bigint {
  let value = EMPTY;
  for (const byte of bytes) value = (value >> 8n) ^ TABLE[Number(value & 0xffn) ^ byte]!;
  return value;
}

/** The fingerprint that names a schema in the single-object encoding: CRC-64-AVRO of its canonical form. */
export function fingerprint(schema: SchemaJson): bigint {
  return crc64Avro(Buffer.from(canonicalForm(schema), 'utf8'));
}
