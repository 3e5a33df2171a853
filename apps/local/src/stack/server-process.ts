import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { removePidFile, stopLeftover, writePidFile } from './pid-file.js';
import { StackError } from './stack-error.js';

/** Servers that run. They end with this process; one listener does for all of them. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const server of running) server.kill('SIGTERM');
});

/** A server of the local stack: it can be stopped, killed and started again, always on the same port. */
export interface LocalServer {
  readonly name: string;
  /** Null while it does not run. */
  readonly pid: number | null;
  /** Starts it and resolves when it answers. No effect while it runs. */
  start(): Promise<void>;
  /** Lets it shut down in order; after some seconds it is killed. No effect while it does not run. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash would; resolves when it is gone. */
  kill(): Promise<void>;
  /** `stop` if it runs, then `start`. */
  restart(): Promise<void>;
}

export interface ServerOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Left out: ours. */
  readonly env?: NodeJS.ProcessEnv;
  /** Gets what it prints, and tells why when it does not start. */
  readonly logFile: string;
  /** Survives a crash of ours, so that the next start finds the server. */
  readonly pidFile: string;
  /** How long an orderly stop may take. */
  readonly graceMs: number;
  /** Talks to the server: resolves when it serves, rejects when not yet; with a StackError where it never will. */
  readonly probe: () => Promise<void>;
  /** It ended although nobody stopped or killed it. */
  readonly onUnexpectedExit?: ((message: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const PROBE_INTERVAL_MS = 100;
const START_LIMIT_MS = 300_000;
/** A client may wait for ever for a server that ended while it was asked. */
const PROBE_LIMIT_MS = 30_000;
/** A line of pino's of level error or fatal. */
const FAULT_LINE = /^\{"level":[56]0,.*"msg":.*\}$/;
const SETPRIV = '/usr/bin/setpriv';

export class ServerProcess implements LocalServer {
  #child: ChildProcess | null = null;
  #stopping = false;
  /** Where its log began when it was started last. */
  #logStart = 0;
  readonly #options: ServerOptions;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** @throws {StackError} when it does not come up */
  async start(): Promise<void> {
    if (this.#child !== null) return;
    this.#options.signal?.throwIfAborted();
    await stopLeftover(this.#options.pidFile, this.#options.graceMs);
    const child = await this.#spawn();
    try {
      await this.#untilServing(child);
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#stopping = true;
    const gone = once(child, 'close');
    child.kill('SIGTERM');
    const limit = setTimeout(() => child.kill('SIGKILL'), this.#options.graceMs);
    await gone;
    clearTimeout(limit);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#stopping = true;
    const gone = once(child, 'close');
    child.kill('SIGKILL');
    await gone;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async #spawn(): Promise<ChildProcess> {
    const { command, args, env = process.env, logFile, pidFile, name } = this.#options;
    const words = [command, ...args];
    // On Linux the server gets SIGTERM should we be killed without a chance to stop it.
    if (existsSync(SETPRIV)) words.unshift(SETPRIV, '--pdeathsig', 'TERM', '--');
    const log = openSync(logFile, 'a');
    this.#logStart = fstatSync(log).size;
    // Detached: the terminal's Ctrl-C must not reach the server before the apps that use it have stopped.
    const child = spawn(words[0] ?? command, words.slice(1), { detached: true, env, stdio: ['ignore', log, log] });
    closeSync(log);
    try {
      await once(child, 'spawn');
    } catch (error) {
      throw new StackError(`${name} does not start: ${(error as Error).message}`);
    }
    this.#child = child;
    this.#stopping = false;
    running.add(child);
    if (child.pid !== undefined) writePidFile(pidFile, child.pid);
    child.once('close', (code, signal) => {
      this.#child = null;
      running.delete(child);
      removePidFile(pidFile);
      if (this.#stopping) return;
      const why = ownFault(logFile, this.#logStart) ?? signal ?? `exit code ${code}`;
      this.#options.onUnexpectedExit?.(`${name} ended unexpectedly (${why}); see ${logFile}`);
    });
    return child;
  }

  #lastWords(): string {
    const { logFile } = this.#options;
    return ownFault(logFile, this.#logStart) ?? linesFrom(logFile, this.#logStart).at(-1) ?? '';
  }

  async #untilServing(child: ChildProcess): Promise<void> {
    const { name, probe, logFile, signal } = this.#options;
    const deadline = Date.now() + START_LIMIT_MS;
    for (;;) {
      signal?.throwIfAborted();
      if (this.#child !== child)
        throw new StackError(`${name} does not start; its log ${logFile} says: ${this.#lastWords()}`);
      try {
        return await within(probe(), PROBE_LIMIT_MS);
      } catch (error) {
        if (error instanceof StackError) throw error;
        if (Date.now() > deadline) {
          const seconds = START_LIMIT_MS / 1000;
          throw new StackError(
            `${name} does not answer after ${seconds} s (${(error as Error).message}); see ${logFile}`,
          );
        }
      }
      await delay(PROBE_INTERVAL_MS);
    }
  }
}

/** Rejects where it takes longer than `ms`. */
async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

/** Why a program of ours ended, in its own words; null where it says nothing, or the program is another's. */
function ownFault(log: string, from: number): string | null {
  const line = linesFrom(log, from).findLast((each) => FAULT_LINE.test(each));
  return line === undefined ? null : (JSON.parse(line) as { msg: string }).msg;
}

function linesFrom(log: string, from: number): string[] {
  return readFileSync(log).subarray(from).toString().trimEnd().split('\n');
}
