import { timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';

const HEADER = 'x-csrf-token';
const SAFE = ['GET', 'HEAD'];

/**
 * Why a request that comes with a session's cookie is not taken as meant by the person, a sentence; null: it is. A page
 * of another site can make their browser send the cookie, but can neither read the token nor say that it comes from us.
 *
 * @param csrfToken of the session
 * @param origin at which people reach the page
 */
export function csrfFault({ method, headers }: Request, csrfToken: string, origin: string): string | null {
  if (SAFE.includes(method)) return null;
  const site = headers['sec-fetch-site'];
  if ((headers.origin ?? origin) !== origin || (site ?? 'same-origin') !== 'same-origin') {
    return `The request comes from another site than ${origin} (HJEMMEL_PUBLIC_URL).`;
  }
  const given = headers[HEADER];
  return typeof given === 'string' && isSame(given, csrfToken)
    ? null
    : `Send the \`csrfToken\` of /api/v1/me in the header ${HEADER}.`;
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
