import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey, JWK } from 'jose';

/** A key pair of an issuer; the public half as its key set has it. */
export interface IssuerKey {
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

export async function makeKey(kid: string, alg = 'RS256'): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/**
 * What an OpenID provider publishes, in this process, for tests that make tokens which no real one would make. People
 * cannot log in with it.
 */
export class TestIssuer {
  /** What it publishes; may be exchanged. */
  keys: IssuerKey[] = [];
  /** How often its keys were asked for. */
  reads = 0;
  /** Answers everything with 503 while set. */
  away = false;
  /** Put over its metadata. */
  metadata: Record<string, unknown> = {};
  /** What its token endpoint gives, by the body of the request and its header `authorization`. */
  tokens: (body: URLSearchParams, authorization: string | undefined) => object = () => ({});
  /** How often its metadata were asked for. */
  asked = 0;
  private readonly server = createServer((request, response) => void this.handle(request, response));

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Begins with a key of its own. @param port 0: chosen by the system */
  async start(port = 0): Promise<void> {
    if (this.keys.length === 0) this.keys = [await makeKey('first')];
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  /** A token about `sub`, valid for five minutes, for `audience`; claims and header can be put over it. */
  async sign(
    audience: string,
    claims: Readonly<Record<string, unknown>> = {},
    { key = this.keys[0], header = {} }: { key?: IssuerKey | undefined; header?: object } = {},
  ): Promise<string> {
    if (key === undefined) throw new Error('The issuer has not been started.');
    const now = Math.floor(Date.now() / 1_000);
    const standard = { iss: this.url, aud: audience, sub: 'someone', iat: now, exp: now + 300 };
    return new SignJWT({ ...standard, ...claims })
      .setProtectedHeader({ alg: key.alg, typ: 'at+jwt', kid: String(key.jwk.kid), ...header })
      .sign(key.privateKey);
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '', headers } = request;
    const posted = new URLSearchParams(await text(request));
    const body = url === '/token' ? this.tokens(posted, headers.authorization) : this.answer(url);
    response.statusCode = this.away ? 503 : body === null ? 404 : 200;
    response.setHeader('content-type', 'application/json').end(this.away ? '{}' : JSON.stringify(body));
  }

  private answer(path: string): object | null {
    if (path === '/.well-known/openid-configuration') {
      this.asked++;
      return {
        issuer: this.url,
        jwks_uri: `${this.url}/jwks`,
        authorization_endpoint: `${this.url}/auth`,
        token_endpoint: `${this.url}/token`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        ...this.metadata,
      };
    }
    if (path !== '/jwks') return null;
    this.reads++;
    return { keys: this.keys.map(({ jwk }) => jwk) };
  }
}
