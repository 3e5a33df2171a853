/** The local servers cannot be had or started; the message is one line for the user: what, and what to do. */
export class StackError extends Error {
  override name = 'StackError';
}
