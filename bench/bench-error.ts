/** A benchmark that cannot give a figure, in one sentence: what it produced is wrong, or something is missing. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
}
