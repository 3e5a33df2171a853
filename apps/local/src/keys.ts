import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { generateSignerKey, NoteError, parseSigningKeys } from '#libs/log';
import { keptSecret } from './stack/kept-secret.js';
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
  /** Public halves of the signing keys, the one in use first. */
  readonly verifierKeys: readonly string[];
}

/**
 * The keys of the settings; those that are not set are made once and kept in files of their own.
 *
 * @param dir where those lie
 * @throws StackError for a signing key that is none
 */
export function localKeys(dir: string, env: NodeJS.ProcessEnv): Keys {
  const given = env['HJEMMEL_LOG_ORIGIN']?.trim() || null;
  const signingKey =
    env['HJEMMEL_SIGNING_KEY']?.trim() ||
    keptSecret(join(dir, 'signing.key'), () => generateSignerKey(given ?? LOCAL_ORIGIN));
  const vaultKey =
    env['HJEMMEL_VAULT_KEY']?.trim() || keptSecret(join(dir, 'vault.key'), () => randomBytes(32).toString('base64'));
  try {
    const { origin, signers } = parseSigningKeys(signingKey, given);
    return { signingKey, vaultKey, origin, verifierKeys: signers.map(({ verifierKey }) => verifierKey) };
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    throw new StackError(`HJEMMEL_SIGNING_KEY: ${error.message}`);
  }
}
