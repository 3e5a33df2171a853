import { createHash } from 'node:crypto';
import { RegisterError, formatFault } from './fault.js';
import { compileTexts, readTexts, type RegisterSet, type RegisterText } from './load.js';
import type { Register } from './model.js';

/** Where changes are told; pino's shape. */
export interface RegisterWatchLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface RegisterWatchOptions {
  /** ms between two looks at the directory. */
  readonly pollMs: number;
  readonly log: RegisterWatchLog;
}

/** What a look at the directory found; `key` stands for all of it. */
interface Look {
  readonly key: string;
  readonly found: readonly RegisterText[] | RegisterError;
}

/**
 * The registers of a directory while it may change: a changed set is loaded whole where all of it is in order; until
 * then the one before stays in use, and what is wrong is said once.
 *
 * The directory is polled, because events of the file system do not get through network drives and container mounts. A
 * change counts when two looks in a row find the same, so that files that are being written, or exchanged one by one or
 * by a symbolic link, are not taken half.
 */
export class RegisterWatch {
  private readonly listeners = new Set<(set: RegisterSet) => void>();
  private timer: NodeJS.Timeout | undefined;
  private running = false;
  /** What was seen last, and found again is taken. */
  private seen: string;

  /** @param settled the content that was last decided upon, good or not */
  private constructor(
    private readonly dir: string,
    private readonly options: RegisterWatchOptions,
    private set: RegisterSet,
    private settled: string,
  ) {
    this.seen = settled;
  }

  /**
   * Loads the directory for the first time. Nothing is watched before `start`.
   *
   * @throws RegisterError listing every fault of every file
   */
  static async open(dir: string, options: RegisterWatchOptions): Promise<RegisterWatch> {
    const { key, found } = await look(dir);
    if (found instanceof RegisterError) throw found;
    return new RegisterWatch(dir, options, compileTexts(dir, found), key);
  }

  /** The registers in use. */
  get current(): RegisterSet {
    return this.set;
  }

  /**
   * Calls with every new set, after `current` became it.
   *
   * @returns to call no more
   */
  onChange(listener: (set: RegisterSet) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Begins to look every `pollMs`; the process may end meanwhile. */
  start(): void {
    this.running = true;
    this.schedule();
  }

  stop(): void {
    this.running = false;
    clearTimeout(this.timer);
  }

  /** One look at the directory. */
  async poll(): Promise<void> {
    const { key, found } = await look(this.dir);
    const again = key === this.seen;
    this.seen = key;
    if (key === this.settled || !again) return;
    this.settled = key;
    const set = found instanceof RegisterError ? found : tryCompile(this.dir, found);
    if (set instanceof RegisterError) this.refuse(set);
    else this.take(set);
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      void this.poll().finally(() => {
        if (this.running) this.schedule();
      });
    }, this.options.pollMs).unref();
  }

  private take(set: RegisterSet): void {
    const before = byId(this.set);
    const now = byId(set);
    const added = [...now].filter(([id]) => !before.has(id)).map(([, register]) => describe(register));
    const removed = [...before].filter(([id]) => !now.has(id)).map(([, register]) => describe(register));
    this.set = set;
    if (added.length + removed.length === 0) {
      this.options.log.info({}, `The registers in ${this.dir} are in order, and the ones that are in use`);
      return;
    }
    const changes = [
      ...(added.length > 0 ? [`new: ${added.join(', ')}`] : []),
      ...(removed.length > 0 ? [`no longer there: ${removed.join(', ')}`] : []),
    ];
    this.options.log.info({}, `The registers in ${this.dir} have changed; ${changes.join('; ')}`);
    for (const listener of this.listeners) listener(set);
  }

  private refuse({ faults }: RegisterError): void {
    const [first, ...others] = faults;
    const more = others.length === 0 ? '' : ` (and ${others.length} more, which \`hjemmel register check\` names)`;
    const fault = first === undefined ? '' : `: ${formatFault(first)}${more}`;
    this.options.log.warn(
      { faults: faults.length },
      `The registers in ${this.dir} are not in order, so that those loaded before stay in use${fault}`,
    );
  }
}

async function look(dir: string): Promise<Look> {
  let found: Look['found'];
  try {
    found = await readTexts(dir);
  } catch (error) {
    if (!(error instanceof RegisterError)) throw error;
    found = error;
  }
  const content = found instanceof RegisterError ? found.message : JSON.stringify(found);
  return { key: createHash('sha256').update(content).digest('hex'), found };
}

function tryCompile(dir: string, texts: readonly RegisterText[]): RegisterSet | RegisterError {
  try {
    return compileTexts(dir, texts);
  } catch (error) {
    if (error instanceof RegisterError) return error;
    throw error;
  }
}

function byId({ registers }: RegisterSet): Map<string, Register> {
  return new Map([...registers].map((register) => [register.id, register]));
}

function describe({ controller, version, inForceFrom, id }: Register): string {
  return `${controller} ${version} from ${new Date(inForceFrom).toISOString().slice(0, 10)} (${id.slice(0, 12)})`;
}
