import { whole } from '../../apps/local/src/whole-number.js';
import type { DrillCommand } from '../command.js';
import { tamper } from './tamper.js';

const HELP = `
Makes a log of its own, changes it directly in MongoDB as its administrator could, one kind of change at a time, and shows
that \`hjemmel verify\` names each, and that verifiers that no one here wrote refuse each that shows in the public log
(tessera's fsck and a checker on golang.org/x/mod/sumdb, where Go is installed). Exit code 1 where one is not found.`;

interface TamperArguments {
  readonly entries: number;
  readonly seed: number;
  readonly mongodb?: string;
  readonly outside: boolean;
}

/** `drill tamper` */
export const tamperCommand: DrillCommand = (program, signal, done) => {
  program
    .command('tamper')
    .description('tamper with a log in every way there is')
    .option('--entries <N>', 'entries of the log', whole(2_000), 50_000)
    .option('--seed <N>', 'seed of the log', whole(0), 1)
    .option('--mongodb <URI>', "an administrator's connection string (default: a MongoDB of the drill's own)")
    .option('--no-outside', 'ask no verifiers from outside')
    .addHelpText('after', HELP)
    .action(async ({ entries, seed, mongodb, outside }: TamperArguments) => {
      done(await tamper({ entries, seed, outside, mongodbUri: mongodb ?? null }, signal));
    });
};
