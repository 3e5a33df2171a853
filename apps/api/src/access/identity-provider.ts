import type { OnApplicationBootstrap } from '@nestjs/common';
import { createRemoteJWKSet } from 'jose';
import type { JWTVerifyGetKey } from 'jose';
import { allowInsecureRequests, ClientSecretBasic, ClientSecretPost, discovery, None } from 'openid-client';
import { ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import type { ClientAuth, Configuration } from 'openid-client';
import type { Logger } from 'pino';
import type { AccessSettings } from './access-settings.js';

/** Seconds that the provider may take for an answer. */
const ANSWER_WITHIN_S = 5;
/** ms for which its metadata is taken as it was. */
const METADATA_FRESH_MS = 3_600_000;
/** ms for which it is not asked again, whatever it answered. */
const PAUSE_MS = 1_000;
/** ms for which its keys are taken as they were; so long one that was withdrawn still counts. */
const KEYS_FRESH_MS = 600_000;
/** ms between two looks for a key that is not known: more often nobody makes us ask, whatever tokens they send. */
const UNKNOWN_KEY_PAUSE_MS = 5_000;

/** The OpenID provider does not answer as it should just now. */
export class ProviderAway extends Error {
  override readonly name = 'ProviderAway';
  /** What happened, for the log. */
  readonly reason: string;

  constructor(cause: unknown) {
    super('The OpenID provider, where people and programs log in, does not answer; try again in some seconds.');
    this.reason = reasonOf(cause);
  }
}

/** The provider as it describes itself. */
export interface KnownProvider {
  /** Of openid-client. */
  readonly config: Configuration;
  /** As tokens name it. */
  readonly issuer: string;
  /** Its public keys: fetched when first needed, and again, but not too often, for a key that is not among them. */
  readonly keys: JWTVerifyGetKey;
}

/** The OpenID provider of the settings. It may be away when we start or later; then it is asked again when needed. */
export class IdentityProvider implements OnApplicationBootstrap {
  private last: { readonly provider: KnownProvider; readonly at: number } | null = null;
  private failure: { readonly away: ProviderAway; readonly at: number } | null = null;
  private asking: Promise<KnownProvider> | null = null;

  constructor(
    private readonly settings: Pick<AccessSettings, 'issuer' | 'clientId' | 'clientSecret'>,
    private readonly log: Pick<Logger, 'info' | 'warn'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** So that a wrong setting is told at the start; nobody waits for it. */
  onApplicationBootstrap(): void {
    this.known().catch(() => undefined);
  }

  /**
   * The provider as it described itself last.
   *
   * @throws ProviderAway where it has never answered, and does not now
   */
  async known(): Promise<KnownProvider> {
    const { last } = this;
    if (last !== null && this.now() - last.at < METADATA_FRESH_MS) return last.provider;
    return this.present().catch((fault: unknown) => {
      if (last === null) throw fault;
      return last.provider;
    });
  }

  /**
   * The provider, which answers now: for who is about to be sent there.
   *
   * @throws ProviderAway
   */
  async present(): Promise<KnownProvider> {
    const { last, failure } = this;
    if (failure !== null && this.now() - failure.at < PAUSE_MS) throw failure.away;
    if (failure === null && last !== null && this.now() - last.at < PAUSE_MS) return last.provider;
    this.asking ??= this.ask().finally(() => (this.asking = null));
    return this.asking;
  }

  private async ask(): Promise<KnownProvider> {
    try {
      const provider = await this.discover();
      if (this.failure !== null) this.log.info({}, 'the OpenID provider answers again');
      this.failure = null;
      this.last = { provider, at: this.now() };
      return provider;
    } catch (fault) {
      const away = new ProviderAway(fault);
      if (this.failure === null) {
        this.log.warn(
          {},
          `OIDC_ISSUER: the OpenID provider does not answer as it should (${away.reason}); logins wait`,
        );
      }
      this.failure = { away, at: this.now() };
      throw away;
    }
  }

  private async discover(): Promise<KnownProvider> {
    const { issuer, clientId } = this.settings;
    const config = await discovery(issuer, clientId, undefined, this.authentication, {
      timeout: ANSWER_WITHIN_S,
      // The settings allow it for this machine alone.
      execute: issuer.protocol === 'http:' ? [allowInsecureRequests] : [],
    });
    const metadata = config.serverMetadata();
    if (metadata.jwks_uri === undefined) throw new Error('its metadata names no jwks_uri');
    if (issuer.protocol === 'https:' && !metadata.jwks_uri.startsWith('https:')) {
      throw new Error('its keys are not served over https');
    }
    return { config, issuer: metadata.issuer, keys: this.keysAt(metadata.jwks_uri) };
  }

  private keysAt(uri: string): JWTVerifyGetKey {
    const before = this.last?.provider;
    if (before?.config.serverMetadata().jwks_uri === uri) return before.keys;
    return createRemoteJWKSet(new URL(uri), {
      timeoutDuration: ANSWER_WITHIN_S * 1_000,
      cacheMaxAge: KEYS_FRESH_MS,
      cooldownDuration: UNKNOWN_KEY_PAUSE_MS,
    });
  }

  /** The secret goes as the provider takes it: its metadata say, and where they do not, in the header. */
  private get authentication(): ClientAuth {
    const { clientSecret } = this.settings;
    if (clientSecret === null) return None();
    const [inHeader, inBody] = [ClientSecretBasic(clientSecret), ClientSecretPost(clientSecret)];
    return (provider, client, body, headers) => {
      const taken = provider.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
      const way = taken.includes('client_secret_basic') ? inHeader : inBody;
      way(provider, client, body, headers);
    };
  }
}

/** What went wrong with the provider, in a few words for the log. */
export function reasonOf(fault: unknown): string {
  // RFC 6749 §5.2
  if (fault instanceof ResponseBodyError) return fault.error;
  if (fault instanceof WWWAuthenticateChallengeError) {
    return fault.cause.map(({ parameters }) => parameters.error ?? `status ${fault.status}`).join(', ');
  }
  if (!(fault instanceof Error)) return String(fault);
  const code = (fault.cause as NodeJS.ErrnoException | undefined)?.code;
  return code === undefined ? fault.message : `${fault.message}, ${code}`;
}
