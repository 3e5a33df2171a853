import { LogFormatError, NoteError } from './errors.js';
import { type NoteSignature, parseSignatureLine } from './note.js';
import { formatHashLines, parseHashLines, splitAtNote } from './proof-lines.js';
import { parseDecimal, quoted } from './text.js';

/** What a log sends to a witness (C2SP tlog-witness, "add-checkpoint"). */
export interface AddCheckpoint {
  /** Size of the tree that the witness cosigned last, 0 where there was none. */
  oldSize: number;
  /** Consistency proof from there. */
  proof: Buffer[];
  /** The signed checkpoint. */
  note: string;
}

const OLD = 'old ';
const KIND = 'request to a witness';

/** The body of a request to a witness. Nothing is verified. */
export function formatAddCheckpoint({ oldSize, proof, note }: AddCheckpoint): string {
  return `${OLD}${oldSize}\n${formatHashLines(proof)}\n${note}`;
}

/**
 * Takes the body of a request apart. Nothing is verified.
 *
 * @throws LogFormatError where it is not exactly as the specification has it; the checkpoint is not looked into
 */
export function parseAddCheckpoint(body: string): AddCheckpoint {
  const { lines, note } = splitAtNote(body, KIND);
  const [old = '', ...hashes] = lines;
  if (!old.startsWith(OLD)) throw new LogFormatError(`The ${KIND} must begin with "old", not ${quoted(old)}.`);
  return {
    oldSize: parseDecimal(old.slice(OLD.length), 'The old size'),
    proof: parseHashLines(hashes, KIND),
    note,
  };
}

/**
 * The signature lines of a witness's answer. Nothing is verified.
 *
 * @throws NoteError where it is anything else than at least one signature line
 */
export function parseCosignatureLines(body: string): NoteSignature[] {
  const lines = body.match(/[^\n]*\n|[^\n]+$/g);
  if (lines === null) throw new NoteError('The answer of a witness must have a signature line, and is empty.');
  return lines.map(parseSignatureLine);
}
