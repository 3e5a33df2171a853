import { InvalidArgumentError } from 'commander';
import { whole } from '../../apps/local/src/whole-number.js';
import { type DrillCommand, pattern } from '../command.js';
import { faults } from './faults.js';

const HELP = `
Runs Kafka, MongoDB, three auditors, two notaries and the api, and publishes to all four topics without a pause: events,
some late, some twice, some no events, some in transactions that are aborted. Each round something goes wrong (a program or
server is killed or stands still, the network between them fails, writes fail or only seem to, a disk is full, a clock
jumps, an auditor joins or leaves); it is ended, and recovery awaited. At the end nothing may be lost, twice or wrong:
every offset in one block, every finding as by a run that nothing struck, every checkpoint ever served the beginning of the
log. Exit code 1 where it is not so. The report is kept as JSON.`;

interface FaultsArguments {
  readonly rounds: number;
  readonly seed: number;
  readonly brokers: number;
  readonly members: number;
  readonly eventsPerSecond: number;
  readonly only?: RegExp;
  readonly keep?: boolean;
}

/** `drill faults` */
export const faultsCommand: DrillCommand = (program, signal, done) => {
  program
    .command('faults')
    .description('let everything fail that can, and show that nothing is lost, twice or wrong')
    .option('--rounds <N>', 'faults, one after the other', whole(1), 12)
    .option('--seed <N>', 'seed of events and faults', whole(0), 1)
    .option('--brokers <1|3>', "Kafka's nodes", oneOrThree, 1)
    .option('--members <1|3>', "members of MongoDB's replica set", oneOrThree, 1)
    .option('--events-per-second <N>', 'events published', whole(1), 200)
    .option('--only <REGEX>', 'only faults whose name matches', pattern)
    .option('--keep', 'keep data and logs')
    .addHelpText('after', HELP)
    .action(async ({ eventsPerSecond, only = undefined, keep = false, ...options }: FaultsArguments) => {
      done(await faults({ ...options, rate: eventsPerSecond, only: only ?? null, keep }, signal));
    });
};

function oneOrThree(text: string): number {
  if (text !== '1' && text !== '3') throw new InvalidArgumentError('It is 1 or 3.');
  return Number(text);
}
