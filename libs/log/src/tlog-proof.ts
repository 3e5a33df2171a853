import { LogFormatError } from './errors.js';
import { formatHashLines, parseHashLines, splitAtNote } from './proof-lines.js';
import { decodeBase64, parseDecimal, quoted } from './text.js';

/** Evidence that an entry is in a log, for use without the log (C2SP tlog-proof). */
export interface TlogProof {
  /** Opaque and proved by nothing; null where there is none. */
  extra: Buffer | null;
  /** Log index of the entry. */
  index: number;
  /** Audit path, from the leaf's sibling up to the root's child. */
  proof: Buffer[];
  /** The signed note, verbatim. */
  checkpoint: string;
}

const HEADER = 'c2sp.org/tlog-proof@v1';
const EXTRA = 'extra ';
const INDEX = 'index ';
const KIND = 'tlog-proof';

/** The text of a `.tlog-proof` file. Nothing is verified. */
export function formatTlogProof({
  extra = null,
  index,
  proof,
  checkpoint,
}: Omit<TlogProof, 'extra' | 'proof'> & { extra?: Uint8Array | null; proof: readonly Uint8Array[] }): string {
  const extraLine = extra === null || extra.length === 0 ? '' : `${EXTRA}${Buffer.from(extra).toString('base64')}\n`;
  return `${HEADER}\n${extraLine}${INDEX}${index}\n${formatHashLines(proof)}\n${checkpoint}`;
}

/**
 * Takes a `.tlog-proof` file apart. Nothing is verified: open the checkpoint, then check the inclusion.
 *
 * @throws LogFormatError where it is not exactly as the specification has it; the checkpoint is not looked into
 */
export function parseTlogProof(text: string): TlogProof {
  const { lines, note } = splitAtNote(text, KIND);
  const [header = '', ...rest] = lines;
  if (header !== HEADER) throw new LogFormatError(`A ${KIND} must begin with ${HEADER}, not ${quoted(header)}.`);
  let extra: Buffer | null = null;
  if (rest[0]?.startsWith(EXTRA) === true) {
    extra = decodeBase64(rest[0].slice(EXTRA.length));
    if (extra === null || extra.length === 0) {
      throw new LogFormatError(`The extra line of the ${KIND} must hold base64, not ${quoted(rest[0])}.`);
    }
    rest.shift();
  }
  const [index = '', ...hashes] = rest;
  if (!index.startsWith(INDEX)) throw new LogFormatError(`The ${KIND} must have an index line, not ${quoted(index)}.`);
  return {
    extra,
    index: parseDecimal(index.slice(INDEX.length), `The index of the ${KIND}`),
    proof: parseHashLines(hashes, KIND),
    checkpoint: note,
  };
}
