/** A fault that waiting does not mend; the message is one sentence in the user's words. */
export class StreamFault extends Error {
  override readonly name = 'StreamFault';
}
