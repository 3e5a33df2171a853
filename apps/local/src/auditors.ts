import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { repositoryRoot } from './stack/paths.js';
import { rememberedPorts } from './stack/ports.js';
import { ServerProcess } from './stack/server-process.js';

const GRACE_MS = 30_000;
const PAUSE_MS = 1_000;

/** The auditors that `npm start` runs, each a process of its own. One that dies is started again. */
export interface Auditors {
  /** Base addresses of their health and metrics. */
  readonly urls: readonly string[];
  /** What is wrong with them just now, in a line; null: all run and are ready. */
  trouble(): Promise<string | null>;
  /** Lets them finish what is under way. */
  stop(): Promise<void>;
}

/**
 * @param dir where their logs and process ids lie
 * @throws {StackError} when one does not come up
 */
export async function startAuditors(dir: string, count: number, env: NodeJS.ProcessEnv): Promise<Auditors> {
  mkdirSync(dir, { recursive: true });
  const names = Array.from({ length: count }, (_, i) => `auditor-${i + 1}`);
  const ports = await rememberedPorts(join(dir, 'ports.json'), names);
  let stopping = false;
  let died: string | null = null;

  const auditors = names.map((name) => {
    const url = `http://127.0.0.1:${ports[name]}`;
    const process_ = new ServerProcess({
      name,
      command: process.execPath,
      args: [
        '--disable-warning=TimeoutNegativeWarning',
        join(repositoryRoot, 'dist', 'apps', 'auditor', 'src', 'main.js'),
      ],
      env: { ...env, PORT: String(ports[name]) },
      logFile: join(dir, `${name}.log`),
      pidFile: join(dir, `${name}.pid.json`),
      graceMs: GRACE_MS,
      probe: () => live(url),
      onUnexpectedExit: (message) => {
        died = `${message}; starting it again`;
        void restart();
      },
    });
    const restart = async (): Promise<void> => {
      while (!stopping) {
        await delay(PAUSE_MS);
        try {
          if (!stopping) await process_.start();
          died = null;
          return;
        } catch (error) {
          died = (error as Error).message;
        }
      }
    };
    return { name, url, process: process_ };
  });

  await Promise.all(auditors.map((auditor) => auditor.process.start()));
  return {
    urls: auditors.map((auditor) => auditor.url),
    async trouble() {
      if (died !== null) return died;
      for (const { name, url } of auditors) {
        const waiting = await waitingFor(url);
        if (waiting !== null) return `${name} ${waiting}`;
      }
      return null;
    },
    async stop() {
      stopping = true;
      await Promise.all(auditors.map((auditor) => auditor.process.stop()));
    },
  };
}

async function live(url: string): Promise<void> {
  const response = await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(2_000) });
  if (!response.ok) throw new Error(`answers ${response.status}`);
}

/** What an auditor waits for; null where it is ready. */
async function waitingFor(url: string): Promise<string | null> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) });
    if (response.ok) return null;
    const { kafka, mongodb } = (await response.json()) as { kafka?: boolean; mongodb?: boolean };
    return kafka === false ? 'waits for Kafka' : mongodb === false ? 'waits for MongoDB' : 'is not ready';
  } catch {
    return 'does not answer';
  }
}
