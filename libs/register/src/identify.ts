import { parseDocument } from 'yaml';
import { dayStart } from './check.js';
import { registerId } from './compile.js';
import type { RegisterFile } from './file.js';

/** Which register a file is. */
export interface RegisterIdentity {
  /** SHA-256 of the canonical form, lower-case hex. */
  readonly id: string;
  readonly controller: string;
  readonly version: number;
  /** ms since the epoch. */
  readonly inForceFrom: number;
}

/**
 * Which register the text of a file is; null where it is none. Nothing else of it is checked, so that files of earlier
 * days, kept as they were, keep their identity whatever becomes of the format.
 */
export function identifyRegister(text: string): RegisterIdentity | null {
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true, logLevel: 'error' });
  if (document.errors.length > 0) return null;
  try {
    const file = document.toJS({ maxAliasCount: 100 }) as Partial<RegisterFile> | null;
    const { controller, version, inForce } = file ?? {};
    if (typeof controller !== 'string' || typeof version !== 'number' || typeof inForce?.from !== 'string') return null;
    return { id: registerId(file as RegisterFile), controller, version, inForceFrom: dayStart(inForce.from) };
  } catch {
    // Too many aliases, or a value that JSON has not.
    return null;
  }
}
