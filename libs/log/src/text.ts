import { HASH_BYTES } from './hashes.js';
import { LogFormatError } from './errors.js';

const DECIMAL = /^(?:0|[1-9][0-9]{0,15})$/;
const CONTROL = /[\0-\x09\x0b-\x1f]/;
/** As Go's `unicode.IsSpace`, which other readers of notes use. */
const SPACE_OR_PLUS = /[\p{White_Space}+]/u;

/**
 * An ASCII decimal without leading zeros.
 *
 * @param what what it is, for the message
 * @throws LogFormatError also from 2^53 on, which no log of ours reaches
 */
export function parseDecimal(text: string, what: string): number {
  const value = DECIMAL.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value)) {
    throw new LogFormatError(`${what} must be a decimal number without leading zeros, not ${quoted(text)}.`);
  }
  return value;
}

/** Base 64 of RFC 4648 §4 in its one canonical form (padded, no spare bits, no line ends), or null. */
export function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

/** @throws LogFormatError unless it is the canonical base 64 of one SHA-256 hash */
export function parseHash(text: string, what: string): Buffer {
  const hash = decodeBase64(text);
  if (hash?.length !== HASH_BYTES) {
    throw new LogFormatError(`${what} must be the base64 form of 32 bytes, not ${quoted(text)}.`);
  }
  return hash;
}

/** Not empty, no Unicode spaces, no plus (C2SP signed-note, "Format"). */
export function isKeyName(name: string): boolean {
  return name !== '' && !SPACE_OR_PLUS.test(name) && isNoteText(name);
}

/** Well-formed Unicode without control characters but the newline (C2SP signed-note, "Format"). */
export function isNoteText(text: string): boolean {
  return !CONTROL.test(text) && text.isWellFormed();
}

/** For a message: short, and on one line whatever it holds. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
