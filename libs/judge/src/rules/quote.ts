/**
 * An id of an event, for a message: in backticks, without control characters, and cut where it is too long for one.
 * What a publisher writes into an id must not be able to break the line or flood the trail.
 */
export function quote(id: string): string {
  // Most ids are plain; only the others are worth the work.
  const plain = /^[\w.:-]{1,64}$/.test(id) ? id : tame(id);
  return `\`${plain}\``;
}

export function quoteAll(ids: readonly string[]): string {
  const shown = ids.slice(0, 12).map(quote).join(', ');
  return ids.length > 12 ? `${shown} and ${ids.length - 12} more` : shown;
}

function tame(id: string): string {
  const clean = id
    .slice(0, 64)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}`]/gu, '\u{FFFD}');
  return id.length > 64 ? `${clean}…` : clean;
}
