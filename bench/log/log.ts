import { MongoClient } from 'mongodb';
import { verifyTrail } from '#libs/trail';
import { step } from '../../apps/local/src/stack/progress.js';
import { BenchError } from '../bench-error.js';
import type { CommonOptions } from '../benchmark.js';
import { inDatabase } from '../mongo.js';
import { keepFigures, printHeading, printTable } from '../report.js';
import { median, quantile, significant, spread } from '../statistics.js';
import { arrivals, type Arrivals } from './arrivals.js';
import type { FilledTrail } from './fill.js';
import { withFilledTrail } from './filled-trail.js';
import { LOG_KEYS, signLog, SIGNING_KEY } from './sign-log.js';

export interface LogBenchOptions extends CommonOptions {
  /** Entries that wait for the notary. */
  readonly entries: number;
  readonly blockEntries: number;
  readonly tasks: number;
  readonly runs: number;
  /** Seconds in which blocks arrive one by one. */
  readonly seconds: number;
  /** Blocks that arrive in a second, over all tasks. */
  readonly blocksPerSecond: number;
  /** Entries of a block that arrives. */
  readonly arrivingEntries: number;
}

/** What one run over the trail did. */
export interface LogTrial {
  readonly seconds: number;
  /** Processor time of this process, s. */
  readonly cpu: number;
}

interface Result {
  readonly filled: FilledTrail;
  readonly made: readonly LogTrial[];
  readonly verified: readonly LogTrial[];
  readonly arrived: Arrivals;
}

/**
 * How many entries a second the notary puts into the log (order, tiles, signature), how many `hjemmel verify` proves, and
 * how long a block that arrives takes until it is under a checkpoint; on a MongoDB of this machine.
 *
 * @throws BenchError where the log that came of it is not right
 */
export async function benchLog(options: LogBenchOptions, signal: AbortSignal): Promise<void> {
  printHeading('Log: from blocks to signed checkpoints, MongoDB and notary on one machine');
  const result = await run(options, signal);
  print(options, result);
  keepFigures(options.out, 'log', { options, ...result });
}

async function run(options: LogBenchOptions, signal: AbortSignal): Promise<Result> {
  return withFilledTrail(options, signal, async ({ uri, filled, onProgress }) => {
    const made: LogTrial[] = [];
    const verified: LogTrial[] = [];
    for (let n = 1; n <= options.runs; n++) {
      const told = `run ${n} of ${options.runs}`;
      made.push(await step(onProgress, `Notary, ${told}`, () => signLog(uri, filled, signal, timed)));
      verified.push(await step(onProgress, `Verifier, ${told}`, () => verifyLog(uri, filled)));
    }
    const arrived = await step(onProgress, `Blocks arriving for ${options.seconds} s`, () =>
      arrivals(inDatabase(uri, 'bench-arrivals'), SIGNING_KEY, options, signal),
    );
    return { filled, made, verified, arrived };
  });
}

async function verifyLog(uri: string, { entries }: FilledTrail): Promise<LogTrial> {
  await using client = new MongoClient(uri);
  return await timed(async () => {
    const trust = { keys: LOG_KEYS, witnesses: [] };
    const { proved, size, faults } = await verifyTrail(client.db(), { trust, held: null, faultLimit: 3 });
    if (!proved || size !== entries) {
      throw new BenchError(`The verifier does not accept the log of ${size} entries: ${JSON.stringify(faults)}`);
    }
  });
}

async function timed(work: () => Promise<void>): Promise<LogTrial> {
  const before = process.cpuUsage();
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(before);
  return { seconds, cpu: (user + system) / 1e6 };
}

function print(options: LogBenchOptions, { filled, made, verified, arrived }: Result): void {
  const { entries, blocks, entryBytes } = filled;
  console.log(
    `${significant(entries)} entries of ${Math.round(entryBytes)} bytes in ${significant(blocks)} blocks of ` +
      `${options.tasks} tasks. Medians (least–greatest) of ${options.runs} runs\n`,
  );
  const parts: [string, readonly LogTrial[]][] = [
    ['notary: order, tiles, signed checkpoints', made],
    ['verifier: every hash, root, signature, offset', verified],
  ];
  printTable(
    ['part', 'entries/s', 'CPU seconds per million'],
    parts.map(([name, trials]) => [
      name,
      spread(
        trials.map(({ seconds }) => entries / seconds),
        significant,
      ),
      significant(median(trials.map(({ cpu }) => (cpu / entries) * 1e6))),
    ]),
  );
  const { delays } = arrived;
  printTable(
    ['from block to checkpoint', 'blocks', 'p50', 'p99', 'longest'],
    [
      [
        `${options.blocksPerSecond} blocks/s of ${options.arrivingEntries} entries`,
        significant(arrived.blocks),
        ...[0.5, 0.99, 1].map((q) => `${Math.round(quantile(delays, q))} ms`),
      ],
    ],
  );
}
