import { STREAMS, type Stream } from './event.js';
import { fingerprint, type SchemaJson } from './fingerprint.js';
import { NAMESPACE, RECORD_OF, RELEASED, CURRENT, currentType, parseSchema } from './schemas.js';
import { resolve, type Reader } from './resolve.js';

/** How to read the records of one writer's schema, or why they cannot be read. */
export type Writer =
  | { readonly ok: true; readonly stream: Stream; readonly read: Reader }
  | { readonly ok: false; readonly fault: string };

/** More than the records of any batch can name at once. */
const REGISTRY_AT_MOST = 10_000;
/** Characters of what is wrong with a schema; avsc quotes schemas whole. */
const MAX_REASON_LENGTH = 300;

/**
 * The schemas events may have been written with: every version released with this package, by fingerprint, and those
 * of a schema registry as they become known, by id. Resolution to the current schema happens once per writer's schema.
 */
export class WriterSchemas {
  readonly #released = new Map<number, { readonly high: number; readonly writer: Writer }[]>();
  readonly #registry = new Map<number, Writer>();

  constructor() {
    const bundled = [...CURRENT.values(), ...RELEASED.flatMap((release) => release.schemas)];
    for (const { json, record } of bundled) {
      if (streamOf(`${NAMESPACE}.${record}`) !== undefined) this.#addReleased(json);
    }
  }

  /**
   * Makes a schema known that a registry holds under an id. It never throws: what cannot be used is remembered with
   * the reason, which every record of that schema then gets as its fault.
   *
   * @param id the registry's id, 0 to 2^32 - 1
   * @param schema the schema as the registry gives it: Avro JSON, as text or parsed
   */
  addRegistrySchema(id: number, schema: string | SchemaJson): void {
    try {
      this.#remember(id, toWriter(typeof schema === 'string' ? (JSON.parse(schema) as SchemaJson) : schema));
    } catch (error) {
      const why = messageOf(error).slice(0, MAX_REASON_LENGTH);
      this.#remember(id, { ok: false, fault: `schema ${id} of the registry is unusable: ${why}` });
    }
  }

  /** undefined: the id is not known yet. */
  byRegistryId(id: number): Writer | undefined {
    return this.#registry.get(id);
  }

  /**
   * @param low the fingerprint's lower 32 bits, unsigned
   * @param high its upper 32 bits, unsigned
   */
  byFingerprint(low: number, high: number): Writer | undefined {
    const candidates = this.#released.get(low);
    if (candidates === undefined) return undefined;
    for (const candidate of candidates) if (candidate.high === high) return candidate.writer;
    return undefined;
  }

  /** The oldest goes where there are too many; it is asked for again. */
  #remember(id: number, writer: Writer): void {
    const oldest = this.#registry.size >= REGISTRY_AT_MOST ? this.#registry.keys().next().value : undefined;
    if (oldest !== undefined) this.#registry.delete(oldest);
    this.#registry.set(id, writer);
  }

  #addReleased(schema: SchemaJson): void {
    const value = fingerprint(schema);
    const low = Number(value & 0xffffffffn);
    const high = Number(value >> 32n);
    if (this.byFingerprint(low, high) !== undefined) return;
    this.#released.set(low, [...(this.#released.get(low) ?? []), { high, writer: toWriter(schema) }]);
  }
}

function toWriter(schema: SchemaJson): Writer {
  const type = parseSchema(schema, 'always');
  const stream = streamOf(type.name ?? '');
  if (stream === undefined) {
    const known = Object.values(RECORD_OF).map((record) => `\`${NAMESPACE}.${record}\``);
    return { ok: false, fault: `the schema it was written with is none of ${known.join(', ')}` };
  }
  return { ok: true, stream, read: resolve(type, currentType(RECORD_OF[stream])) };
}

function streamOf(fullName: string): Stream | undefined {
  return STREAMS.find((stream) => fullName === `${NAMESPACE}.${RECORD_OF[stream]}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
