import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { LineCounter, isMap, isScalar, parseDocument, type Document } from 'yaml';
import type { RegisterFile } from './file.js';
import type { Fault } from './fault.js';
import { packageFile } from './package-file.js';
import { didYouMean } from './suggest.js';

type Path = readonly (string | number)[];

export interface Parsed {
  readonly file: RegisterFile;
  /** Where the value at `path` stands in the text (its key, if `onKey`). */
  readonly faultAt: (path: Path, message: string, onKey?: boolean) => Fault;
}

/**
 * Reads a register file's text: YAML 1.2, then the JSON Schema. All faults found at one of the two steps are returned
 * together.
 *
 * @param name the file's name, for the faults
 */
export function parseRegister(text: string, name: string): { parsed: Parsed | null; faults: readonly Fault[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number, message: string): Fault => {
    const { line, col } = lines.linePos(offset);
    return { file: name, line, column: col, message };
  };
  if (document.errors.length > 0) {
    return { parsed: null, faults: document.errors.map((e) => at(e.pos[0], `no YAML here: ${e.message}`)) };
  }
  const faultAt = (path: Path, message: string, onKey = false): Fault => at(offsetOf(document, path, onKey), message);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return { parsed: null, faults: [at(0, `the YAML cannot be read: ${(error as Error).message}`)] };
  }
  const validate = validator();
  if (!validate(value)) {
    const faults = (validate.errors ?? []).filter((e) => e.keyword !== 'if').map((e) => toFault(e, faultAt));
    return { parsed: null, faults: uniqueFaults(faults) };
  }
  return { parsed: { file: value as RegisterFile, faultAt }, faults: [] };
}

let compiled: ValidateFunction | undefined;

function validator(): ValidateFunction {
  compiled ??= new Ajv({ allErrors: true, verbose: true, strictTypes: false }).compile(
    JSON.parse(readFileSync(packageFile('schemas', 'register.schema.json'), 'utf8')) as object,
  );
  return compiled;
}

/** Offset of the value at `path`, or of the nearest thing around it that is there. */
function offsetOf(document: Document.Parsed, path: Path, onKey: boolean): number {
  for (let length = path.length; length > 0; length--) {
    const parent: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === key);
      const node = onKey || pair?.value === null ? pair?.key : pair?.value;
      const range = (node as { range?: [number, number, number] } | undefined)?.range;
      if (range) return range[0];
    } else {
      const node: unknown = document.getIn(path.slice(0, length), true);
      const range = (node as { range?: [number, number, number] } | undefined)?.range;
      if (range) return range[0];
    }
  }
  return 0;
}

/** A fault of the schema in an author's words. */
function toFault(error: ErrorObject, faultAt: Parsed['faultAt']): Fault {
  const path = pointer(error.instancePath);
  const where = path.length === 0 ? 'the register' : `\`${path.join('.')}\``;
  const params = error.params as Record<string, unknown>;
  const schema = (error.parentSchema ?? {}) as { description?: string; properties?: object };
  const hint = schema.description === undefined ? '' : ` (${schema.description})`;
  switch (error.keyword) {
    case 'required':
      return faultAt(path, `${where} lacks \`${String(params['missingProperty'])}\``, true);
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const known = Object.keys(schema.properties ?? {});
      return faultAt([...path, key], `${where} has no field \`${key}\`${didYouMean(key, known)}`, true);
    }
    case 'propertyNames':
      return faultAt([...path, String(params['propertyName'])], `\`${String(params['propertyName'])}\` is no id`, true);
    case 'enum': {
      const allowed = (params['allowedValues'] as unknown[]).map(String);
      const given = show(error.data);
      return faultAt(
        path,
        `${where} is ${given}${didYouMean(String(error.data), allowed)}; it is one of ${allowed.join(', ')}`,
      );
    }
    case 'const':
      return faultAt(path, `${where} is ${show(error.data)}; it must be \`${String(params['allowedValue'])}\`${hint}`);
    case 'type':
      return faultAt(path, `${where} is ${show(error.data)}; it must be of type ${String(params['type'])}${hint}`);
    case 'uniqueItems': {
      const again = params['i'] as number;
      return faultAt([...path, again], `${where} lists ${show((error.data as unknown[])[again])} twice`);
    }
    case 'pattern':
      return faultAt(path, `${where} is ${show(error.data)}, which has not the right form${hint}`);
    default:
      return faultAt(path, `${where} ${error.message ?? 'is wrong'}${hint}`);
  }
}

function show(value: unknown): string {
  if (typeof value === 'string') return `\`${value}\``;
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : `\`${JSON.stringify(value)}\``;
}

/** RFC 6901. Array indexes become numbers. */
function pointer(path: string): (string | number)[] {
  return path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function uniqueFaults(faults: readonly Fault[]): Fault[] {
  const seen = new Map(faults.map((f) => [`${f.line}:${f.column}:${f.message}`, f]));
  return [...seen.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
