import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ServiceSpec } from '../../../apps/local/src/services.js';
import { repositoryRoot } from '../../../apps/local/src/stack/paths.js';
import { ServerProcess } from '../../../apps/local/src/stack/server-process.js';
import { type Cut, TcpProxy } from '../proxy.js';

const GRACE_MS = 30_000;
const PROBE_WITHIN_MS = 2_000;

/** The ways from one part to the servers of one kind, each by a proxy of its own. */
export class Link {
  constructor(private readonly proxies: ReadonlyMap<number, TcpProxy>) {}

  static async to(ports: readonly number[]): Promise<Link> {
    return new Link(
      new Map(await Promise.all(ports.map(async (port) => [port, await TcpProxy.listen(port)] as const))),
    );
  }

  /** Makes the network to all of these servers fail, or heals it (null). */
  cut(by: Cut | null): void {
    for (const proxy of this.proxies.values()) proxy.cut(by);
  }

  /** Port by the port it stands for. */
  get diversions(): [number, number][] {
    return [...this.proxies].map(([port, proxy]) => [port, proxy.port]);
  }

  async close(): Promise<void> {
    await Promise.all([...this.proxies.values()].map((proxy) => proxy.close()));
  }
}

/** One of our programs under drill: its process, its network and its clock. */
export class Part {
  readonly name: string;
  readonly app: ServiceSpec['app'];
  readonly url: string;
  private readonly process: ServerProcess;
  private readonly clockFile: string;
  private paused = false;

  /**
   * @param dir where its log, process id and clock lie
   * @param links by the kind of server
   * @param onEnd is told when it ended although nobody stopped it
   */
  constructor(
    dir: string,
    { name, app, env }: ServiceSpec,
    port: number,
    readonly links: { readonly kafka?: Link; readonly mongodb: Link },
    onEnd: (message: string) => void,
  ) {
    this.name = name;
    this.app = app;
    this.url = `http://127.0.0.1:${port}`;
    this.clockFile = join(dir, `${name}.clock`);
    this.setClock(0);
    const diversions = [...(links.kafka?.diversions ?? []), ...links.mongodb.diversions];
    const program = join(repositoryRoot, 'dist', 'apps', app, 'src', 'main.js');
    const preload = ['divert', 'clock'].flatMap((file) => [
      '--import',
      pathToFileURL(join(import.meta.dirname, `${file}.js`)).href,
    ]);
    this.process = new ServerProcess({
      name,
      command: process.execPath,
      args: ['--disable-warning=TimeoutNegativeWarning', ...preload, program],
      env: {
        ...env,
        NODE_OPTIONS: '',
        PORT: String(port),
        DRILL_DIVERT: JSON.stringify(Object.fromEntries(diversions)),
        DRILL_CLOCK_FILE: this.clockFile,
      },
      logFile: join(dir, `${name}.log`),
      pidFile: join(dir, `${name}.pid.json`),
      graceMs: GRACE_MS,
      probe: async () => {
        const response = await fetch(`${this.url}/health/live`, { signal: AbortSignal.timeout(PROBE_WITHIN_MS) });
        if (!response.ok) throw new Error(`answers ${response.status}`);
      },
      onUnexpectedExit: onEnd,
    });
  }

  get running(): boolean {
    return this.process.pid !== null;
  }

  start(): Promise<void> {
    return this.process.start();
  }

  /** SIGTERM, and waits for the end. */
  async stop(): Promise<void> {
    this.resume();
    await this.process.stop();
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    this.paused = false;
    await this.process.kill();
  }

  /** SIGSTOP: it stands still and does not know. */
  pause(): void {
    this.signal('SIGSTOP');
    this.paused = true;
  }

  /** SIGCONT */
  resume(): void {
    if (this.paused) this.signal('SIGCONT');
    this.paused = false;
  }

  /** Its clock is wrong by so many ms from now on. */
  setClock(offsetMs: number): void {
    writeFileSync(this.clockFile, String(offsetMs));
  }

  private signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    if (this.process.pid !== null) process.kill(this.process.pid, signal);
  }
}
