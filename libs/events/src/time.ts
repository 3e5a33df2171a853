const ISO_UTC = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(?:Z|\+00:00)$/;

/**
 * Reads an ISO 8601 UTC time such as `2023-01-31T10:00:00Z`, with or without seconds and a fraction of them; `+00:00`
 * is UTC too. Digits beyond the millisecond are dropped: Avro's `timestamp-millis` has none.
 *
 * @returns ms since the epoch; null when the text is not in that form or names a day or hour that does not exist
 */
export function parseIsoTime(text: string): number | null {
  const match = ISO_UTC.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute] = match.slice(1, 6).map(Number) as [number, number, number, number, number];
  const second = Number(match[6] ?? 0);
  const ms = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, ms);
  // Date carries 30 February into March; a time that exists comes back as it was written.
  const written = text.slice(0, match[6] === undefined ? 16 : 19);
  return date.toISOString().startsWith(written) ? date.getTime() : null;
}

/** ISO 8601 UTC with milliseconds. */
export function toIsoTime(ms: number): string {
  return new Date(ms).toISOString();
}
