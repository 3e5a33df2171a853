import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What a witness says of a request. */
export interface WitnessRequest {
  readonly status: number;
  readonly origin?: string;
  readonly size?: number;
}

/** The witness of `witness.mjs`, which may be killed and started again, at the same place and with its memory. */
export class WitnessProcess {
  /** Requests so far. */
  readonly requests: WitnessRequest[] = [];
  /** Submission and monitoring prefix. */
  url = '';
  /** Its verifier key. */
  key = '';
  private readonly folder = mkdtempSync(join(tmpdir(), 'hjemmel-witness-'));
  private readonly seed = randomBytes(32).toString('base64');
  private child: ReturnType<typeof spawn> | null = null;
  private changed = Promise.withResolvers<void>();

  /**
   * @param name of its key
   * @param logKeys verifier keys of the logs that it watches
   */
  constructor(
    private readonly name: string,
    private readonly logKeys: readonly string[],
  ) {}

  async start(): Promise<void> {
    const port = this.url === '' ? '0' : new URL(this.url).port;
    const program = join(import.meta.dirname, 'witness.mjs');
    const args = [program, join(this.folder, 'state.json'), this.name, this.seed, port, ...this.logKeys];
    const env = { ...process.env, NODE_OPTIONS: '' };
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    this.child = child;
    const listening = Promise.withResolvers<void>();
    child.once('exit', () => listening.reject(new Error('the witness ended')));
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as WitnessRequest & { url?: string; key?: string };
      if (line.url === undefined) this.requests.push(line);
      else Object.assign(this, { url: line.url, key: line.key });
      listening.resolve();
      this.changed.resolve();
      this.changed = Promise.withResolvers<void>();
    });
    await listening.promise;
  }

  /** Resolves when a request (so far or to come, from the `from`th on) is as wanted. */
  async request(wanted: (request: WitnessRequest) => boolean, from = 0): Promise<WitnessRequest> {
    for (;;) {
      const found = this.requests.slice(from).find(wanted);
      if (found !== undefined) return found;
      await this.changed.promise;
    }
  }

  async kill(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
