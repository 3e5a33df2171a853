import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { repositoryRoot } from '../../apps/local/src/stack/paths.js';

/** A service run as its own process, from what was compiled. */
export interface ServiceProcess {
  readonly pid: number;
  /** Its log so far, parsed. */
  readonly log: readonly LogLine[];
  /** Resolves with the first line (so far or to come) whose message contains the text; rejects when it ends before. */
  said(text: string): Promise<LogLine>;
  kill(signal: NodeJS.Signals): void;
  readonly running: () => boolean;
  /** Exit code; null where it died of a signal. */
  readonly exited: Promise<number | null>;
}

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** @param env the whole environment, but for what Node itself reads; with TEST_CLOCK_OFFSET_MS its clock is another one */
export function startService(name: 'auditor' | 'notary' | 'api', env: NodeJS.ProcessEnv): ServiceProcess {
  const clock = env['TEST_CLOCK_OFFSET_MS'] === undefined ? [] : ['--import', './test/support/clock.mjs'];
  const program = ['--disable-warning=TimeoutNegativeWarning', ...clock, `dist/apps/${name}/src/main.js`];
  const { NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, program, {
    cwd: repositoryRoot,
    env: { NODE_COMPILE_CACHE, ...env, NODE_OPTIONS: '' },
  });
  const log: LogLine[] = [];
  const exited = exitOf(child);
  createInterface({ input: child.stdout }).on('line', (line) => {
    log.push(JSON.parse(line) as LogLine);
    child.emit('said');
  });
  child.stderr.pipe(process.stderr);
  void exited.then(() => child.emit('said'));
  return {
    pid: child.pid as number,
    log,
    exited,
    kill: (signal) => child.kill(signal),
    running: () => child.exitCode === null && child.signalCode === null,
    async said(text) {
      for (;;) {
        const line = log.find(({ msg }) => msg.includes(text));
        if (line !== undefined) return line;
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`the ${name} ended without saying "${text}":\n${log.map(({ msg }) => msg).join('\n')}`);
        }
        await once(child, 'said');
      }
    },
  };
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}
