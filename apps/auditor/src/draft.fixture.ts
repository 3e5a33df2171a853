import { decodeEntry, type AuditEntry, type EntryAccount } from '#libs/events';
import { decodeBundle } from '#libs/log';
import type { Draft } from './draft.js';

/** The entries of a draft, as readers find them. */
export function sealed(draft: Draft<unknown>, account: EntryAccount): AuditEntry[] {
  const { bytes, count } = draft.seal(account);
  return decodeBundle(bytes, count).map((entry) => decodeEntry(entry));
}
