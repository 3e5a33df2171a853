import { createHmac, hash } from 'node:crypto';

/** SHA-256 block and output length (FIPS 180-4). */
const BLOCK = 64;
const OUTPUT = 32;
/** Most bytes of a text; for longer ones, which are rare, there is Node's own. */
const LONGEST = 256;

const inner = Buffer.alloc(BLOCK + LONGEST, 0x36);
const outer = Buffer.alloc(BLOCK + OUTPUT, 0x5c);
/** The beginning of `inner` with a text of each length, made when first needed: a view costs as much as a digest. */
const views: Buffer[] = [];

/**
 * HMAC-SHA-256 (RFC 2104) of a text, as a string of its 32 bytes (Latin-1).
 *
 * Two one-shot digests over buffers that are kept: several times as fast as `createHmac`, and this runs for every event.
 *
 * @param secret at most 64 bytes, as Latin-1
 */
export function hmac(secret: string, text: string): string {
  // No character takes more than three bytes.
  if (text.length > LONGEST / 3 && Buffer.byteLength(text) > LONGEST) {
    return createHmac('sha256', Buffer.from(secret, 'latin1')).update(text).digest('binary');
  }
  const length = inner.write(text, BLOCK, 'utf8');
  for (let i = 0; i < secret.length; i++) {
    const byte = secret.charCodeAt(i);
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  // A hash taken as a string of bytes costs a quarter of one taken as a buffer.
  outer.write(hash('sha256', (views[length] ??= inner.subarray(0, BLOCK + length)), 'binary'), BLOCK, 'binary');
  const digest = hash('sha256', outer, 'binary');
  inner.fill(0x36, 0, secret.length);
  outer.fill(0x5c, 0, secret.length);
  return digest;
}
