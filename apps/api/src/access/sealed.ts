import { hash } from 'node:crypto';
import { EncryptJWT, errors, jwtDecrypt } from 'jose';
import type { JWTPayload } from 'jose';

/** What a sealed text is for; one cannot be taken for another. */
export type Seal = 'hjemmel-session' | 'hjemmel-login';

const HEADER = { alg: 'dir', enc: 'A256GCM' } as const;

/**
 * Claims as an encrypted and authenticated text (JWE, AES-256-GCM) that only who has the key can make and read.
 *
 * @param keys 32 bytes each; the first is used
 * @param claims with `exp`, when it ends, seconds since the epoch
 */
export async function seal(claims: JWTPayload, as: Seal, keys: readonly Uint8Array[]): Promise<string> {
  const [key] = keys as [Uint8Array];
  return new EncryptJWT(claims).setProtectedHeader({ ...HEADER, typ: as, kid: nameOf(key) }).encrypt(key);
}

/**
 * What {@link seal} was given; null where it has ended, or is none of ours.
 *
 * @param keys any of them may have sealed it
 * @param now ms since the epoch
 */
export async function unseal(
  text: string,
  as: Seal,
  keys: readonly Uint8Array[],
  now: number,
): Promise<JWTPayload | null> {
  try {
    const { payload } = await jwtDecrypt(text, ({ kid }) => keyOf(kid, keys), {
      keyManagementAlgorithms: [HEADER.alg],
      contentEncryptionAlgorithms: [HEADER.enc],
      typ: as,
      requiredClaims: ['exp'],
      currentDate: new Date(now),
    });
    return payload;
  } catch (fault) {
    if (fault instanceof errors.JOSEError) return null;
    throw fault;
  }
}

function keyOf(kid: string | undefined, keys: readonly Uint8Array[]): Uint8Array {
  const key = keys.find((one) => nameOf(one) === kid);
  if (key === undefined) throw new errors.JWEInvalid('sealed with another key');
  return key;
}

/** Tells keys apart and nothing about them. */
function nameOf(key: Uint8Array): string {
  return hash('sha256', key, 'base64url').slice(0, 8);
}
