import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A secret that is made once and kept in a file of its own, for the user's eyes only (mode 0600). */
export function keptSecret(file: string, make: () => string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const secret = make();
  writeSecretFile(file, `${secret}\n`);
  return secret;
}

/** Writes a file that only the user may read; it appears whole or not at all. */
export function writeSecretFile(file: string, content: string): void {
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, content, { mode: 0o600 });
  renameSync(partial, file);
}
