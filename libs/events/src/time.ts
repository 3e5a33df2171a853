const ISO_UTC = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?Z$/;

/**
 * Reads an ISO 8601 UTC time such as `2023-01-31T10:00:00Z`, with or without a fraction of the second. Digits beyond
 * the millisecond are dropped: Avro's `timestamp-millis` has none.
 *
 * @returns ms since the epoch; null when the text is not in that form or names a day or hour that does not exist
 */
export function parseIsoTime(text: string): number | null {
  const match = ISO_UTC.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const ms = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, ms);
  // Date carries 30 February into March; a time that exists comes back as it was written.
  return date.toISOString().startsWith(text.slice(0, 19)) ? date.getTime() : null;
}

/** ISO 8601 UTC with milliseconds. */
export function toIsoTime(ms: number): string {
  return new Date(ms).toISOString();
}
