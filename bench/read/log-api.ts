import { setTimeout as sleep } from 'node:timers/promises';
import { ConsumerProcess } from '../stream/consumer-process.js';
import { cpuSeconds, peakMemory } from '../stream/usage.js';

const POLL_MS = 20;

/** The api as its own process, with standard settings, on a port that the system chose. */
export class LogApi {
  private constructor(
    private readonly api: ConsumerProcess,
    readonly port: number,
  ) {}

  /**
   * Resolves when it serves the log.
   *
   * @param access settings by which people are known; left out: the log alone is served
   * @throws BenchError where it ends before
   */
  static async start(uri: string, signal: AbortSignal, access: Readonly<Record<string, string>> = {}): Promise<LogApi> {
    // The line that says where it listens is one of level info.
    const env = { MONGODB_URI: uri, PORT: '0', HJEMMEL_LOG_CACHE_BYTES: '', LOG_LEVEL: 'info', ...access };
    const api = new ConsumerProcess('the api', 'apps/api/src/main.js', env, signal);
    try {
      const { url } = await api.whileRunning(api.line('listening'));
      const port = Number(new URL(String(url)).port);
      await api.whileRunning(untilReady(port, signal));
      return new LogApi(api, port);
    } catch (error) {
      await api.stop();
      throw error;
    }
  }

  /** Where the log is served. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/log`;
  }

  /** Processor time since it was started, s. */
  get cpu(): number {
    return cpuSeconds(this.api.pid);
  }

  /** The most memory it had resident since it was started, MiB. */
  get peakMiB(): number {
    return peakMemory(this.api.pid);
  }

  /** What the promise gives. @throws BenchError where the api ends before */
  whileRunning<T>(promise: Promise<T>): Promise<T> {
    return this.api.whileRunning(promise);
  }

  stop(): Promise<void> {
    return this.api.stop();
  }
}

/** It listens before it has heard from MongoDB. */
async function untilReady(port: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal });
    await response.body?.cancel();
    if (response.ok) return;
    await sleep(POLL_MS, undefined, { signal });
  }
}
