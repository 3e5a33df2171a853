import type { Db } from 'mongodb';
import type { OnFault } from '#libs/log';
import type { RegisterIdentity } from '#libs/register';
import { REGISTERS } from '../register-archive.js';
import type { StatedRegister } from './entry-reader.js';
import { readHash } from './read-documents.js';
import type { Raw } from './read-documents.js';

type Stated = StatedRegister & { readonly where: string };

const READ = { readConcern: 'majority', readPreference: 'primary', batchSize: 100 } as const;

/**
 * Holds that every register in the archive is the one that it is kept as, and that every register that the trail says
 * was loaded is there.
 *
 * @param stated by the entries
 * @returns how many of the archive are right
 */
export async function checkArchive(db: Db, stated: readonly Stated[], onFault: OnFault): Promise<number> {
  // Only whoever verifies needs to read registers.
  const { identifyRegister } = await import('#libs/register');
  const byId = new Map(stated.map((one) => [one.sha256, one]));
  const kept = new Set<string>();
  let right = 0;
  for await (const document of db.collection(REGISTERS).find({}, READ)) {
    const id = readHash(document._id)?.toString('hex') ?? null;
    const { file } = document as Raw;
    const message =
      id === null
        ? 'it is nothing that the trail writes there'
        : faultOf(id, document, typeof file === 'string' ? identifyRegister(file) : null, byId.get(id));
    if (id !== null) kept.add(id);
    if (message === null) right++;
    else onFault({ kind: 'register', where: id === null ? 'a document of registers' : nameOf(id), message });
  }
  for (const { sha256, where } of stated) {
    if (kept.has(sha256)) continue;
    onFault({ kind: 'register', where: nameOf(sha256), message: `it is not in the archive, and ${where} states it` });
  }
  return right;
}

function faultOf(id: string, document: Raw, file: RegisterIdentity | null, stated: Stated | undefined): string | null {
  if (file === null) return 'its file is no register';
  if (file.id !== id) return `its file is another register, ${file.id.slice(0, 12)}`;
  const { controller, version, inForceFrom } = document;
  const day = inForceFrom instanceof Date ? inForceFrom.getTime() : null;
  if (file.controller !== controller || file.version !== version || file.inForceFrom !== day) {
    return 'its file and its other fields say different things';
  }
  const same =
    stated === undefined ||
    (stated.controller === controller && stated.version === version && stated.inForceFrom === day);
  return same ? null : `${stated.where} states it otherwise than its file`;
}

function nameOf(id: string): string {
  return `register ${id.slice(0, 12)}`;
}
