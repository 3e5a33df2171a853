import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateSignerKey, NoteError, parseSigningKeys } from '#libs/log';
import { keptSecret, writeSecretFile } from './stack/kept-secret.js';
import { StackError } from './stack/stack-error.js';

/** The log's name where nobody chose another. */
export const LOCAL_ORIGIN = 'hjemmel.local/log';

/** The secrets that the programs are given. */
export interface Keys {
  /** As HJEMMEL_SIGNING_KEY takes it. */
  readonly signingKey: string;
  /** As HJEMMEL_VAULT_KEY takes it. */
  readonly vaultKey: string;
  readonly origin: string;
  /** Public halves of the signing keys, the one in use first; behind them those of earlier starts. */
  readonly verifierKeys: readonly string[];
}

/**
 * The keys of the settings; those that are not set are made once and kept in files of their own.
 *
 * @param dir where those lie; made if absent
 * @throws StackError for a signing key that is none
 */
export function localKeys(dir: string, env: NodeJS.ProcessEnv): Keys {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const given = env['HJEMMEL_LOG_ORIGIN']?.trim() || null;
  const signingKey =
    env['HJEMMEL_SIGNING_KEY']?.trim() ||
    keptSecret(join(dir, 'signing.key'), () => generateSignerKey(given ?? LOCAL_ORIGIN));
  const vaultKey =
    env['HJEMMEL_VAULT_KEY']?.trim() || keptSecret(join(dir, 'vault.key'), () => randomBytes(32).toString('base64'));
  try {
    const { origin, signers } = parseSigningKeys(signingKey, given);
    const current = signers.map(({ verifierKey }) => verifierKey);
    return { signingKey, vaultKey, origin, verifierKeys: remembered(join(dir, 'verifier.keys'), current) };
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    throw new StackError(`HJEMMEL_SIGNING_KEY: ${error.message}`);
  }
}

/** The keys and those of earlier starts, which signed the earlier checkpoints; a line each in the file. */
function remembered(file: string, current: readonly string[]): string[] {
  const before = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  const all = [...new Set([...current, ...before])];
  writeSecretFile(file, all.map((key) => `${key}\n`).join(''));
  return all;
}
