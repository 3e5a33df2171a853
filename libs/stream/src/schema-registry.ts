import type { StreamLog } from './log.js';
import { StreamFault } from './stream-fault.js';
import { backoff, pause } from './waiting.js';

const TIMEOUT_MS = 5_000;
/** How long a registry's word that an id has no schema of use is believed, and for how many ids. */
const BELIEVED_FOR_MS = 60_000;
const BELIEVED_AT_MOST = 10_000;
/** Ids are positive int32 in Confluent's registry; what is beyond cannot be there. */
const LAST_ID = 2 ** 31 - 1;
/** Longest answer that is read, in bytes; a registry keeps schemas as Kafka records, which are at most as long by default. */
const MAX_ANSWER_BYTES = 1024 * 1024;
/** Answers that make no sense before it is asked whether it is the registry, or the one schema. */
const ATTEMPTS = 4;

/**
 * A schema as the registry gives it (JSON text of an Avro schema), or that the id is unknown there, or that what is kept
 * there under it is no Avro schema, or none that the registry can give.
 */
export type RegistrySchema = { readonly schema: string } | 'unknown' | 'not-avro';

/**
 * Reads writers' schemas from a Confluent-compatible schema registry (`GET /schemas/ids/{id}`). A schema never changes
 * under its id; callers keep what they got.
 */
export class SchemaRegistry {
  private readonly base: URL;
  private readonly authorization: string | null;
  private readonly believed = new Map<number, { readonly answer: 'unknown' | 'not-avro'; readonly until: number }>();
  private away = false;

  /** @param url where the registry is; a user name and password in it are sent as basic authentication */
  constructor(
    url: string,
    private readonly log: StreamLog,
  ) {
    this.base = new URL(url.endsWith('/') ? url : `${url}/`);
    const { username, password } = this.base;
    this.base.username = this.base.password = '';
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    this.authorization = username === '' ? null : `Basic ${Buffer.from(credentials).toString('base64')}`;
  }

  /**
   * Gets a schema; while the registry is away it keeps trying and says so. A registry that answers for the rest, and not
   * with the one schema, is not away: who writes ids into records must not be able to hold up everybody's.
   *
   * @returns null where the signal came first
   * @throws StreamFault where the registry refuses us
   */
  async schema(id: number, signal: AbortSignal): Promise<RegistrySchema | null> {
    if (id > LAST_ID) return 'unknown';
    const believed = this.believed.get(id);
    if (believed !== undefined && believed.until > Date.now()) return believed.answer;
    for (let attempt = 0; !signal.aborted; attempt++) {
      let answer = await this.ask(id, signal);
      if (answer === 'away' && attempt >= ATTEMPTS && (await this.isUp(signal))) answer = 'not-avro';
      if (answer !== 'away') {
        if (this.away && answer !== null) this.log.info({}, 'the schema registry answers again');
        this.away = false;
        if (answer === 'unknown' || answer === 'not-avro') this.believe(id, answer);
        return answer;
      }
      if (!this.away) {
        this.log.warn({}, `the schema registry at ${this.base.host} does not answer; trying again until it does`);
      }
      this.away = true;
      await pause(backoff(attempt), signal);
    }
    return null;
  }

  private async ask(id: number, signal: AbortSignal): Promise<RegistrySchema | 'away' | null> {
    try {
      const response = await this.get(`schemas/ids/${id}`, signal);
      if (!response.ok) await response.body?.cancel();
      if (response.status === 401 || response.status === 403) {
        throw new StreamFault(`The schema registry at ${this.base.host} refuses access: check its user and password.`);
      }
      if (isClientFault(response.status)) return 'unknown';
      if (!response.ok) return 'away';
      const text = await readAtMost(response, MAX_ANSWER_BYTES);
      if (text === null) return 'not-avro';
      const body = JSON.parse(text) as { schema?: unknown; schemaType?: unknown } | null;
      if (body?.schemaType !== undefined && body.schemaType !== 'AVRO') return 'not-avro';
      return typeof body?.schema === 'string' ? { schema: body.schema } : 'not-avro';
    } catch (fault) {
      if (fault instanceof StreamFault) throw fault;
      return signal.aborted ? null : 'away';
    }
  }

  /** Whether it answers what every registry can: the types of schemas it takes (`GET /schemas/types`). */
  private async isUp(signal: AbortSignal): Promise<boolean> {
    try {
      const response = await this.get('schemas/types', signal);
      const text = response.ok ? await readAtMost(response, MAX_ANSWER_BYTES) : null;
      return text !== null && Array.isArray(JSON.parse(text));
    } catch {
      return false;
    }
  }

  private get(path: string, signal: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/vnd.schemaregistry.v1+json' };
    if (this.authorization !== null) headers.authorization = this.authorization;
    const within = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    return fetch(new URL(path, this.base), { headers, signal: within });
  }

  private believe(id: number, answer: 'unknown' | 'not-avro'): void {
    const oldest = this.believed.size >= BELIEVED_AT_MOST ? this.believed.keys().next().value : undefined;
    if (oldest !== undefined) this.believed.delete(oldest);
    this.believed.set(id, { answer, until: Date.now() + BELIEVED_FOR_MS });
  }
}

/** The question was wrong (RFC 9110, section 15.5), and would be again; not where it only came at a bad time. */
function isClientFault(status: number): boolean {
  return status >= 400 && status < 500 && ![407, 408, 425, 429].includes(status);
}

/** The body as text; null where it is longer. */
async function readAtMost(response: Response, bytes: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += (chunk as Uint8Array).length;
    if (length > bytes) return null;
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString();
}
