import { whole } from '../../apps/local/src/whole-number.js';
import { type DrillCommand, pattern } from '../command.js';
import { mutations } from './mutations.js';

const HELP = `
Shows that the fault drill can fail: takes out one safeguard of the product after the other, in a copy of what was compiled,
and runs the drill on it, which must notice. On the product as it is the same drill must hold. Exit code 1 where it is not
so.`;

/** `drill mutations` */
export const mutationsCommand: DrillCommand = (program, signal, done) => {
  program
    .command('mutations')
    .description('take out the safeguards one by one, and show that the fault drill notices')
    .option('--seed <N>', 'seed of events and faults', whole(0), 1)
    .option('--only <REGEX>', 'only safeguards whose name matches', pattern)
    .addHelpText('after', HELP)
    .action(async ({ seed, only }: { seed: number; only?: RegExp }) => {
      done(await mutations({ seed, only: only ?? null }, signal));
    });
};
