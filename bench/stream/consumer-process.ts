import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { repositoryRoot } from '../../apps/local/src/stack/paths.js';
import { BenchError } from '../bench-error.js';

/** A line of a consumer's log: JSON with a message and a time (ms since the epoch), as pino writes it. */
export interface LogLine {
  readonly msg: string;
  readonly time: number;
  readonly [field: string]: unknown;
}

/** From here on a consumer is measured: it has its partitions and begins to fetch. */
export const ASSIGNED = 'tasks assigned';

const SETPRIV = '/usr/bin/setpriv';

/** A consumer under test, in a process of its own that tells by its log how far it is. */
export class ConsumerProcess {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<string, (line: LogLine) => void>();
  private readonly ended: Promise<never>;
  private lastLine = '';

  /**
   * @param program compiled file, relative to the repository's `dist`
   * @param profile file for a profile of its processor time, written when it ends
   */
  constructor(
    readonly name: string,
    program: string,
    env: Readonly<Record<string, string>>,
    private readonly signal: AbortSignal,
    profile?: string,
  ) {
    const words = [
      // On Linux it gets SIGTERM when this process is killed the hard way.
      ...(existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'TERM', '--'] : []),
      process.execPath,
      '--disable-warning=TimeoutNegativeWarning',
      ...(profile === undefined ? [] : profiling(profile)),
      join(repositoryRoot, 'dist', program),
    ];
    this.child = spawn(words[0]!, words.slice(1), {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface(this.child.stdout!).on('line', (line) => this.read(line));
    this.ended = once(this.child, 'exit').then(() => {
      throw new BenchError(`${name} ended before its time; its last words: ${this.lastLine || 'none'}`);
    });
    this.ended.catch(() => undefined); // told to those who wait
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** The next line of this message; to be asked for before it can come. Waits for ever where it does not. */
  line(msg: string): Promise<LogLine> {
    const { promise, resolve } = Promise.withResolvers<LogLine>();
    this.waiting.set(msg, resolve);
    return promise;
  }

  /** What the promise gives. @throws BenchError where the process ends before; the signal's reason where it comes first */
  async whileRunning<T>(promise: Promise<T>): Promise<T> {
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => aborted.reject(this.signal.reason as Error);
    this.signal.throwIfAborted();
    this.signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([promise, this.ended, aborted.promise]);
    } finally {
      this.signal.removeEventListener('abort', onAbort);
    }
  }

  /** Ends it in order. No effect where it has ended. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await gone;
  }

  private read(text: string): void {
    this.lastLine = text;
    if (!text.startsWith('{')) return;
    const line = JSON.parse(text) as LogLine;
    const resolve = this.waiting.get(line.msg);
    this.waiting.delete(line.msg);
    resolve?.(line);
  }
}

/** What has Node write a profile (of V8, as its and browsers' developer tools read it). */
function profiling(file: string): string[] {
  return ['--cpu-prof', `--cpu-prof-dir=${dirname(file)}`, `--cpu-prof-name=${basename(file)}`];
}
