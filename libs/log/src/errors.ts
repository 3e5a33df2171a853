/** Bytes or text that are not what the log's formats allow; the message says what and where, in one sentence. */
export class LogFormatError extends Error {
  override readonly name: string = 'LogFormatError';
}

/** A signed note, or a key of one, that cannot be read or trusted. */
export class NoteError extends Error {
  override readonly name = 'NoteError';
}

/** A proof that does not prove what it claims. */
export class ProofError extends Error {
  override readonly name = 'ProofError';
}
