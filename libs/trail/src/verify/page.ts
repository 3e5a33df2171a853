import { splitBundle, writeLeafHash } from '#libs/log';
import type { EntrySpan } from '#libs/log';

const HASH_BYTES = 32;

/** Entries that stand together in one run of bytes. */
export interface Page {
  readonly bytes: Buffer;
  readonly entries: readonly EntrySpan[];
  /** RFC 6962 leaf hashes of the entries, 32 bytes each. */
  readonly leaves: Buffer;
}

/** The entries of a bundle, and what is wrong with it; see `splitBundle`. */
export function readPage(bytes: Buffer, count: number): Page & { readonly fault: string | null } {
  const { entries, fault } = splitBundle(bytes, count);
  const leaves = Buffer.alloc(entries.length * HASH_BYTES);
  let at = 0;
  for (const { from, to } of entries) {
    writeLeafHash(bytes, from, to, leaves, at);
    at += HASH_BYTES;
  }
  return { bytes, entries, leaves, fault };
}
