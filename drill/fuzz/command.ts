import { whole } from '../../apps/local/src/whole-number.js';
import type { DrillCommand } from '../command.js';
import { fuzz } from './fuzz.js';
import { fuzzReport } from './report.js';

const HELP = `
Publishes records that are changed in every way (fields flipped, cut off, too long, too deep, of wrong schemas, with
hostile texts, keys, headers and times) to a Kafka of its own, and checks what the product makes of them: it must not end or
stop, its memory must stay level, each record must have exactly one entry, those that cannot be read must be dead letters as
they came, and the trail must be proved, also after people were erased. Exit code 1 where something is not so.

Examples:
  npm run drill -- fuzz --records 1000000 --seed 1`;

interface FuzzArguments {
  readonly records: number;
  readonly seed: number;
  readonly auditors: number;
  readonly partitions: number;
  readonly people: number;
  readonly keep: boolean;
}

/** `drill fuzz` */
export const fuzzCommand: DrillCommand = (program, signal, done) => {
  program
    .command('fuzz')
    .description('publish harmful records and see what is made of them')
    .option('--records <N>', 'how many', whole(1), 100_000)
    .option('--seed <N>', 'seed of the records', whole(0), 1)
    .option('--auditors <N>', 'how many auditors share the work', whole(1), 2)
    .option('--partitions <N>', 'partitions of each topic', whole(1), 8)
    .option('--people <N>', 'people that are looked up and erased in the end', whole(0), 12)
    .option('--keep', 'keep data and logs', false)
    .addHelpText('after', HELP)
    .action(async (options: FuzzArguments) => {
      const outcome = await fuzz(options, process.stderr, signal);
      process.stdout.write(fuzzReport(outcome, options.seed));
      done(outcome.faults.length === 0);
    });
};
