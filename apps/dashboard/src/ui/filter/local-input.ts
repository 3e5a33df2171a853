/** Between times of the api and what `<input type="datetime-local">` holds, which knows no zone. */

/** `2024-03-01T10:00`, on this machine's clock or in UTC. */
export function toInput(time: string | undefined, inUtc: boolean): string {
  if (time === undefined) return '';
  const date = new Date(time);
  const shift = inUtc ? 0 : date.getTimezoneOffset() * 60_000;
  return new Date(date.getTime() - shift).toISOString().slice(0, 16);
}

/** ISO 8601 in UTC; undefined for what is no whole time yet. */
export function fromInput(value: string, inUtc: boolean): string | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value)) return undefined;
  const ms = Date.parse(inUtc ? `${value}Z` : value);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
