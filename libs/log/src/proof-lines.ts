import { LogFormatError } from './errors.js';
import { parseHash } from './text.js';

/** No proof in a tree of fewer than 2^63 entries is longer (C2SP tlog-witness, "add-checkpoint"). */
const MAX_HASHES = 63;

/** A proof as text, one base64 hash a line. */
export function formatHashLines(proof: readonly Uint8Array[]): string {
  return proof.map((hash) => `${Buffer.from(hash).toString('base64')}\n`).join('');
}

/**
 * Splits what has lines, an empty line and a signed note behind it.
 *
 * @param kind what it is, for messages
 * @throws LogFormatError where there is no empty line
 */
export function splitAtNote(text: string, kind: string): { lines: string[]; note: string } {
  const end = text.indexOf('\n\n');
  if (end < 0) throw new LogFormatError(`The ${kind} must have an empty line before the checkpoint.`);
  return { lines: text.slice(0, end).split('\n'), note: text.slice(end + 2) };
}

/** @throws LogFormatError where a line is no hash, or there are more than any proof has */
export function parseHashLines(lines: readonly string[], kind: string): Buffer[] {
  if (lines.length > MAX_HASHES) {
    throw new LogFormatError(`The ${kind} must have at most ${MAX_HASHES} hashes, not ${lines.length}.`);
  }
  return lines.map((line, i) => parseHash(line, `Hash ${i + 1} of the ${kind}`));
}
