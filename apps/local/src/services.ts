import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { repositoryRoot } from './stack/paths.js';
import { rememberedPorts } from './stack/ports.js';
import { ServerProcess } from './stack/server-process.js';

const GRACE_MS = 30_000;
const PAUSE_MS = 1_000;

/** Where the programs are, under dist/apps. */
const PROGRAMS = {
  auditor: 'auditor/src/main.js',
  notary: 'notary/src/main.js',
  api: 'api/src/main.js',
  'openid-provider': 'local/src/openid/main.js',
} as const;

/** A program of ours to be run. */
export interface ServiceSpec {
  /** Unique; also names its log. */
  readonly name: string;
  readonly app: keyof typeof PROGRAMS;
  /** All of its environment but PORT. */
  readonly env: NodeJS.ProcessEnv;
  /** Left out: a free one, the same at each start as far as possible. */
  readonly port?: number | undefined;
}

/** The programs that `npm start` runs, each a process of its own. One that dies is started again. */
export interface Services {
  /** Base address by name. */
  readonly urls: Readonly<Record<string, string>>;
  /** How each that ended although nobody stopped it did, in a line. */
  readonly ended: readonly string[];
  /** Process ids by name, of those that run. */
  pids(): Readonly<Record<string, number>>;
  /** What is wrong with them just now, in a line; null: all run and are ready. */
  trouble(): Promise<string | null>;
  /** Lets them finish what is under way. */
  stop(): Promise<void>;
}

/**
 * @param dir where their logs and process ids lie
 * @throws {StackError} when one does not come up
 */
export async function startServices(dir: string, specs: readonly ServiceSpec[]): Promise<Services> {
  mkdirSync(dir, { recursive: true });
  const without = specs.filter(({ port }) => port === undefined).map(({ name }) => name);
  const ports = await rememberedPorts(portsFile(dir), without);
  const ended: string[] = [];
  const services = specs.map(
    (spec) => new Service(dir, spec, spec.port ?? (ports[spec.name] as number), (message) => ended.push(message)),
  );
  const stop = async (): Promise<void> => {
    await Promise.all(services.map((service) => service.stop()));
  };
  const [failure] = (await Promise.allSettled(services.map((service) => service.start()))).filter(
    (outcome) => outcome.status === 'rejected',
  );
  if (failure !== undefined) {
    await stop();
    throw failure.reason;
  }
  return {
    urls: Object.fromEntries(services.map(({ name, url }) => [name, url])),
    ended,
    pids: () => Object.fromEntries(services.flatMap(({ name, pid }) => (pid === null ? [] : [[name, pid]]))),
    async trouble() {
      for (const service of services) {
        const trouble = await service.trouble();
        if (trouble !== null) return trouble;
      }
      return null;
    },
    stop,
  };
}

/** Where the ports of services are remembered. */
export function portsFile(dir: string): string {
  return join(dir, 'ports.json');
}

class Service {
  readonly name: string;
  readonly url: string;
  private readonly process: ServerProcess;
  private stopping = false;
  private starting = false;
  private died: string | null = null;

  constructor(dir: string, { name, app, env }: ServiceSpec, port: number, onEnd: (message: string) => void) {
    this.name = name;
    this.url = `http://127.0.0.1:${port}`;
    const program = join(repositoryRoot, 'dist', 'apps', PROGRAMS[app]);
    this.process = new ServerProcess({
      name,
      command: process.execPath,
      args: ['--disable-warning=TimeoutNegativeWarning', program],
      env: { ...env, PORT: String(port) },
      logFile: join(dir, `${name}.log`),
      pidFile: join(dir, `${name}.pid.json`),
      graceMs: GRACE_MS,
      probe: async () => {
        const response = await get(`${this.url}/health/live`);
        if (!response.ok) throw new Error(`answers ${response.status}`);
      },
      onUnexpectedExit: (message) => {
        onEnd(message);
        this.died = `${message}; starting it again`;
        void this.restart();
      },
    });
  }

  get pid(): number | null {
    return this.process.pid;
  }

  async start(): Promise<void> {
    this.starting = true;
    try {
      await this.process.start();
    } finally {
      this.starting = false;
    }
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.process.stop();
  }

  async trouble(): Promise<string | null> {
    if (this.died !== null) return this.died;
    try {
      const response = await get(`${this.url}/health/ready`);
      return response.ok ? null : `${this.name} ${waitingFor(await response.json().catch(() => null))}`;
    } catch {
      return `${this.name} does not answer`;
    }
  }

  /** What ends while it is being started is told by the start itself. */
  private async restart(): Promise<void> {
    while (!this.stopping && !this.starting) {
      await delay(PAUSE_MS);
      if (this.stopping) return;
      try {
        await this.start();
        this.died = null;
        return;
      } catch (error) {
        this.died = (error as Error).message;
      }
    }
  }
}

function get(url: string): Promise<Response> {
  return fetch(url, { signal: AbortSignal.timeout(2_000) });
}

/** @param ready what `/health/ready` answers, false for what is missing */
function waitingFor(ready: unknown): string {
  const { kafka, mongodb } = (ready ?? {}) as { kafka?: unknown; mongodb?: unknown };
  return kafka === false ? 'waits for Kafka' : mongodb === false ? 'waits for MongoDB' : 'is not ready';
}
