import { errors, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { ProviderAway } from './identity-provider.js';

/** Signatures with a private key. Never `none`, and never one made with a secret that the public key could stand for. */
export const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
/** How far clocks may be apart, seconds. */
const LEEWAY_S = 30;

/** A token is not taken. The message says why, and nothing that is in it. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

/** Who signs tokens. */
export interface Signatory {
  /** As `iss` must name it, to the letter. */
  readonly issuer: string;
  readonly keys: JWTVerifyGetKey;
}

/**
 * The claims of a JWT that was signed by the provider for this audience, and is valid now.
 *
 * @throws TokenRefused
 * @throws ProviderAway where the provider's keys are not at hand and it does not answer
 */
export async function verifyToken(token: string, { issuer, keys }: Signatory, audience: string): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      clockTolerance: LEEWAY_S,
      requiredClaims: ['exp', 'sub'],
    });
    return payload;
  } catch (fault) {
    throw refusal(fault) ?? new ProviderAway(fault);
  }
}

/** null: not the token's fault. */
function refusal(fault: unknown): TokenRefused | null {
  const { JWTExpired, JWTClaimValidationFailed, JOSEAlgNotAllowed, JOSENotSupported } = errors;
  const { JWSSignatureVerificationFailed, JWKSNoMatchingKey, JWKSMultipleMatchingKeys, JWSInvalid, JWTInvalid } =
    errors;
  if (fault instanceof JWTExpired) return new TokenRefused('The token has expired.');
  if (fault instanceof JWTClaimValidationFailed) {
    return new TokenRefused(`The token is not valid here: look at its claim ${fault.claim}.`);
  }
  if (fault instanceof JOSEAlgNotAllowed || fault instanceof JOSENotSupported) {
    return new TokenRefused(`The token is not signed with one of ${ALGORITHMS.join(', ')}.`);
  }
  if (fault instanceof JWSSignatureVerificationFailed) return new TokenRefused('The signature of the token is wrong.');
  if (fault instanceof JWKSNoMatchingKey || fault instanceof JWKSMultipleMatchingKeys) {
    return new TokenRefused('The token is signed with a key that the OpenID provider does not publish.');
  }
  if (fault instanceof JWSInvalid || fault instanceof JWTInvalid)
    return new TokenRefused('The token is no signed JWT.');
  return null;
}
