import { LogFormatError } from './errors.js';

const LENGTH_BYTES = 2;
const MAX_ENTRY_BYTES = 0xffff;

/**
 * An entry bundle: each entry behind its length as a big-endian uint16 (C2SP tlog-tiles, "Log entries").
 *
 * @throws LogFormatError where an entry is longer than 65,535 bytes
 */
export function encodeBundle(entries: readonly Uint8Array[]): Buffer {
  const bytes = entries.reduce((sum, entry) => sum + LENGTH_BYTES + entry.length, 0);
  const bundle = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const [i, entry] of entries.entries()) {
    if (entry.length > MAX_ENTRY_BYTES) {
      throw new LogFormatError(
        `Entry ${i} of the bundle has ${entry.length} bytes; an entry has at most ${MAX_ENTRY_BYTES}.`,
      );
    }
    at = bundle.writeUInt16BE(entry.length, at);
    bundle.set(entry, at);
    at += entry.length;
  }
  return bundle;
}

/**
 * The entries of a bundle; views of it, not copies.
 *
 * @param count how many there must be
 * @throws LogFormatError where it ends within an entry, or bytes are left behind the last one
 */
export function decodeBundle(bundle: Uint8Array, count: number): Buffer[] {
  const bytes = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const entries: Buffer[] = [];
  let at = 0;
  while (entries.length < count) {
    const start = at + LENGTH_BYTES;
    const end = start <= bytes.length ? start + bytes.readUInt16BE(at) : Infinity;
    if (end > bytes.length) {
      throw new LogFormatError(
        `The bundle is truncated in entry ${entries.length} of ${count}, which is at byte ${at}.`,
      );
    }
    entries.push(bytes.subarray(start, end));
    at = end;
  }
  if (at < bytes.length) {
    throw new LogFormatError(
      `The bundle has ${bytes.length - at} surplus bytes behind its last entry, from byte ${at} on.`,
    );
  }
  return entries;
}
