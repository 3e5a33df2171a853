import type { SchemaJson } from './fingerprint.js';

type Attributes = { readonly [attribute: string]: unknown };
type FieldJson = { readonly name: string; readonly type: SchemaJson; readonly default?: unknown };

const NAMED = new Set(['record', 'error', 'enum', 'fixed']);

/**
 * Why a schema is not fully compatible with an earlier version of itself: whether readers of either version read what
 * writers of the other wrote (Avro specification 1.12, "Schema Resolution"), and read it with the same meaning. FULL
 * compatibility is symmetric in what the bytes allow; hence most changes are refused both ways:
 *
 * - a field may come or go only if it has a default;
 * - types do not change: no promotion, since the other direction has none, no branch of a union, no size;
 * - an enum may gain a symbol only if the earlier version has a default to read it as, and never loses one;
 * - names, namespaces, defaults and logical types stay: bytes would be read, but as something else.
 *
 * Docs, the order of fields, and giving a default to a field that had none are free. Renaming with aliases is refused:
 * earlier readers do not know them.
 *
 * @param earlier a released schema
 * @param later the schema that is to follow it
 * @returns one sentence for each fault, naming the place; empty means compatible
 */
export function incompatibilities(earlier: SchemaJson, later: SchemaJson): string[] {
  const comparison = new Comparison(earlier, later);
  comparison.compare(earlier, later, '');
  return comparison.faults;
}

class Comparison {
  readonly faults: string[] = [];
  readonly #earlierNames = new Map<string, Attributes>();
  readonly #laterNames = new Map<string, Attributes>();
  readonly #compared = new Set<string>();

  constructor(earlier: SchemaJson, later: SchemaJson) {
    collectNames(earlier, '', this.#earlierNames);
    collectNames(later, '', this.#laterNames);
  }

  compare(earlier: SchemaJson, later: SchemaJson, path: string): void {
    const place = path === '' ? 'the schema' : `\`${path}\``;
    const before = expand(earlier, this.#earlierNames);
    const after = expand(later, this.#laterNames);
    if (Array.isArray(before) || Array.isArray(after)) {
      this.#compareUnions(before, after, path, place);
      return;
    }
    if (before['type'] !== after['type']) {
      this.faults.push(`${place} changes its type from ${label(before)} to ${label(after)}`);
      return;
    }
    if (before['logicalType'] !== after['logicalType']) {
      this.faults.push(
        `${place} changes its logical type from ${text(before['logicalType'])} to ${text(after['logicalType'])}`,
      );
    }
    const type = before['type'] as string;
    if (NAMED.has(type)) this.#compareNamed(type, before, after, path, place);
    if (type === 'array') this.compare(before['items'] as SchemaJson, after['items'] as SchemaJson, `${path}[]`);
    if (type === 'map') this.compare(before['values'] as SchemaJson, after['values'] as SchemaJson, `${path}{}`);
  }

  #compareUnions(before: Expanded, after: Expanded, path: string, place: string): void {
    const earlier = Array.isArray(before) ? before : [before];
    const later = Array.isArray(after) ? after : [after];
    const key = (branch: SchemaJson, names: ReadonlyMap<string, Attributes>): string =>
      label(expand(branch, names) as Attributes);
    const earlierByKey = new Map(earlier.map((branch) => [key(branch, this.#earlierNames), branch]));
    const laterByKey = new Map(later.map((branch) => [key(branch, this.#laterNames), branch]));
    for (const [name, branch] of earlierByKey) {
      const match = laterByKey.get(name);
      if (match === undefined) this.faults.push(`${place} loses ${name} from its union`);
      else this.compare(branch, match, path);
    }
    for (const name of laterByKey.keys()) {
      if (!earlierByKey.has(name)) this.faults.push(`${place} gains ${name} in its union`);
    }
  }

  #compareNamed(type: string, before: Attributes, after: Attributes, path: string, place: string): void {
    const name = before['name'] as string;
    if (name !== after['name']) {
      this.faults.push(`${place} changes its name from ${name} to ${text(after['name'])}`);
      return;
    }
    // A type may contain itself.
    if (this.#compared.has(name)) return;
    this.#compared.add(name);
    if (type === 'enum') this.#compareEnums(before, after, place);
    else if (type === 'fixed') {
      if (before['size'] !== after['size']) this.faults.push(`${place} changes its size`);
    } else this.#compareFields(before['fields'] as FieldJson[], after['fields'] as FieldJson[], path);
  }

  #compareEnums(before: Attributes, after: Attributes, place: string): void {
    const earlier = before['symbols'] as string[];
    const later = after['symbols'] as string[];
    for (const symbol of earlier) {
      if (!later.includes(symbol)) this.faults.push(`${place} loses the symbol \`${symbol}\``);
    }
    for (const symbol of later) {
      if (!earlier.includes(symbol) && before['default'] === undefined) {
        this.faults.push(`${place} gains the symbol \`${symbol}\`, for which earlier readers have no default`);
      }
    }
    if (before['default'] !== undefined && before['default'] !== after['default']) {
      this.faults.push(
        `${place} changes the default symbol from ${text(before['default'])} to ${text(after['default'])}`,
      );
    }
  }

  #compareFields(before: readonly FieldJson[], after: readonly FieldJson[], path: string): void {
    const later = new Map(after.map((field) => [field.name, field]));
    const names = new Set(before.map((field) => field.name));
    const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
    for (const field of before) {
      const match = later.get(field.name);
      if (match === undefined) {
        if (field.default === undefined) this.faults.push(`\`${at(field.name)}\` is removed and has no default`);
        continue;
      }
      if (field.default !== undefined && !isSame(field.default, match.default)) {
        this.faults.push(`\`${at(field.name)}\` changes its default`);
      }
      this.compare(field.type, match.type, at(field.name));
    }
    for (const field of after) {
      if (!names.has(field.name) && field.default === undefined) {
        this.faults.push(`\`${at(field.name)}\` is added without a default`);
      }
    }
  }
}

type Expanded = Attributes | SchemaJson[];

/** A schema with its type as an object: primitives and names looked up, `{type: {…}}` unwrapped. */
function expand(schema: SchemaJson, names: ReadonlyMap<string, Attributes>): Expanded {
  if (Array.isArray(schema)) return schema;
  if (typeof schema === 'string') return names.get(schema) ?? names.get(shortName(schema)) ?? { type: schema };
  if (typeof schema['type'] === 'object') return expand(schema['type'] as SchemaJson, names);
  return NAMED.has(schema['type'] as string) ? names.get(shortName(schema['name'] as string))! : schema;
}

/**
 * Named types by their short name, each with its full name. One file holds a record and what is nested in it, where
 * short names are unique.
 */
function collectNames(schema: SchemaJson, namespace: string, names: Map<string, Attributes>): void {
  if (typeof schema === 'string') return;
  if (Array.isArray(schema)) {
    for (const branch of schema) collectNames(branch, namespace, names);
    return;
  }
  let inside = namespace;
  if (NAMED.has(schema['type'] as string)) {
    const name = schema['name'] as string;
    inside = name.includes('.')
      ? name.slice(0, name.lastIndexOf('.'))
      : ((schema['namespace'] as string | undefined) ?? namespace);
    names.set(shortName(name), { ...schema, name: inside === '' ? shortName(name) : `${inside}.${shortName(name)}` });
  }
  for (const part of [schema['type'], schema['items'], schema['values']]) {
    if (part !== undefined) collectNames(part as SchemaJson, inside, names);
  }
  for (const field of (schema['fields'] as FieldJson[] | undefined) ?? []) collectNames(field.type, inside, names);
}

function shortName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function label(type: Attributes): string {
  return (type['name'] as string | undefined) ?? String(type['type']);
}

function text(value: unknown): string {
  return value === undefined ? 'none' : typeof value === 'string' ? value : JSON.stringify(value);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
