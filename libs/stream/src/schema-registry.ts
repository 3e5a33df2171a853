import type { StreamLog } from './log.js';
import { StreamFault } from './stream-fault.js';
import { backoff, pause } from './waiting.js';

const TIMEOUT_MS = 5_000;
/** How long a registry's word that it does not know an id is believed, and for how many ids. */
const UNKNOWN_FOR_MS = 60_000;
const UNKNOWN_AT_MOST = 10_000;

/** A schema as the registry gives it (JSON text of an Avro schema), or that the id is unknown there or no Avro schema. */
export type RegistrySchema = { readonly schema: string } | 'unknown' | 'not-avro';

/**
 * Reads writers' schemas from a Confluent-compatible schema registry (`GET /schemas/ids/{id}`). A schema never changes
 * under its id; callers keep what they got.
 */
export class SchemaRegistry {
  private readonly base: URL;
  private readonly authorization: string | null;
  private readonly unknown = new Map<number, number>();
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
   * Gets a schema; while the registry is away it keeps trying and says so.
   *
   * @returns null where the signal came first
   * @throws StreamFault where the registry refuses us
   */
  async schema(id: number, signal: AbortSignal): Promise<RegistrySchema | null> {
    if ((this.unknown.get(id) ?? 0) > Date.now()) return 'unknown';
    for (let attempt = 0; !signal.aborted; attempt++) {
      const answer = await this.ask(id, signal);
      if (answer !== 'away') {
        if (this.away && answer !== null) this.log.info({}, 'the schema registry answers again');
        this.away = false;
        if (answer === 'unknown') this.remember(id);
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
      const headers: Record<string, string> = { accept: 'application/vnd.schemaregistry.v1+json' };
      if (this.authorization !== null) headers.authorization = this.authorization;
      const response = await fetch(new URL(`schemas/ids/${id}`, this.base), {
        headers,
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      if (response.status === 404) return 'unknown';
      if (response.status === 401 || response.status === 403) {
        throw new StreamFault(`The schema registry at ${this.base.host} refuses access: check its user and password.`);
      }
      if (!response.ok) return 'away';
      const body = (await response.json()) as { schema?: unknown; schemaType?: unknown };
      if (body.schemaType !== undefined && body.schemaType !== 'AVRO') return 'not-avro';
      return typeof body.schema === 'string' ? { schema: body.schema } : 'not-avro';
    } catch (fault) {
      if (fault instanceof StreamFault) throw fault;
      return signal.aborted ? null : 'away';
    }
  }

  private remember(id: number): void {
    const oldest = this.unknown.size >= UNKNOWN_AT_MOST ? this.unknown.keys().next().value : undefined;
    if (oldest !== undefined) this.unknown.delete(oldest);
    this.unknown.set(id, Date.now() + UNKNOWN_FOR_MS);
  }
}
