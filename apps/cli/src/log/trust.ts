import { existsSync, readFileSync } from 'node:fs';
import { COSIGNATURE, NoteError, parseSigningKeys, parseVerifier } from '#libs/log';
import type { Verifier } from '#libs/log';
import type { Trust } from '#libs/trail';
import { userPath } from '../paths.js';
import { setting } from '../settings.js';
import { UsageError } from '../usage-error.js';

/**
 * Whose signatures are believed: the keys given, else those of the settings (HJEMMEL_LOG_KEY, the public half of
 * HJEMMEL_SIGNING_KEY), else none; and witnesses' keys, given or of HJEMMEL_WITNESS_KEYS.
 *
 * @param given verifier keys, or files of them, one a line
 * @throws UsageError for what is no key
 */
export function readTrust(given: readonly string[]): Trust {
  const keys = given.flatMap(readKeys);
  const log = keys.filter(({ type }) => type !== COSIGNATURE);
  const witnesses = keys.filter(({ type }) => type === COSIGNATURE);
  return {
    keys: unique(log.length > 0 ? log : [...fromSetting('HJEMMEL_LOG_KEY'), ...ownKeys()]),
    witnesses: unique(witnesses.length > 0 ? witnesses : fromSetting('HJEMMEL_WITNESS_KEYS')),
  };
}

function readKeys(given: string): Verifier[] {
  const path = userPath(given);
  if (!existsSync(path)) return [parse(given, '--key')];
  const keys = split(readFileSync(path, 'utf8'));
  if (keys.length === 0) throw new UsageError(`${given}: there is no key in it`);
  return keys.map((key) => parse(key, given));
}

function fromSetting(name: string): Verifier[] {
  return split(setting(name) ?? '').map((key) => parse(key, name));
}

/** The public halves of the signing keys, where the log's owner verifies. */
function ownKeys(): Verifier[] {
  const keys = setting('HJEMMEL_SIGNING_KEY');
  if (keys === undefined) return [];
  try {
    const { signers } = parseSigningKeys(keys, setting('HJEMMEL_LOG_ORIGIN') ?? null);
    return signers.map(({ verifierKey }) => parseVerifier(verifierKey));
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    throw new UsageError(`HJEMMEL_SIGNING_KEY: ${error.message}`);
  }
}

function parse(text: string, where: string): Verifier {
  try {
    return parseVerifier(text);
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    throw new UsageError(`${where}: ${error.message}`);
  }
}

function split(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '');
}

function unique(keys: readonly Verifier[]): Verifier[] {
  return [...new Map(keys.map((key) => [key.verifierKey, key])).values()];
}
