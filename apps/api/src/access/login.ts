import { authorizationCodeGrant, buildAuthorizationUrl } from 'openid-client';
import { calculatePKCECodeChallenge, randomNonce, randomPKCECodeVerifier, randomState } from 'openid-client';
import type { Configuration } from 'openid-client';
import type { AccessSettings } from './access-settings.js';
import type { Claims } from './claims.js';
import { ProviderAway } from './identity-provider.js';
import type { KnownProvider } from './identity-provider.js';
import { Problem } from '../http/problem.js';
import { seal, unseal } from './sealed.js';
import { verifyToken } from './token.js';

/** Seconds in which a login is to be done. */
export const LOGIN_WITHIN_S = 600;

const CALLBACK = '/auth/callback';

/** A login that was begun: what the provider's answer is held against. It stays with the browser, sealed. */
export interface Login {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
}

/**
 * Begins a login.
 *
 * @param returnTo path of this site
 * @param again the provider is to ask who it is, though it knows
 * @param now ms since the epoch
 * @returns where the browser goes, and what it keeps
 */
export async function beginLogin(
  config: Configuration,
  { publicUrl, scope, sessionKeys }: AccessSettings,
  returnTo: string,
  again: boolean,
  now: number,
): Promise<{ to: URL; sealed: string }> {
  const login: Login = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier(), returnTo };
  const to = buildAuthorizationUrl(config, {
    redirect_uri: new URL(CALLBACK, publicUrl).href,
    scope,
    state: login.state,
    nonce: login.nonce,
    code_challenge: await calculatePKCECodeChallenge(login.verifier),
    code_challenge_method: 'S256',
    ...(again ? { prompt: 'login' } : {}),
  });
  const exp = Math.floor(now / 1_000) + LOGIN_WITHIN_S;
  return { to, sealed: await seal({ ...login, exp }, 'hjemmel-login', sessionKeys) };
}

/**
 * The login that a browser began.
 *
 * @param now ms since the epoch
 * @throws Problem where it has begun none, or too long ago
 */
export async function openLogin(
  sealed: string | undefined,
  { sessionKeys }: AccessSettings,
  now: number,
): Promise<Login> {
  const login = sealed === undefined ? null : await unseal(sealed, 'hjemmel-login', sessionKeys, now);
  if (login === null) throw new Problem('invalid-request', { detail: ENDED });
  return login as unknown as Login;
}

const ENDED = 'This login took too long, or another one was begun after it. Log in again.';

/**
 * Claims about who logged in, by the provider's answer.
 *
 * @param query of the answer
 * @throws Problem
 * @throws ProviderAway
 * @throws TokenRefused, and what openid-client throws where the provider refuses
 */
export async function loginClaims(
  query: URLSearchParams,
  { state, nonce, verifier }: Login,
  provider: KnownProvider,
  { publicUrl, clientId }: AccessSettings,
): Promise<Claims> {
  if (query.get('state') !== state) throw new Problem('invalid-request', { detail: ENDED });
  // By its public name, whatever a proxy has made of it.
  const answer = new URL(`${CALLBACK}?${query.toString()}`, publicUrl);
  const tokens = await authorizationCodeGrant(provider.config, answer, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  }).catch((fault: unknown) => {
    throw isSilence(fault) ? new ProviderAway(fault) : fault;
  });
  // Its signature too, which OpenID Connect leaves to TLS between the provider and us.
  return verifyToken(String(tokens.id_token), provider, clientId);
}

/** Of openid-client: no answer came. */
function isSilence(fault: unknown): boolean {
  return fault instanceof TypeError || (fault as { code?: unknown }).code === 'OAUTH_TIMEOUT';
}
