import { randomBytes } from 'node:crypto';
import { Binary } from 'mongodb';
import type { Collection } from 'mongodb';
import { DURABLE, isDuplicateKey } from '#libs/trail';
import { hmac } from '../hmac.js';
import { Opener, Sealer, unwrap, wrap } from './cipher.js';
import { VaultError } from './vault-key.js';
import type { VaultKey } from './vault-key.js';

/** A random key, encrypted under a key of the settings. */
export interface VaultKeyDocument {
  /** 0: the index key; from 1: a generation of data keys, of which the greatest encrypts. */
  _id: number;
  /** {@link wrap} of 32 bytes. */
  wrapped: Binary;
  /** Id of the key of the settings it is encrypted under. */
  keyId: string;
  createdAt: Date;
}

/** An encrypted value: `g` names the generation. */
export interface Sealed {
  g: number;
  body: Binary;
}

const INDEX_KEY = 0;
const FIRST = 1;
const KEY_BYTES = 32;
const BLIND_BYTES = 16;
/** How soon a new generation is taken up by all processes; ms. */
export const REFRESH_MS = 5_000;

/**
 * The vault's keys (envelope encryption): every value is encrypted under a random data key, and the data keys under a
 * key of the settings. So another key of the settings means encrypting a few keys again, not all values.
 */
export class KeyRing {
  /** As Latin-1. */
  private index: string | null = null;
  private readonly openers = new Map<number, Opener>();
  private current = 0;
  private sealer: Sealer | null = null;
  private refreshed = -Infinity;

  /** @param keys of the settings; the first encrypts */
  constructor(
    private readonly collection: Collection<VaultKeyDocument>,
    private readonly keys: readonly [VaultKey, ...VaultKey[]],
  ) {}

  /**
   * Makes the keys ready; where there are none yet, makes them. Of two processes that begin at once, one's are taken.
   *
   * @throws VaultError where none of the keys given opens them
   */
  async prepare(): Promise<void> {
    await this.refresh();
    if (this.index === null) await this.add(INDEX_KEY);
    if (this.current === 0) await this.add(FIRST);
    if (this.index === null || this.current === 0) await this.refresh();
  }

  /** Takes up new generations, where it was not done lately. Throws where MongoDB is away. */
  async keepFresh(): Promise<void> {
    if (performance.now() - this.refreshed > REFRESH_MS) await this.refresh();
  }

  /** Makes sure that values of these generations can be opened. */
  async require(generations: Iterable<number>): Promise<void> {
    for (const g of generations) {
      if (this.openers.has(g)) continue;
      await this.refresh();
      if (!this.openers.has(g)) throw new VaultError(`The vault holds values of generation ${g}, whose key is gone.`);
    }
  }

  /** The generation that encrypts. */
  get generation(): number {
    return this.current;
  }

  /** @param place collection and id of the document; the value opens there and nowhere else */
  seal(place: string, plain: Uint8Array): Sealed {
    if (this.sealer === null) throw new Error('the key ring was not prepared');
    return { g: this.current, body: new Binary(this.sealer.seal(place, plain)) };
  }

  /** @throws VaultError where the value was changed or put in another place; see also `require` */
  unseal(place: string, { g, body }: Sealed): Buffer {
    const opener = this.openers.get(g);
    if (opener === undefined) throw new Error(`generation ${g} was not asked for`);
    try {
      return opener.open(place, bytesOf(body));
    } catch {
      throw new VaultError(`A value of the vault was changed, or belongs elsewhere: ${place}.`);
    }
  }

  /**
   * Stands for a subject in `_id`s: HMAC-SHA-256(index key, `<task>/<subject key>`), 16 bytes. Whoever has not the index
   * key can neither read it nor try ids.
   */
  blindId(task: number, subjectKey: string): Buffer {
    if (this.index === null) throw new Error('the key ring was not prepared');
    return Buffer.from(hmac(this.index, `${task}/${subjectKey}`).slice(0, BLIND_BYTES), 'latin1');
  }

  /**
   * Encrypts all keys under the first key of the settings.
   *
   * @returns number of keys that were under another one
   */
  async rewrap(): Promise<number> {
    let count = 0;
    for (const document of await this.read()) {
      if (document.keyId === this.keys[0].id) continue;
      const { wrapped, keyId } = this.wrapped(document._id, this.unwrapped(document));
      await this.collection.updateOne({ _id: document._id }, { $set: { wrapped, keyId } }, { writeConcern: DURABLE });
      count++;
    }
    return count;
  }

  /** Begins a new generation, which all processes take up within {@link REFRESH_MS}, and gives its number. */
  async begin(): Promise<number> {
    await this.refresh();
    await this.add(this.current + 1);
    await this.refresh();
    return this.current;
  }

  /** Destroys the data keys that were replaced before a time; what is still encrypted under them is lost. */
  async destroyReplaced(before: Date): Promise<void> {
    const generations = (await this.read()).filter(({ _id }) => _id !== INDEX_KEY);
    const replaced = generations.filter((_, i) => (generations[i + 1]?.createdAt ?? before) < before);
    const ids = replaced.map(({ _id }) => _id);
    await this.collection.deleteMany({ _id: { $in: ids } }, { writeConcern: DURABLE });
  }

  /** Takes up all keys there are. Throws where MongoDB is away. */
  async refresh(): Promise<void> {
    for (const document of await this.read()) {
      const g = document._id;
      if (g === INDEX_KEY) this.index ??= this.unwrapped(document).toString('latin1');
      else if (!this.openers.has(g)) {
        const key = this.unwrapped(document);
        this.openers.set(g, new Opener(key));
        if (g > this.current) {
          this.current = g;
          this.sealer = new Sealer(key);
        }
      }
    }
    this.refreshed = performance.now();
  }

  private async add(id: number): Promise<void> {
    const document = { _id: id, ...this.wrapped(id, randomBytes(KEY_BYTES)), createdAt: new Date() };
    await this.collection.insertOne(document, { writeConcern: DURABLE }).catch((fault: unknown) => {
      // Somebody else's, or ours by an earlier try: what is there counts.
      if (!isDuplicateKey(fault)) throw fault;
    });
  }

  private read(): Promise<VaultKeyDocument[]> {
    return this.collection.find({}, { sort: { _id: 1 }, readConcern: 'majority', readPreference: 'primary' }).toArray();
  }

  private wrapped(id: number, key: Buffer): { wrapped: Binary; keyId: string } {
    const [by] = this.keys;
    return { wrapped: new Binary(wrap(by.key, place(id), key)), keyId: by.id };
  }

  private unwrapped({ _id, wrapped, keyId }: VaultKeyDocument): Buffer {
    const by = this.keys.find(({ id }) => id === keyId);
    if (by === undefined) {
      const given = this.keys.map(({ id }) => id).join(', ');
      throw new VaultError(
        `The vault of this database was written with the key ${keyId}, and none of the given keys (${given}) opens it: ` +
          'add that key to HJEMMEL_VAULT_KEY.',
      );
    }
    try {
      return unwrap(by.key, place(_id), bytesOf(wrapped));
    } catch {
      throw new VaultError(`Key ${_id} of the vault was changed: the key ${keyId} does not open it.`);
    }
  }
}

function place(id: number): string {
  return `vaultKeys/${id}`;
}

/** The bytes of a value from MongoDB; a view, not a copy. */
export function bytesOf(binary: Binary): Buffer {
  return Buffer.from(binary.buffer.buffer, binary.buffer.byteOffset, binary.length());
}
