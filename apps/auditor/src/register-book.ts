import { hash } from 'node:crypto';
import { readRegisterText } from '#libs/register';
import type { Register, RegisterSet, TransferLaw } from '#libs/register';
import type { EntryRegister } from '#libs/events';
import type { RegisterArchive } from '#libs/trail';
import type { Rulebook } from './audit-batch.js';

/** The rulebook that one block is made by. */
export interface LoadedRulebook extends Rulebook {
  /** Stands for the set of registers. */
  readonly digest: string;
  /** The registers as the log names them. */
  readonly stated: readonly EntryRegister[];
}

/** Where messages go; pino's shape. */
export interface BookLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * The registers that are judged by, which may be exchanged while blocks are made, and the earlier versions that findings
 * were made by. A set is kept in the trail's archive before anything is judged by it.
 */
export class RegisterBook {
  private book: LoadedRulebook;
  /** Every version that was ever asked for, by its SHA-256 (hex). */
  private readonly versions = new Map<string, Register>();
  private readonly unknown = new Set<string>();
  private readonly stopping = new AbortController();
  private taking: Promise<void> = Promise.resolve();
  private kept = false;

  /** @param onTaken called with the first set, and with each that takes its place */
  constructor(
    private readonly set: RegisterSet,
    private readonly law: TransferLaw,
    private readonly archive: RegisterArchive,
    private readonly log: BookLog,
    private readonly onTaken: (rulebook: LoadedRulebook) => void,
  ) {
    this.book = this.load(set);
  }

  /** What the next block is made by. */
  get current(): LoadedRulebook {
    return this.book;
  }

  /** Creates what must exist in the trail. Throws where MongoDB is away. */
  prepare(): Promise<void> {
    return this.archive.prepare();
  }

  /** Keeps the first set; false where the signal came first. */
  async keep(signal: AbortSignal): Promise<boolean> {
    this.kept ||= await this.archive.keep(this.set.sources, signal);
    return this.kept;
  }

  /** Blocks are made by another set from now on, as soon as that is in the archive. */
  take(set: RegisterSet): Promise<void> {
    this.taking = this.taking.then(async () => {
      if (!(await this.archive.keep(set.sources, this.stopping.signal))) return;
      this.book = this.load(set);
      const registers = this.book.stated.map(({ controller, version }) => `${controller} ${version}`);
      this.log.info({ registers }, 'other registers are judged by from now on');
    });
    return this.taking;
  }

  /** A register version by its SHA-256 (hex), as far as {@link require} found it. */
  readonly resolve = (id: string): Register | undefined => this.versions.get(id);

  /** Gets register versions from the archive that are not at hand. Throws where MongoDB is away. */
  async require(ids: Iterable<string>): Promise<void> {
    for (const id of ids) {
      if (this.versions.has(id) || this.unknown.has(id)) continue;
      const text = await this.archive.find(id);
      const register = text === null ? null : readRegisterText(text, id).register;
      if (register?.id === id) {
        this.versions.set(id, register);
        continue;
      }
      this.unknown.add(id);
      this.log.error(
        { register: id },
        'no register of this digest is in the archive: what was found by it stands, whatever evidence comes late; ' +
          'put its file into the folder of registers and start again',
      );
    }
  }

  /** Waits for nothing any more. */
  close(): void {
    this.stopping.abort();
  }

  private load({ registers, sources }: RegisterSet): LoadedRulebook {
    for (const { register } of sources) this.versions.set(register.id, register);
    const stated = sources.map(({ register: { id, controller, version, inForceFrom } }) => ({
      controller,
      version,
      inForceFrom,
      sha256: Buffer.from(id, 'hex'),
    }));
    const digest = hash('sha256', sources.map(({ register }) => register.id).join());
    const rulebook = { registers, law: this.law, digest, stated };
    this.onTaken(rulebook);
    return rulebook;
  }
}
