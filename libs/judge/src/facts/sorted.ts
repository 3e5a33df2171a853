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
