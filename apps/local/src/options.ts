import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { localFolder } from './stack/paths.js';
import { whole } from './whole-number.js';

/** What `npm start` was asked for. */
export interface Options {
  /** Publish a fixed number of events, wait until all are in the trail, print a summary, and stop. */
  readonly once: boolean;
  /** Number of events to publish; null: until stopped. */
  readonly events: number | null;
  /** Events a second after the first burst; 0: none. */
  readonly rate: number;
  /** Seed of the sample traffic. */
  readonly seed: number;
  readonly auditors: number;
  readonly partitions: number | null;
  /** Where the local servers keep their data. */
  readonly data: string;
}

const EVENTS_ONCE = 20_000;
const RATE = 100;

const HELP = `
Without KAFKA_BROKERS and MONGODB_URI a Kafka and a MongoDB of this machine are brought up under .local/ and kept
between starts (delete .local/data to begin anew). With both set, those servers are used and nothing is downloaded.
Without OIDC_ISSUER people log in at an OpenID provider of this machine, as sample people.

Exit code with --once: 0 only if every published event has exactly one entry in the trail.

Examples:
  npm start
  npm start -- --once --events 20000
  npm start -- --rate 2000 --auditors 2`;

/** Reads the command line. Commander prints help and faults and throws a CommanderError. */
export function readOptions(args: readonly string[]): Options {
  const command = new Command('npm start --')
    .description('Runs Hjemmel on this machine: servers, auditor, sample traffic, and a live view of the findings.')
    .option('--once', 'publish a fixed number of events, print a summary and stop', false)
    .option(
      '--events <N>',
      `how many events to publish (default: with --once ${EVENTS_ONCE}, else without end)`,
      whole(1),
    )
    .option('--rate <N>', 'events a second after the first burst; 0 publishes no more', whole(0), RATE)
    .option('--seed <N>', 'seed of the sample traffic (default: a new one each time)', whole(0))
    .option('--auditors <N>', 'how many auditors share the work', whole(1), 1)
    .option('--partitions <N>', 'partitions of each topic, when they are created', whole(1))
    .option('--data <DIR>', 'where the local servers keep their data', join(localFolder, 'data'))
    .addHelpText('after', HELP)
    .allowExcessArguments(false)
    .exitOverride()
    .parse([...args], { from: 'user' });
  const given = command.opts<Partial<Options>>();
  const once = given.once ?? false;
  return {
    once,
    events: given.events ?? (once ? EVENTS_ONCE : null),
    rate: given.rate ?? RATE,
    seed: given.seed ?? Date.now() % 2 ** 31,
    auditors: given.auditors ?? 1,
    partitions: given.partitions ?? null,
    data: resolve(given.data ?? '.'),
  };
}
