/** The drill cannot be done, as its message tells in full. */
export class DrillError extends Error {
  override readonly name = 'DrillError';
}
