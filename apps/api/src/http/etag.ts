import { hash } from 'node:crypto';

/** Entity tag (RFC 9110, section 8.8.3) of an answer that may be kept; weak, as it may be compressed on its way. */
export function etagOf(body: string | Buffer): string {
  return `W/"${hash('sha256', body, 'base64url')}"`;
}
