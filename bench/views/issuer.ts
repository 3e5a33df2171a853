import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const AUDIENCE = 'urn:bench:api';

export interface Issuer {
  readonly token: string;
  /** By which the api knows it. */
  readonly settings: Readonly<Record<string, string>>;
  readonly stop: () => void;
}

/** An issuer of one token that is good for hours, and for everything. */
export async function startIssuer(): Promise<Issuer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'bench', alg: 'ES256', use: 'sig' };
  const server = createServer((request, response) => {
    const body = request.url === '/jwks' ? { keys: [jwk] } : { issuer: url, jwks_uri: `${url}/jwks` };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const claims = { hjemmel_roles: ['admin'], hjemmel_controllers: ['*'] };
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'bench' })
    .setIssuer(url)
    .setAudience(AUDIENCE)
    .setSubject('bench')
    .setIssuedAt()
    .setExpirationTime('12h')
    .sign(privateKey);
  return {
    token,
    settings: {
      OIDC_ISSUER: url,
      OIDC_AUDIENCE: AUDIENCE,
      OIDC_CLIENT_ID: 'page',
      HJEMMEL_SESSION_KEY: Buffer.alloc(32, 1).toString('base64'),
      HJEMMEL_PUBLIC_URL: 'http://127.0.0.1:8080',
      HJEMMEL_RATE_LIMIT: '1000000',
    },
    stop: () => void server.close(),
  };
}
