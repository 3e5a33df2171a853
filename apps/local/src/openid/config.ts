import type { JWK } from 'oidc-provider';
import type { SamplePerson } from './people.js';

/** Environment variable that hands the local OpenID provider its {@link OpenIdConfig}, as JSON. */
export const CONFIG = 'HJEMMEL_LOCAL_OPENID';

export interface OpenIdConfig {
  /** Who can log in, with their passwords. */
  readonly people: readonly (SamplePerson & { readonly password: string })[];
  /** Where the passwords are for the user to read; told on the login page. */
  readonly peopleFile: string;
  /** Of access tokens. */
  readonly audience: string;
  /** Origin of the page that people log in to. */
  readonly pageUrl: string;
  readonly page: OpenIdClient;
  /** May do as an officer of all controllers. */
  readonly program: OpenIdClient;
  /** Signs tokens: a private key (JWK, RSA). */
  readonly signingKey: JWK;
  /** Signs the provider's own cookies. */
  readonly cookieKey: string;
}

export interface OpenIdClient {
  readonly id: string;
  readonly secret: string;
}
