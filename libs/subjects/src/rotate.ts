import { setTimeout as sleep } from 'node:timers/promises';
import { Binary } from 'mongodb';
import type { Collection } from 'mongodb';
import { DURABLE } from '#libs/trail';
import type { MongoConnection } from '#libs/trail';
import { vaultCollections } from './collections.js';
import { FIRST_SEALED_VERSION } from './codec.js';
import { blockKey, evidencePlace, journalPlace, positionsPlace, subjectPlace } from './documents.js';
import type { BlockKey } from './documents.js';
import { encryptAllPlainSubjects } from './encrypt-plain.js';
import type { OnProgress } from './people.js';
import type { SubjectVault } from './collections.js';
import { bytesOf, KeyRing, REFRESH_MS } from './vault/key-ring.js';
import type { Sealed } from './vault/key-ring.js';
import type { VaultKey } from './vault/vault-key.js';

export interface Rotated {
  /** Keys that were encrypted under another key of the settings. */
  readonly rewrapped: number;
  /** The generation that everything is encrypted under now. */
  readonly generation: number;
  /** Values that were encrypted again. */
  readonly values: number;
  /** Values that came in under an older generation all the time; 0: all is done. */
  readonly left: number;
}

/** What is the same of every value of the vault. */
interface ValueDocument {
  _id: unknown;
  v: number;
  g?: number;
  body: Binary;
}

/** Values that are encrypted again at a time. */
const CHUNK = 100;
/** Auditors take up the new generation within this, unless they lack the new key. */
const SETTLED_MS = 2 * REFRESH_MS;
/** Generations replaced longer ago than any process may have been paused. */
const FORGET_AFTER_MS = 7 * 24 * 60 * 60 * 1_000;

/**
 * Encrypts the vault's keys under the first key of the settings, begins a new generation of data keys and encrypts every
 * value again under it, while auditors are running. Data keys that were replaced a week ago or earlier are destroyed, and
 * with them what backups hold under them. May be done again where it was broken off.
 *
 * @param keys of the settings: the new one first, then the one to be replaced
 * @throws VaultError where none of the keys opens the vault
 */
export async function rotateVault(
  { db }: MongoConnection,
  keys: readonly [VaultKey, ...VaultKey[]],
  onProgress: OnProgress,
): Promise<Rotated> {
  const collections = vaultCollections(db);
  const ring = new KeyRing(collections.keys, keys);
  await ring.prepare();
  const rewrapped = await ring.rewrap();
  const generation = await ring.begin();
  const begun = performance.now();
  const vault = { collections, ring };
  let values = await encryptAgain(vault, onProgress);
  await sleep(Math.max(0, begun + SETTLED_MS - performance.now()));
  values += await encryptAgain(vault, () => undefined);
  const left = await count(vault);
  if (left === 0) await ring.destroyReplaced(new Date(Date.now() - FORGET_AFTER_MS));
  return { rewrapped, generation, values, left };
}

async function encryptAgain(vault: SubjectVault, onProgress: OnProgress): Promise<number> {
  const total = await count(vault);
  let done = 0;
  await encryptAllPlainSubjects(vault);
  for (const { collection, place } of valuesOf(vault)) {
    const outdated = collection.find(outdatedAt(vault), { batchSize: CHUNK });
    let chunk: ValueDocument[] = [];
    for await (const document of outdated as AsyncIterable<ValueDocument>) {
      chunk.push(document);
      if (chunk.length < CHUNK) continue;
      done += await replace(vault, collection, place, chunk);
      chunk = [];
      onProgress({ done: Math.min(done, total), total });
    }
    if (chunk.length > 0) done += await replace(vault, collection, place, chunk);
  }
  return done;
}

/** Encrypts values again; one that somebody else changed or removed meanwhile is left as it is. */
async function replace(
  { ring }: SubjectVault,
  collection: Collection<ValueDocument>,
  place: (id: never) => string,
  documents: readonly ValueDocument[],
): Promise<number> {
  await ring.require(new Set(documents.flatMap(({ g }) => g ?? [])));
  const writes = documents.map((document) => {
    const at = place(document._id as never);
    const plain = document.g === undefined ? bytesOf(document.body) : ring.unseal(at, document as Sealed);
    // The form of the body stays; one that was not encrypted is as those that first were.
    const set = { ...ring.seal(at, plain), v: Math.max(document.v, FIRST_SEALED_VERSION) };
    return { updateOne: { filter: { _id: rawId(document._id), body: document.body }, update: { $set: set } } };
  });
  const { modifiedCount } = await collection.bulkWrite(writes as never, { ordered: false, writeConcern: DURABLE });
  return modifiedCount;
}

async function count(vault: SubjectVault): Promise<number> {
  const counts = valuesOf(vault).map(({ collection }) => collection.countDocuments(outdatedAt(vault)));
  const plain = vault.collections.subjects.countDocuments({ _id: { $gte: '' } });
  return (await Promise.all([...counts, plain])).reduce((sum, one) => sum + one, 0);
}

function outdatedAt({ ring }: SubjectVault) {
  return { body: { $exists: true }, g: { $ne: ring.generation } };
}

function valuesOf({ collections: { subjects, journal, positions, evidence } }: SubjectVault) {
  const all = [
    { collection: subjects, place: (id: Binary) => subjectPlace(bytesOf(id)) },
    { collection: journal, place: journalPlace },
    { collection: positions, place: positionsPlace },
    { collection: evidence, place: evidencePlace },
  ];
  return all as unknown as { collection: Collection<ValueDocument>; place: (id: never) => string }[];
}

/** Numbers as they were written. */
function rawId(id: unknown): unknown {
  if (id instanceof Binary) return id;
  const { task, n, writer } = id as BlockKey;
  return blockKey(task, Number(n), writer);
}
