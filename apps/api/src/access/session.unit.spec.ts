import { describe, expect, test } from '@jest/globals';
import type { Person } from './person.js';
import { seal } from './sealed.js';
import { endOf, newSession, openSession, renewed, sealSession } from './session.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.parse('2026-03-01T08:00:00Z');
const [KEY, OTHER] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const person: Person = {
  subject: 's-1',
  name: 'Kari Nordmann',
  roles: new Set(['dashboard', 'officer']),
  controllers: new Set(['janus']),
};

describe('a session', () => {
  const session = newSession(person, NOW);
  const cookie = () => sealSession(session, [KEY]);

  test('is in its cookie, whole', async () => {
    expect(await openSession(await cookie(), [KEY], NOW)).toEqual(session);
    const everywhere = newSession({ ...person, controllers: 'all' }, NOW);
    expect(await openSession(await sealSession(everywhere, [KEY]), [KEY], NOW)).toEqual(everywhere);
  });

  test('shows nothing to who has the cookie', async () => {
    const parts = (await cookie()).split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(parts.join()).not.toMatch(/s-1|Kari|janus|officer/);
  });

  test('has a secret of its own each time', () => {
    expect(newSession(person, NOW).csrfToken).not.toBe(session.csrfToken);
    expect(session.csrfToken).toMatch(/^[\w-]{22}$/);
  });

  test('ends an hour after it was used last', async () => {
    expect(await openSession(await cookie(), [KEY], NOW + HOUR - 1_000)).not.toBeNull();
    expect(await openSession(await cookie(), [KEY], NOW + HOUR)).toBeNull();
  });

  test('goes on while it is used, and ends eight hours after the login all the same', async () => {
    let current = session;
    for (let now = NOW; now < NOW + 8 * HOUR; now += 50 * MINUTE) {
      const found = await openSession(await sealSession(current, [KEY]), [KEY], now);
      expect(found).toMatchObject({ person, csrfToken: session.csrfToken, since: NOW });
      current = (found && renewed(found, now)) ?? current;
    }
    expect(endOf(current)).toBe(NOW + 8 * HOUR);
    expect(await openSession(await sealSession(current, [KEY]), [KEY], NOW + 8 * HOUR)).toBeNull();
  });

  test('gets a new cookie at most once a minute', () => {
    expect(renewed(session, NOW + MINUTE - 1)).toBeNull();
    expect(renewed(session, NOW + MINUTE)).toEqual({ ...session, usedAt: NOW + MINUTE });
  });

  test('outlives a change of the key by NEW,OLD, and not the end of the old one', async () => {
    const old = await sealSession(session, [OTHER]);
    expect(await openSession(old, [KEY, OTHER], NOW)).toEqual(session);
    expect(await openSession(old, [KEY], NOW)).toBeNull();
    expect(await openSession(await sealSession(session, [KEY, OTHER]), [KEY], NOW)).toEqual(session);
  });

  test('is not opened by a cookie that was changed, wherever', async () => {
    const whole = await cookie();
    for (let at = 0; at < whole.length; at++) {
      // The last digit of a part has bits that say nothing.
      if (whole[at] === '.' || (whole[at + 1] ?? '.') === '.') continue;
      const changed = `${whole.slice(0, at)}${whole[at] === 'A' ? 'B' : 'A'}${whole.slice(at + 1)}`;
      expect(await openSession(changed, [KEY], NOW)).toBeNull();
    }
  });

  test.each([undefined, '', 'x', 'a.b.c', 'a.b.c.d.e', '....'])('is not in %j', async (nothing) => {
    expect(await openSession(nothing, [KEY], NOW)).toBeNull();
  });

  test('is not what was sealed as something else, with the same key', async () => {
    const claims = { sub: 's', name: 'n', roles: ['admin'], controllers: null, csrf: 'c', exp: NOW / 1_000 + 60 };
    expect(await openSession(await seal(claims, 'hjemmel-login', [KEY]), [KEY], NOW)).toBeNull();
    expect(await openSession(await seal(claims, 'hjemmel-session', [KEY]), [KEY], NOW)).not.toBeNull();
  });
});
