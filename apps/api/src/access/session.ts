import { randomBytes } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { ROLES } from './person.js';
import type { Person, Role } from './person.js';
import { seal, unseal } from './sealed.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** From the login on, ms. */
const ABSOLUTE = 8 * HOUR;
/** From the last request on, ms. */
const IDLE = HOUR;
/** A cookie that is older is exchanged for a new one, ms. */
const RENEW_AFTER = MINUTE;

/** Somebody who is logged in, with the page. All of it is in their cookie, and nothing here. */
export interface Session {
  readonly person: Person;
  /** What unsafe requests must carry besides the cookie. */
  readonly csrfToken: string;
  /** When the login was, ms since the epoch. */
  readonly since: number;
  /** When it was last used, as its cookie knows, ms since the epoch. */
  readonly usedAt: number;
}

/** A session that begins, `now` ms since the epoch. */
export function newSession(person: Person, now: number): Session {
  return { person, csrfToken: randomBytes(16).toString('base64url'), since: now, usedAt: now };
}

/** When a session ends that is not used any more, ms since the epoch. */
export function endOf({ since, usedAt }: Session): number {
  return Math.min(since + ABSOLUTE, usedAt + IDLE);
}

/** The session as used now; null where its cookie is young enough as it is. */
export function renewed(session: Session, now: number): Session | null {
  return now - session.usedAt < RENEW_AFTER ? null : { ...session, usedAt: now };
}

/** As it goes into the cookie. Times lose their fractions of a second. */
export function sealSession(session: Session, keys: readonly Uint8Array[]): Promise<string> {
  const { person, csrfToken, since, usedAt } = session;
  const { subject, name, roles, controllers } = person;
  const claims = {
    sub: subject,
    name,
    roles: [...roles],
    controllers: controllers === 'all' ? null : [...controllers],
    csrf: csrfToken,
    auth_time: seconds(since),
    iat: seconds(usedAt),
    exp: seconds(endOf(session)),
  };
  return seal(claims, 'hjemmel-session', keys);
}

/** The session of a cookie; null where there is none, or none any more. */
export async function openSession(
  cookie: string | undefined,
  keys: readonly Uint8Array[],
  now: number,
): Promise<Session | null> {
  const claims = cookie === undefined ? null : await unseal(cookie, 'hjemmel-session', keys, now);
  return claims === null ? null : toSession(claims as SessionClaims);
}

/** What {@link sealSession} has sealed; nobody else could have. */
interface SessionClaims extends JWTPayload {
  readonly name: string;
  readonly roles: readonly string[];
  readonly controllers: readonly string[] | null;
  readonly csrf: string;
  readonly auth_time: number;
}

function toSession({ sub, name, roles, controllers, csrf, auth_time, iat }: SessionClaims): Session {
  const person: Person = {
    subject: String(sub),
    name,
    roles: new Set(ROLES.filter((role: Role) => roles.includes(role))),
    controllers: controllers === null ? 'all' : new Set(controllers),
  };
  return { person, csrfToken: csrf, since: auth_time * SECOND, usedAt: Number(iat) * SECOND };
}

function seconds(ms: number): number {
  return Math.floor(ms / SECOND);
}
