import { createHmac, hash } from 'node:crypto';

/** SHA-256 block and output length (FIPS 180-4). */
const BLOCK = 64;
const OUTPUT = 32;
const UUID_LENGTH = 36;

const inner = Buffer.alloc(BLOCK + UUID_LENGTH, 0x36);
const outer = Buffer.alloc(BLOCK + OUTPUT, 0x5c);

/**
 * The tag of an entry: HMAC-SHA-256 (RFC 2104) of the event id under the subject's secret, so that entries of one
 * subject cannot be linked without it.
 *
 * Two one-shot digests over buffers that are kept: three times as fast as `createHmac`, and this runs for every event.
 *
 * @param secret 32 bytes
 */
export function tagOf(secret: Buffer, eventId: string): Buffer {
  if (eventId.length !== UUID_LENGTH || inner.write(eventId, BLOCK, 'utf8') !== UUID_LENGTH) {
    return createHmac('sha256', secret).update(eventId).digest();
  }
  for (let i = 0; i < OUTPUT; i++) {
    const byte = secret[i] as number;
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  // A hash taken as a string of bytes costs a quarter of one taken as a buffer.
  outer.write(hash('sha256', inner, 'binary'), BLOCK, 'binary');
  const tag = Buffer.from(hash('sha256', outer, 'binary'), 'binary');
  inner.fill(0x36, 0, OUTPUT);
  outer.fill(0x5c, 0, OUTPUT);
  return tag;
}
