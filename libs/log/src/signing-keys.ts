import { NoteError } from './errors.js';
import { ED25519, formatSignerKey, parseSigner, type Signer } from './note-keys.js';
import { isKeyName, quoted } from './text.js';

/** Whose log it is, and what its checkpoints are signed with. */
export interface SigningKeys {
  /** Schemeless URL without a trailing slash (C2SP tlog-checkpoint, "Note text"); the name of every key. */
  readonly origin: string;
  /** All sign; the first is the one in use, the others are on their way out. */
  readonly signers: readonly [Signer, ...Signer[]];
}

/** 32 bytes. */
const SEED = /^[A-Za-z0-9+/]{43}=$/;

/**
 * Reads what the settings say of a log's keys.
 *
 * @param keys signer keys as generateSignerKey makes them, or bare 32-byte seeds in base64, separated by commas or white
 *   space
 * @param origin null: the name of the first key
 * @throws NoteError that says which key is wrong, and shows none
 */
export function parseSigningKeys(keys: string, origin: string | null): SigningKeys {
  const texts = keys.split(/[\s,]+/).filter((text) => text !== '');
  const signers: Signer[] = [];
  let name = origin;
  for (const [i, text] of texts.entries()) {
    const which = texts.length === 1 ? 'The key' : `Key ${i + 1}`;
    if (SEED.test(text) && name === null) throw new NoteError(`${which} is a bare seed; it needs an origin besides.`);
    const signer = parseSigner(SEED.test(text) ? formatSignerKey(name ?? '', Buffer.from(text, 'base64')) : text);
    name ??= signer.name;
    if (signer.type !== ED25519) throw new NoteError(`${which} is a witness's and signs no checkpoints.`);
    if (signer.name !== name) throw new NoteError(`${which} is named ${quoted(signer.name)}, not ${quoted(name)}.`);
    if (signers.some(({ verifierKey }) => verifierKey === signer.verifierKey)) {
      throw new NoteError(`${which} is given twice.`);
    }
    signers.push(signer);
  }
  const [first, ...others] = signers;
  if (first === undefined || name === null) throw new NoteError('There is no key.');
  checkOrigin(name);
  return { origin: name, signers: [first, ...others] };
}

/**
 * @throws NoteError for a text that is no origin of a log
 */
export function checkOrigin(origin: string): void {
  if (!isKeyName(origin) || origin.includes('://') || origin.endsWith('/')) {
    throw new NoteError(
      `The origin of a log is a URL without its scheme and without a slash at the end, such as example.com/log, and ` +
        `not ${quoted(origin)}.`,
    );
  }
}
