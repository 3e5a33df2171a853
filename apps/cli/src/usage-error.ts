/** The command, a file or a setting is wrong: one clear message, exit code 2, no stack trace. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
