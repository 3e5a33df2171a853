import { formatCheckpoint, openNote, parseCheckpoint, parseNote, signNote } from '#libs/log';
import type { Signer, Verifier } from '#libs/log';
import { DamagedTrail } from '#libs/trail';
import type { SignedCheckpoint } from '#libs/trail';

/** Who makes the log. */
export interface Identity {
  /** Which log it is: a URL without scheme and trailing slash (C2SP tlog-checkpoint, "Note text"). */
  readonly origin: string;
  /** Each signs every checkpoint; at least one. */
  readonly signers: readonly Signer[];
  /** Keys whose signature of the last checkpoint is taken for ours: of the signers, and of those before them. */
  readonly trusted: readonly Verifier[];
}

/** A checkpoint, signed. */
export function sign({ origin, signers }: Identity, size: number, root: Buffer, now: number): SignedCheckpoint {
  const note = signNote(formatCheckpoint({ origin, size, root, extensions: [] }), signers);
  return { size, root, note, signedAt: now };
}

/**
 * Makes sure that a stored checkpoint is of this log, by one of its keys, and says what is stored beside it: whatever is
 * signed after it also vouches for it.
 *
 * @throws DamagedTrail where not
 */
export function requireOurs({ origin, trusted }: Identity, { size, root, note }: SignedCheckpoint): void {
  const said = `The last checkpoint, of size ${size},`;
  const checkpoint = understood(said, () => parseCheckpoint(parseNote(note).text));
  if (checkpoint.origin !== origin) {
    throw new DamagedTrail(`${said} is of the log \`${checkpoint.origin}\`, and HJEMMEL_LOG_ORIGIN is \`${origin}\`.`);
  }
  if (checkpoint.size !== size || !checkpoint.root.equals(root)) {
    throw new DamagedTrail(`${said} does not say what is stored beside it.`);
  }
  try {
    openNote(note, trusted);
  } catch (fault) {
    throw new DamagedTrail(
      `${said} is signed by no key that is known here: ${(fault as Error).message} Where the key is changed, ` +
        'HJEMMEL_SIGNING_KEY must name the new key and then the old one until both have signed a checkpoint.',
    );
  }
}

function understood<T>(said: string, read: () => T): T {
  try {
    return read();
  } catch (fault) {
    throw new DamagedTrail(`${said} cannot be read: ${(fault as Error).message}`);
  }
}
