import { invalid } from '../http/problem.js';

/** Where a list goes on, as clients carry it about: opaque to them. */
export function writeCursor(place: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/**
 * @param read what the place means; null where it is none of this list
 * @throws Problem (400) for a cursor that is none of this list
 */
export function readCursor<T>(cursor: string | undefined, read: (place: readonly unknown[]) => T | null): T | null {
  if (cursor === undefined) return null;
  let place: unknown;
  try {
    place = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    place = null;
  }
  const known = Array.isArray(place) ? read(place) : null;
  if (known === null) throw invalid('cursor', 'is none of this list: take `nextCursor` of the page before, as it is.');
  return known;
}
