import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { RegisterError } from '#libs/register';
import { StackError } from '../apps/local/src/stack/stack-error.js';
import { DrillError } from './drill-error.js';
import { tamper } from './tamper/tamper.js';

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());

/** Faults that their message tells in full. */
const TOLD = [DrillError, RegisterError, StackError];

const HELP = `
Makes a log of its own, changes it directly in MongoDB as its administrator could, one kind of change at a time, and shows
that \`hjemmel verify\` names each, and that verifiers that no one here wrote refuse each that shows in the public log
(tessera's fsck and a checker on golang.org/x/mod/sumdb, where Go is installed). Exit code 1 where one is not found.`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let good = true;
  const all = new Command('drill').description('Drills: things go wrong on purpose, and it is shown what happens.');
  all
    .exitOverride()
    .command('tamper')
    .description('tamper with a log in every way there is')
    .option('--entries <N>', 'entries of the log', whole(2_000), 50_000)
    .option('--seed <N>', 'seed of the log', whole(0), 1)
    .option('--mongodb <URI>', "an administrator's connection string (default: a MongoDB of the drill's own)")
    .option('--no-outside', 'ask no verifiers from outside')
    .addHelpText('after', HELP)
    .action(async ({ entries, seed, mongodb, outside }: TamperArguments) => {
      good = await tamper({ entries, seed, outside, mongodbUri: mongodb ?? null }, stopping.signal);
    });
  try {
    await all.parseAsync([...args], { from: 'user' });
    return good ? 0 : 1;
  } catch (error) {
    if (stopping.signal.aborted) return 130;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    // A step of the scripts that failed was told by it.
    if (!TOLD.some((kind) => error instanceof kind) && (error as Error).name !== 'StepError') throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    return 1;
  }
}

interface TamperArguments {
  readonly entries: number;
  readonly seed: number;
  readonly mongodb?: string;
  readonly outside: boolean;
}

function whole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || !Number.isSafeInteger(value)) {
      throw new InvalidArgumentError(`It is a whole number from ${least}.`);
    }
    return value;
  };
}
