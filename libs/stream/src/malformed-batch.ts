/** The records of a batch cannot be read, however often it is fetched; the message says why, and nothing of the content. */
export class MalformedBatch extends Error {
  override readonly name = 'MalformedBatch';
}
