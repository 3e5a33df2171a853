import { hmac } from './hmac.js';

/**
 * The tag of an entry: HMAC-SHA-256 (RFC 2104) of the event id under the subject's secret, so that entries of one
 * subject cannot be linked without it.
 *
 * @param secret 32 bytes, as Latin-1
 * @returns 32 bytes, as Latin-1
 */
export function tagOf(secret: string, eventId: string): string {
  return hmac(secret, eventId);
}
