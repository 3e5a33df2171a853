import { describe, expect, test } from '@jest/globals';
import type { Request, Response } from 'express';
import pino from 'pino';
import { SettingsReader } from '#libs/service';
import { accessOf } from './access.js';
import type { Access } from './access.js';
import { accessSettings } from './access-settings.js';
import type { AccessSettings } from './access-settings.js';
import { newSession, openSession } from './session.js';
import { SessionTooLarge, setSession } from './session-cookie.js';

const NOW = Date.parse('2026-03-01T08:00:00Z');

function access(publicUrl: string): Access {
  const from = new SettingsReader({
    OIDC_ISSUER: 'https://login.example',
    OIDC_AUDIENCE: 'urn:test:api',
    OIDC_CLIENT_ID: 'page',
    HJEMMEL_SESSION_KEY: Buffer.alloc(32, 1).toString('base64'),
    HJEMMEL_PUBLIC_URL: publicUrl,
  });
  return accessOf(accessSettings(from) as AccessSettings, pino({ level: 'silent' }));
}

function session(controllers: readonly string[]) {
  return newSession({ subject: 's', name: 'n', roles: new Set(['officer']), controllers: new Set(controllers) }, NOW);
}

/** A response that has header fields and nothing else. */
function response(): { response: Response; set: string[] } {
  const set: string[] = [];
  return { response: { append: (_: string, value: string) => set.push(value) } as unknown as Response, set };
}

describe('the cookie of a session', () => {
  test.each([
    [
      'https://hjemmel.example',
      /^__Host-hjemmel-session=[\w.-]+; Max-Age=3600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    ],
    ['http://127.0.0.1:8080', /^hjemmel-session=[\w.-]+; Max-Age=3600; Path=\/; HttpOnly; SameSite=Lax$/],
  ])('on %s', async (publicUrl, form) => {
    const of = access(publicUrl);
    const { response: to, set } = response();
    await setSession(to, session(['janus']), of, NOW);
    expect(set).toEqual([expect.stringMatching(form)]);
    const request = { headers: { cookie: `a=b; ${set[0]?.split(';')[0]}; c` } } as Request;
    const opened = await openSession(of.sessions.read(request), of.settings.sessionKeys, NOW);
    expect(opened?.person.controllers).toEqual(new Set(['janus']));
  });

  test('that browsers would drop is not given: there are too many controllers', async () => {
    const { response: to, set } = response();
    const ids = (count: number) => Array.from({ length: count }, (_, i) => `controller-${i}`);
    await setSession(to, session(ids(100)), access('https://hjemmel.example'), NOW);
    expect(Buffer.byteLength(set.join())).toBeLessThan(4_096);
    await expect(setSession(to, session(ids(300)), access('https://hjemmel.example'), NOW)).rejects.toThrow(
      SessionTooLarge,
    );
    expect(set).toHaveLength(1);
  });
});
