import { COSIGNATURE, parseSigningKeys, parseVerifier } from '#libs/log';
import type { Signer, Verifier } from '#libs/log';
import { SettingsReader } from '#libs/service';
import type { Environment } from '#libs/service';
import type { Identity } from './identity.js';

export interface NotarySettings {
  readonly mongodbUri: string;
  readonly identity: Identity;
  /** Time between two looks for new blocks, ms. */
  readonly intervalMs: number;
  /** Submission prefixes of witnesses (C2SP tlog-witness). */
  readonly witnessUrls: readonly string[];
  /** Whose cosignatures are kept; empty: every witness's that is well-formed. */
  readonly witnessKeys: readonly Verifier[];
  /** Port for health and metrics; 0: chosen by the system; null: none. */
  readonly port: number | null;
}

const STANDARD_INTERVAL_MS = 500;

/**
 * Reads the settings from environment variables.
 *
 * @throws SettingsError with every fault there is; it shows no secret
 */
export function readSettings(env: Environment): NotarySettings {
  const from = new SettingsReader(env);
  return from.finish({
    mongodbUri: from.mongodbUri(),
    identity: identity(from),
    intervalMs: from.number('HJEMMEL_CHECKPOINT_INTERVAL_MS', 10, 60_000) ?? STANDARD_INTERVAL_MS,
    witnessUrls: from.httpUrls('HJEMMEL_WITNESS_URLS').map((url) => url.replace(/\/+$/, '')),
    witnessKeys: verifiers(from, 'HJEMMEL_WITNESS_KEYS').filter((key) => {
      if (key.type !== COSIGNATURE) from.fault(`HJEMMEL_WITNESS_KEYS: the key of \`${key.name}\` is not a witness's.`);
      return key.type === COSIGNATURE;
    }),
    port: from.port(),
  });
}

function identity(from: SettingsReader): Identity {
  const keys = from.required('HJEMMEL_SIGNING_KEY', 'give the key to sign the log with (`hjemmel key generate`)');
  const { origin, signers } = signingKeys(from, keys);
  const own = signers.map(({ verifierKey }) => parseVerifier(verifierKey));
  return { origin, signers, trusted: [...own, ...verifiers(from, 'HJEMMEL_LOG_KEY')] };
}

function signingKeys(from: SettingsReader, keys: string): { origin: string; signers: readonly Signer[] } {
  try {
    if (keys !== '') return parseSigningKeys(keys, from.text('HJEMMEL_LOG_ORIGIN'));
  } catch (fault) {
    from.fault(`HJEMMEL_SIGNING_KEY: ${(fault as Error).message}`);
  }
  return { origin: '', signers: [] };
}

function verifiers(from: SettingsReader, name: string): Verifier[] {
  return from.list(name).flatMap((key) => {
    try {
      return [parseVerifier(key)];
    } catch (fault) {
      from.fault(`${name}: ${(fault as Error).message}`);
      return [];
    }
  });
}
