import type { Response } from 'express';
import type { Access } from './access.js';
import { endOf, sealSession } from './session.js';
import type { Session } from './session.js';

/** Somebody may see so many controllers that their session does not fit into a cookie. */
export class SessionTooLarge extends Error {
  override readonly name = 'SessionTooLarge';
}

/**
 * Gives the browser a session.
 *
 * @param now ms since the epoch
 * @throws SessionTooLarge where browsers would drop it
 */
export async function setSession(
  response: Response,
  session: Session,
  { sessions, settings }: Access,
  now: number,
): Promise<void> {
  const sealed = await sealSession(session, settings.sessionKeys);
  if (!sessions.fits(sealed)) throw new SessionTooLarge();
  sessions.set(response, sealed, Math.floor((endOf(session) - now) / 1_000));
}
