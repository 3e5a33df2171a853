/** Where an entry lies in its bundle: bytes `[from, to)`. */
export interface EntrySpan {
  readonly from: number;
  readonly to: number;
}

/** What a bundle's bytes hold. */
export interface SplitBundle {
  /** The entries that are whole, at most as many as there should be. */
  readonly entries: readonly EntrySpan[];
  /** What is wrong with the bundle; null: it holds exactly the entries it should. */
  readonly fault: string | null;
}

/**
 * Finds the entries of a bundle, uint16 big-endian lengths and bytes (C2SP tlog-tiles, "Log entries"), and holds that it
 * has `count` of them and not a byte more: what stands behind the last entry is covered by no hash.
 */
export function splitBundle(bytes: Buffer, count: number): SplitBundle {
  const entries: EntrySpan[] = [];
  let at = 0;
  while (entries.length < count) {
    if (at === bytes.length) {
      return { entries, fault: `it holds ${entries.length} entries in place of ${count}` };
    }
    const from = at + 2;
    const to = from <= bytes.length ? from + bytes.readUInt16BE(at) : Infinity;
    if (to > bytes.length) return { entries, fault: `it ends within the entry at byte ${at}` };
    entries.push({ from, to });
    at = to;
  }
  const surplus = bytes.length - at;
  return { entries, fault: surplus === 0 ? null : `${bytes.length - at} surplus bytes stand behind its last entry` };
}
