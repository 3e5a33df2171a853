import { hash } from 'node:crypto';

/** The vault cannot be opened, or holds something that does not belong there; one sentence for the operator. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
}

/** A key of the settings; it encrypts other keys and nothing else. */
export interface VaultKey {
  /** First 4 bytes of SHA-256("hjemmel vault key\n" ‖ key), in hex; it may be shown. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

const BASE64 = /^[A-Za-z0-9+/]{43}=$/;
const HEX = /^[0-9a-fA-F]{64}$/;

/**
 * Reads HJEMMEL_VAULT_KEY: keys of 32 bytes in base64 or hex, separated by commas. The first encrypts, all decrypt.
 *
 * @throws VaultError that says which one is wrong, and shows none
 */
export function parseVaultKeys(text: string): [VaultKey, ...VaultKey[]] {
  const parts = text.split(',').map((part) => part.trim());
  const [first, ...others] = parts.map((part, i) => {
    if (BASE64.test(part)) return vaultKey(Buffer.from(part, 'base64'));
    if (HEX.test(part)) return vaultKey(Buffer.from(part, 'hex'));
    const which = parts.length === 1 ? '' : `key ${i + 1} `;
    throw new VaultError(
      `HJEMMEL_VAULT_KEY: ${which}is not 32 bytes in base64 (or 64 hex digits); make one with \`hjemmel key vault\`.`,
    );
  });
  return [first as VaultKey, ...others];
}

function vaultKey(key: Buffer): VaultKey {
  const digest = hash('sha256', Buffer.concat([Buffer.from('hjemmel vault key\n'), key]), 'hex');
  return { id: digest.slice(0, 8), key };
}
