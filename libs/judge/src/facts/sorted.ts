/** Index of the first item of a list sorted by `at` that lies after `at`. */
export function upperBound(items: readonly { readonly at: number }[], at: number): number {
  // Nearly every question is asked at the end of the list: events come roughly in order.
  let high = items.length;
  if (high === 0 || (items[high - 1]?.at ?? 0) <= at) return high;
  let low = 0;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((items[middle]?.at ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first item of a list sorted by `at` that lies at or after `at`. */
export function lowerBound(items: readonly { readonly at: number }[], at: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((items[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Lists up to here are copied to grow: an array that is pushed to makes room for sixteen more at once. */
const COPY_TO = 8;

/** The list with one more item at its end: the same one, or another while it is short. Most people's lists are. */
export function appended<T extends object>(items: T[], item: T): T[] {
  if (items.length < COPY_TO) return items.concat(item);
  items.push(item);
  return items;
}

/** Takes the items at or after `at` off the end of a list sorted by `at`. @returns them */
export function cutFrom<T extends { readonly at: number }>(items: T[], at: number): T[] {
  return items.splice(lowerBound(items, at));
}
