/** A list that stands still while it is read: what is new waits until it is asked for. */
import type { Page } from '../api/types.js';

export interface Held<T> {
  /** The rows that were there, in their places, each as it is now. */
  readonly page: Page<T>;
  /** How many there are that are not shown, at least. */
  readonly fresh: number;
}

/**
 * @param shown what the reader looks at
 * @param latest the same page as it is now
 * @param newestFirst whether the page is where new rows would come in
 */
export function held<T extends { id: string }>(shown: Page<T>, latest: Page<T>, newestFirst: boolean): Held<T> {
  const now = new Map(latest.items.map((item) => [item.id, item]));
  const known = new Set(shown.items.map(({ id }) => id));
  const last = shown.items.at(-1)?.id;
  // What moved up from the next page, where rows were taken back, is not new: it stands behind the last one shown.
  const end = latest.items.findIndex(({ id }) => id === last);
  const before = end === -1 ? latest.items : latest.items.slice(0, end);
  const unseen = newestFirst ? before.filter(({ id }) => !known.has(id)).length : 0;
  return {
    page: { ...shown, items: shown.items.map((item) => now.get(item.id) ?? item) },
    fresh: Math.max(latest.total - shown.total, unseen, 0),
  };
}
