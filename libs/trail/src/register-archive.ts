import { Binary } from 'mongodb';
import type { Collection } from 'mongodb';
import { createCollections } from './collections.js';
import type { MongoConnection } from './connection.js';
import { bytes } from './document.js';
import { DURABLE } from './durable.js';
import { isDuplicateKey } from './writer.js';

/** Name of the collection of registers that records were judged by; insert-only. */
export const REGISTERS = 'registers';

/** A register version as it was loaded. */
export interface RegisterDocument {
  /** The register's id: SHA-256 of its canonical form, 32 bytes. */
  _id: Binary;
  controller: string;
  version: number;
  inForceFrom: Date;
  /** Text of the register file. */
  file: string;
  /** When an auditor first loaded it. */
  loadedAt: Date;
}

/** A register and the text of its file; `id` is SHA-256 in hex, `inForceFrom` ms since the epoch. */
export interface RegisterToKeep {
  readonly register: {
    readonly id: string;
    readonly controller: string;
    readonly version: number;
    readonly inForceFrom: number;
  };
  readonly text: string;
}

/** What the archive says of a register beside its text; times are ms since the epoch. */
export interface KeptRegister {
  /** SHA-256 of its canonical form, hex. */
  readonly id: string;
  readonly controller: string;
  readonly version: number;
  readonly inForceFrom: number;
  readonly loadedAt: number;
}

/**
 * Every register version that records were ever judged by. A finding names its register by digest, and is judged again
 * by that one, whatever has become of the file.
 */
export interface RegisterArchive {
  /** Creates what must exist before the first register is kept. */
  prepare(): Promise<void>;
  /**
   * Keeps what is not kept yet, durably; before a block says that it was loaded. Waits while MongoDB is away.
   *
   * @returns false where the signal came first
   */
  keep(registers: readonly RegisterToKeep[], signal?: AbortSignal): Promise<boolean>;
  /** The file's text of the register of that id (hex); null where it is not kept. */
  find(id: string): Promise<string | null>;
  /** All that are kept, in the order in which they were first loaded. */
  list(): Promise<KeptRegister[]>;
}

const READ = { readConcern: 'majority', readPreference: 'primary' } as const;

export class MongoRegisterArchive implements RegisterArchive {
  private readonly collection: Collection<RegisterDocument>;

  constructor(private readonly connection: MongoConnection) {
    this.collection = connection.db.collection(REGISTERS);
  }

  async prepare(): Promise<void> {
    await createCollections(this.connection.db, [REGISTERS]);
  }

  async keep(registers: readonly RegisterToKeep[], signal?: AbortSignal): Promise<boolean> {
    const done = await this.connection.watch.untilDone(() => this.tryKeep(registers), signal);
    return done !== null;
  }

  async find(id: string): Promise<string | null> {
    const found = await this.collection.findOne({ _id: toKey(id) }, { ...READ, projection: { file: 1 } });
    return found?.file ?? null;
  }

  async list(): Promise<KeptRegister[]> {
    const found = await this.collection
      .find({}, { ...READ, projection: { file: 0 }, sort: { loadedAt: 1, _id: 1 } })
      .toArray();
    return found.map(({ _id, controller, version, inForceFrom, loadedAt }) => ({
      id: bytes(_id).toString('hex'),
      controller,
      version,
      inForceFrom: inForceFrom.getTime(),
      loadedAt: loadedAt.getTime(),
    }));
  }

  private async tryKeep(registers: readonly RegisterToKeep[]): Promise<true> {
    const keys = registers.map(({ register }) => toKey(register.id));
    const kept = await this.collection.find({ _id: { $in: keys } }, { ...READ, projection: { _id: 1 } }).toArray();
    const known = new Set(kept.map(({ _id }) => bytes(_id).toString('hex')));
    for (const { register, text } of registers) {
      if (!known.has(register.id)) await this.insert(register, text);
    }
    return true;
  }

  /** Another auditor may load the same at the same time; which of them keeps it makes no difference. */
  private async insert({ id, controller, version, inForceFrom }: RegisterToKeep['register'], file: string) {
    const document = {
      _id: toKey(id),
      controller,
      version,
      inForceFrom: new Date(inForceFrom),
      file,
      loadedAt: new Date(),
    };
    await this.collection.insertOne(document, { writeConcern: DURABLE }).catch((fault: unknown) => {
      if (!isDuplicateKey(fault)) throw fault;
    });
  }
}

function toKey(id: string): Binary {
  return new Binary(Buffer.from(id, 'hex'));
}
