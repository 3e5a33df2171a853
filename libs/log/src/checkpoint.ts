import { LogFormatError } from './errors.js';
import { isNoteText, parseDecimal, parseHash, quoted } from './text.js';
import { HASH_BYTES } from './hashes.js';

/** What the text of a log's signed note says (C2SP tlog-checkpoint, "Note text"). */
export interface Checkpoint {
  /** Which log it is: a URL without scheme and trailing slash. */
  origin: string;
  /** Entries in the tree. */
  size: number;
  /** Root of the tree; 32 bytes. */
  root: Buffer;
  /** Further lines, opaque. We write none. */
  extensions: string[];
}

/**
 * @returns the text to be signed, with its last newline
 * @throws LogFormatError for what parseCheckpoint would refuse
 */
export function formatCheckpoint({ origin, size, root, extensions }: Checkpoint): string {
  for (const line of [origin, ...extensions]) {
    if (line === '' || line.includes('\n') || !isNoteText(line)) {
      throw new LogFormatError(`A line of a checkpoint must have text and no control characters, not ${quoted(line)}.`);
    }
  }
  if (!Number.isSafeInteger(size) || size < 0) throw new LogFormatError(`A log cannot have ${size} entries.`);
  if (root.length !== HASH_BYTES) throw new LogFormatError(`A root has 32 bytes, not ${root.length}.`);
  return `${[origin, String(size), root.toString('base64'), ...extensions].join('\n')}\n`;
}

/**
 * @param text the text of a note, with its last newline
 * @throws LogFormatError where it is not exactly as the specification has it
 */
export function parseCheckpoint(text: string): Checkpoint {
  if (!text.endsWith('\n')) throw new LogFormatError('A checkpoint must end with a newline.');
  if (!isNoteText(text)) throw new LogFormatError('A checkpoint must be well-formed text without control characters.');
  const [origin = '', size, root, ...extensions] = text.slice(0, -1).split('\n');
  if (size === undefined || root === undefined) {
    throw new LogFormatError('A checkpoint must have three lines: origin, size and root.');
  }
  if (origin === '') throw new LogFormatError('The first line of a checkpoint, the origin, must not be empty.');
  if (extensions.includes('')) throw new LogFormatError('A checkpoint must not have empty lines.');
  return {
    origin,
    size: parseDecimal(size, 'The second line of a checkpoint, the size,'),
    root: parseHash(root, 'The third line of a checkpoint, the root,'),
    extensions,
  };
}
