import { type Command, InvalidArgumentError } from 'commander';

/**
 * Adds one drill to the program as a subcommand of its own.
 *
 * @param done takes what came of it: true where all was as it should be
 */
export type DrillCommand = (program: Command, signal: AbortSignal, done: (good: boolean) => void) => void;

/** Parses an option that is a regular expression; case does not matter. */
export function pattern(text: string): RegExp {
  try {
    return new RegExp(text, 'i');
  } catch {
    throw new InvalidArgumentError('It is no regular expression.');
  }
}
