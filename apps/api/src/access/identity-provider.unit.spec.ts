import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { IdentityProvider, ProviderAway } from './identity-provider.js';
import { makeKey, TestIssuer } from './issuer.fixture.js';
import { TokenRefused, verifyToken } from './token.js';

const AUDIENCE = 'urn:test:api';
const HOUR = 3_600_000;

describe('IdentityProvider', () => {
  let issuer: TestIssuer;
  let provider: IdentityProvider;
  let clock: number;
  let told: string[];

  beforeEach(async () => {
    issuer = new TestIssuer();
    await issuer.start();
    clock = 0;
    told = [];
    const log = {
      info: (_: object, line: string) => told.push(line),
      warn: (_: object, line: string) => told.push(line),
    };
    const settings = { issuer: new URL(issuer.url), clientId: 'page', clientSecret: null };
    provider = new IdentityProvider(settings, log as never, () => clock);
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await issuer.stop();
  });

  const later = (ms: number) => (clock += ms);
  /** jose goes by the wall clock. */
  const wallClockAt = (ms: number) => jest.spyOn(Date, 'now').mockReturnValue(ms);

  test('is asked once, by all who want it at a time', async () => {
    const all = await Promise.all([provider.known(), provider.known(), provider.present()]);
    expect(new Set(all).size).toBe(1);
    expect(all[0].issuer).toBe(issuer.url);
    later(HOUR - 1);
    expect(await provider.known()).toBe(all[0]);
    expect(issuer.asked).toBe(1);
  });

  test('is asked anew after an hour, and stays what it was while it does not answer', async () => {
    const first = await provider.known();
    later(HOUR);
    issuer.away = true;
    expect(await provider.known()).toBe(first);
    later(1_000);
    issuer.away = false;
    issuer.metadata = { token_endpoint: `${issuer.url}/other` };
    const second = await provider.known();
    expect(second.config.serverMetadata().token_endpoint).toBe(`${issuer.url}/other`);
    expect(second.keys).toBe(first.keys);
  });

  test('is away where it never answered, and found when it does; each is told once', async () => {
    issuer.away = true;
    for (let i = 0; i < 3; i++) {
      await expect(provider.known()).rejects.toThrow(ProviderAway);
      later(1_000);
    }
    expect(told).toEqual([
      'OIDC_ISSUER: the OpenID provider does not answer as it should (unexpected HTTP response status code); logins wait',
    ]);
    issuer.away = false;
    await provider.known();
    expect(told.slice(1)).toEqual(['the OpenID provider answers again']);
  });

  test('is asked at most once a second, whoever waits for it', async () => {
    issuer.away = true;
    for (let i = 0; i < 5; i++) await expect(provider.known()).rejects.toThrow(ProviderAway);
    expect(issuer.asked).toBe(1);
    later(1_000);
    await expect(provider.known()).rejects.toThrow(ProviderAway);
    expect(issuer.asked).toBe(2);
  });

  test('to be sent to it, it must answer now', async () => {
    await provider.known();
    later(1_000);
    issuer.away = true;
    await expect(provider.present()).rejects.toThrow(ProviderAway);
    await expect(provider.present()).rejects.toThrow(ProviderAway);
    expect(await provider.known()).toMatchObject({ issuer: issuer.url });
    issuer.away = false;
    later(1_000);
    expect(await provider.present()).toMatchObject({ issuer: issuer.url });
  });

  test.each([
    ['another issuer', { issuer: 'https://elsewhere.example' }],
    ['no keys', { jwks_uri: undefined }],
  ])('is not taken with %s', async (_, metadata) => {
    issuer.metadata = metadata;
    await expect(provider.known()).rejects.toThrow(ProviderAway);
  });

  describe('its keys', () => {
    const verify = async (token: string) => verifyToken(token, await provider.known(), AUDIENCE);

    test('are read once', async () => {
      for (let i = 0; i < 3; i++) await verify(await issuer.sign(AUDIENCE));
      expect(issuer.reads).toBe(1);
    });

    test('are read again for one that is not known, but not more often than every five seconds', async () => {
      const start = Date.now();
      await verify(await issuer.sign(AUDIENCE));
      const unknown = await issuer.sign(AUDIENCE, {}, { header: { kid: 'unknown' } });
      wallClockAt(start + 4_000);
      for (let i = 0; i < 20; i++) await expect(verify(unknown)).rejects.toThrow(TokenRefused);
      expect(issuer.reads).toBe(1);
      wallClockAt(start + 6_000);
      for (let i = 0; i < 20; i++) await expect(verify(unknown)).rejects.toThrow(TokenRefused);
      expect(issuer.reads).toBe(2);
    });

    test('are exchanged: the new one is taken, the old one no more', async () => {
      const start = Date.now();
      const old = await issuer.sign(AUDIENCE);
      await verify(old);
      issuer.keys = [await makeKey('second', 'ES256')];
      wallClockAt(start + 6_000);
      await verify(await issuer.sign(AUDIENCE));
      await expect(verify(old)).rejects.toThrow('a key that the OpenID provider does not publish');
    });

    test('that were withdrawn are not taken for more than ten minutes', async () => {
      const start = Date.now();
      const long = await issuer.sign(AUDIENCE, { exp: Math.floor(start / 1_000) + 3_600 });
      await verify(long);
      issuer.keys = [await makeKey('second')];
      wallClockAt(start + 599_000);
      await verify(long);
      wallClockAt(start + 601_000);
      await expect(verify(long)).rejects.toThrow(TokenRefused);
    });

    test('that cannot be read say nothing of a token', async () => {
      const token = await issuer.sign(AUDIENCE);
      await provider.known();
      issuer.away = true;
      await expect(verify(token)).rejects.toThrow(ProviderAway);
      issuer.away = false;
      expect(await verify(token)).toMatchObject({ sub: 'someone' });
    });
  });
});
