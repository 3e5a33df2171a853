/** Why evidence proves nothing; each has a message in the catalogue. */
export type Why =
  | 'entry-malformed'
  | 'entry-moved'
  | 'leaf-differs'
  | 'path-malformed'
  | 'path-length'
  | 'index-outside'
  | 'checkpoint-malformed'
  | 'size-differs'
  | 'root-differs'
  | 'note-malformed'
  | 'key-malformed'
  | 'key-unknown'
  | 'signature-wrong'
  | 'fork';

/** Evidence that proves nothing. */
export class Unproved extends Error {
  readonly why: Why;

  constructor(why: Why) {
    super(why);
    this.name = 'Unproved';
    this.why = why;
  }
}
