import { allowInsecureRequests, clientCredentialsGrant, ClientSecretBasic, ClientSecretPost } from 'openid-client';
import { discovery, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import type { ClientAuth, Configuration, WWWAuthenticateChallenge } from 'openid-client';
import { setting } from '../settings.js';
import { UsageError } from '../usage-error.js';

/** Seconds that the provider may take for an answer. */
const ANSWER_WITHIN_S = 10;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** `hjemmel token`. @throws UsageError */
export async function token({ scope }: { scope?: string }): Promise<void> {
  const issuer = issuerUrl(required('OIDC_ISSUER', "the OpenID provider's issuer"));
  const clientId = required('HJEMMEL_TOKEN_CLIENT_ID', 'a client that the provider knows');
  const secret = required('HJEMMEL_TOKEN_CLIENT_SECRET', "the client's secret");
  const audience = setting('OIDC_AUDIENCE');
  const config = await found(issuer, clientId, secret);
  const parameters = {
    ...(scope === undefined ? {} : { scope }),
    // RFC 8707 for the one kind of providers, which takes URIs; the name that others have for it.
    ...(audience === undefined ? {} : { ...(URL.canParse(audience) ? { resource: audience } : {}), audience }),
  };
  const { access_token: accessToken } = await clientCredentialsGrant(config, parameters).catch((fault: unknown) => {
    if (fault instanceof ResponseBodyError || fault instanceof WWWAuthenticateChallengeError) {
      const reasons = fault instanceof ResponseBodyError ? [fault.error] : fault.cause.map(errorOf);
      throw new UsageError(`The OpenID provider refuses a token to ${clientId}: ${reasons.join(', ')}.`);
    }
    throw silent(issuer, fault);
  });
  process.stdout.write(`${accessToken}\n`);
}

/** RFC 6749 §5.2, where it comes in a header. */
function errorOf({ parameters }: WWWAuthenticateChallenge): string {
  return parameters.error ?? 'unauthorized';
}

async function found(issuer: URL, clientId: string, secret: string): Promise<Configuration> {
  const execute = issuer.protocol === 'http:' ? [allowInsecureRequests] : [];
  try {
    return await discovery(issuer, clientId, undefined, authentication(secret), { timeout: ANSWER_WITHIN_S, execute });
  } catch (fault) {
    throw silent(issuer, fault);
  }
}

/** The secret goes in the header, unless the provider says that it takes it in the body alone. */
function authentication(secret: string): ClientAuth {
  return (provider, client, body, headers) => {
    const taken = provider.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const way = taken.includes('client_secret_basic') ? ClientSecretBasic(secret) : ClientSecretPost(secret);
    way(provider, client, body, headers);
  };
}

function silent({ href }: URL, fault: unknown): UsageError {
  const { message } = fault instanceof Error ? fault : { message: String(fault) };
  return new UsageError(`OIDC_ISSUER: the OpenID provider at ${href} does not answer as it should: ${message}.`);
}

function issuerUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError('OIDC_ISSUER is no http:// or https:// URL.');
  }
  // The secret goes there.
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw new UsageError(
      'OIDC_ISSUER must begin with https://; http:// is for this machine (127.0.0.1, localhost) alone.',
    );
  }
  return url;
}

function required(name: string, meaning: string): string {
  const value = setting(name);
  if (value === undefined) throw new UsageError(`${name} is not set: give ${meaning}, or run \`npm start\`.`);
  return value;
}
