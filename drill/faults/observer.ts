import { setTimeout as sleep } from 'node:timers/promises';
import { consistencyProof, openNote, parseCheckpoint, verifyConsistency } from '#libs/log';
import type { Verifier } from '#libs/log';
import type { LogReader } from '#libs/trail';

const EVERY_MS = 100;
const WITHIN_MS = 2_000;

/** A checkpoint as the api served it. */
export interface ServedNote {
  readonly size: number;
  readonly root: Buffer;
  readonly note: string;
}

/** Keeps every checkpoint that the api serves, as anybody outside could. */
export class Observer {
  /** Each once, in the order seen. */
  readonly served: ServedNote[] = [];
  readonly faults: string[] = [];
  private readonly notes = new Set<string>();
  private readonly stopping = new AbortController();
  private loop: Promise<void> | null = null;

  /** @param keys whose signatures are believed */
  constructor(
    private readonly url: string,
    private readonly keys: readonly Verifier[],
  ) {}

  start(): void {
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  /** Faults of all that was served, held against the log as it is now: each must be its beginning (RFC 6962 §2.1.2). */
  async inconsistent(log: LogReader): Promise<string[]> {
    const faults = [...this.faults];
    const last = await log.checkpoint();
    if (last === null) return [...faults, 'the log has no checkpoint'];
    for (const { size, root } of this.served) {
      if (size === 0) continue;
      try {
        const proof = await consistencyProof(size, last.size, log.hashReader(last.size));
        verifyConsistency(size, last.size, proof, root, last.root);
      } catch (fault) {
        faults.push(`the checkpoint of size ${size} that was served: ${(fault as Error).message}`);
      }
    }
    return faults;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const note = await this.ask();
      if (note !== null && !this.notes.has(note)) this.keep(note);
      await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private keep(note: string): void {
    this.notes.add(note);
    try {
      const { size, root } = parseCheckpoint(openNote(note, this.keys).text);
      this.served.push({ size, root: Buffer.from(root), note });
    } catch (fault) {
      this.faults.push(`a checkpoint that was served is none: ${(fault as Error).message}`);
    }
  }

  /** null where the api does not answer, or has none yet. */
  private async ask(): Promise<string | null> {
    try {
      const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(WITHIN_MS)]);
      const response = await fetch(`${this.url}/log/checkpoint`, { signal });
      return response.ok ? await response.text() : null;
    } catch {
      return null;
    }
  }
}
