import { NoteError, parseNote } from '#libs/log';

/**
 * Verifier keys in the order in which they are to be shown: those that signed the newest checkpoint in the order of its
 * signatures, then the others as they come.
 *
 * @param keys `name+hash+key` (C2SP signed-note), the newest first
 * @param note the newest checkpoint; null where there is none
 */
export function inUseFirst(keys: readonly string[], note: string | null): string[] {
  const signers = note === null ? [] : signersOf(note);
  const inUse = signers.flatMap((prefix) => keys.filter((key) => key.startsWith(prefix)));
  return [...new Set([...inUse, ...keys])];
}

/** What the signers' verifier keys begin with; nothing where the note cannot be read, which verifiers will say. */
function signersOf(note: string): string[] {
  try {
    return parseNote(note).signatures.map(({ name, keyId }) => `${name}+${keyId.toString(16).padStart(8, '0')}+`);
  } catch (fault) {
    if (fault instanceof NoteError) return [];
    throw fault;
  }
}
