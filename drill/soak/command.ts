import { writeFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { whole } from '../../apps/local/src/whole-number.js';
import type { DrillCommand } from '../command.js';
import { soakReport } from './report.js';
import { soak } from './soak.js';

const HELP = `
Runs auditors, notary and api on servers of their own under a steady load of records, some of them late, repeated or
unreadable and some in transactions, and looks every few seconds at memory, file handles, threads, lag, latency and the
sizes of collections. A value is flat where, over the second half, the median slope (Theil and Sen's) lets it grow by no
more than is said in the last column. Exit code 1 where one is not, something ended, or the trail is not whole.

Examples:
  npm run drill -- soak --minutes 30
  npm run drill -- soak --minutes 30 --rate 500 --json soak.json`;

interface SoakArguments {
  readonly minutes: number;
  readonly rate: number;
  readonly seed: number;
  readonly auditors: number;
  readonly partitions: number;
  readonly every: number;
  readonly keep: boolean;
  readonly json?: string;
}

/** `drill soak` */
export const soakCommand: DrillCommand = (program, signal, done) => {
  program
    .command('soak')
    .description('run for a while under a steady load and see whether everything keeps its level')
    .option('--minutes <M>', 'how long', minutes, 30)
    .option('--rate <N>', 'records a second', whole(1), 200)
    .option('--seed <N>', 'seed of the records', whole(0), 1)
    .option('--auditors <N>', 'how many auditors share the work', whole(1), 2)
    .option('--partitions <N>', 'partitions of each topic', whole(1), 8)
    .option('--every <S>', 'how often to look, in seconds', whole(1), 5)
    .option('--keep', 'keep data and logs', false)
    .option('--json <FILE>', 'write all that was seen to a file')
    .addHelpText('after', HELP)
    .action(async (options: SoakArguments) => {
      const outcome = await soak(options, process.stderr, signal);
      if (options.json !== undefined)
        writeFileSync(options.json, `${JSON.stringify({ options, ...outcome }, null, 1)}\n`);
      process.stdout.write(soakReport(outcome));
      done(outcome.faults.length === 0);
    });
};

function minutes(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0) throw new InvalidArgumentError('It is a number of minutes above 0.');
  return value;
}
