import { join } from 'node:path';
import { progressDisplay } from '../../apps/local/src/progress-display.js';
import { step } from '../../apps/local/src/stack/progress.js';
import { startStack, type Stack } from '../../apps/local/src/stack/stack.js';
import { TOPICS } from '../../apps/local/src/stack/topics.js';
import { keepFigures, printHeading, printTable } from '../report.js';
import { median, significant, spread } from '../statistics.js';
import { runAuditor, runLimit, runPlain, type Audited } from './contestants.js';
import { fill, VERDICTS, type Filled, type FillOptions } from './fill.js';
import type { Trial } from './trial.js';
import { peakMemory, requireProc, segmentBytes } from './usage.js';

export interface StreamBenchOptions extends FillOptions {
  readonly runs: number;
  /** Events for the plain consumer, which is too slow for all of them. */
  readonly plainEvents: number;
  /** Folder for the raw figures. */
  readonly out: string;
}

interface Round {
  readonly limit: Trial;
  readonly plain: Audited;
  readonly ours: Audited;
}

interface Result {
  readonly filled: Filled;
  readonly rounds: readonly Round[];
  readonly kafkaBytesPerRecord: number;
  readonly serverPeakMiB: { readonly kafka: number; readonly mongod: number };
}

/**
 * How many events a second the auditor takes from full topics into a durable trail, beside reading alone and beside a
 * plain consumer, on a Kafka and a MongoDB of this machine that are started for it.
 *
 * @throws BenchError where what a consumer produced is not right
 */
export async function benchStream(options: StreamBenchOptions, signal: AbortSignal): Promise<void> {
  requireProc();
  printHeading('Stream: catching up on full topics, Kafka, MongoDB and consumer on one machine');
  const { filled, rounds, kafkaBytesPerRecord, serverPeakMiB } = await run(options, signal);
  print(options, { filled, rounds, kafkaBytesPerRecord, serverPeakMiB });
  const { expected: _, ...summary } = filled;
  keepFigures(options.out, 'stream', { options, filled: summary, kafkaBytesPerRecord, serverPeakMiB, rounds });
}

async function run(options: StreamBenchOptions, signal: AbortSignal): Promise<Result> {
  const { onProgress, close } = progressDisplay(process.stderr);
  let stack: Stack | null = null;
  try {
    stack = await startStack({ partitions: options.partitions, kafkaOptimised: true, onProgress, signal });
    const servers = stack;
    const filled = await step(onProgress, `Writing ${options.events} events`, () =>
      fill(servers.kafkaBrokers, options, signal),
    );
    const rounds: Round[] = [];
    const warmUp = { stack, filled, id: 'warm-up', signal };
    await step(onProgress, 'Warming up Kafka', () => runLimit(warmUp));
    for (let n = 1; n <= options.runs; n++) {
      const own = { stack, filled, id: String(n), signal };
      const told = `run ${n} of ${options.runs}`;
      const limit = await step(onProgress, `Reading only, ${told}`, () => runLimit(own));
      const plain = await step(onProgress, `Plain consumer, ${told}`, () => runPlain(own, options.plainEvents));
      const ours = await step(onProgress, `Auditor, ${told}`, () => runAuditor(own));
      rounds.push({ limit, plain, ours });
    }
    return {
      filled,
      rounds,
      kafkaBytesPerRecord: segmentBytes(join(stack.dir, 'kafka', 'data'), TOPICS) / filled.events,
      serverPeakMiB: { kafka: peakMemory(stack.kafka.pid!), mongod: peakMemory(stack.mongodb.pid!) },
    };
  } finally {
    await stack?.stop();
    close();
  }
}

function print(options: StreamBenchOptions, { filled, rounds, kafkaBytesPerRecord, serverPeakMiB }: Result): void {
  const limit = rounds.map((round) => round.limit);
  const plain = rounds.map((round) => round.plain.trial);
  const ours = rounds.map((round) => round.ours.trial);
  const mix = VERDICTS.filter((v) => filled.byVerdict[v] > 0).map((v) => `${significant(filled.byVerdict[v])} ${v}`);
  console.log(
    `${significant(filled.events)} events of ${significant(filled.subjects)} data subjects, seed ${options.seed}, ` +
      `${options.partitions} partitions, values of ${Math.round(filled.valueBytes)} bytes` +
      `${options.headers ? ' with CloudEvents headers' : ''}: ${mix.join(', ')}\n` +
      `Medians (least–greatest) of ${options.runs} runs; the plain consumer for ${significant(options.plainEvents)} events\n`,
  );
  const contestants: [string, Trial[]][] = [
    ['kafkajs consume + decode only', limit],
    ['plain @EventPattern + insertOne', plain],
    ['Hjemmel auditor', ours],
  ];
  printTable(
    ['consumer', 'events/s', 'of reading', 'times plain'],
    contestants.map(([name, trials]) => [
      name,
      spread(trials.map(rate), significant),
      significant(ratio(trials, limit)),
      significant(ratio(trials, plain)),
    ]),
  );
  printTable(
    ['CPU seconds per million events', 'consumer', 'Kafka', 'mongod', 'peak memory of the consumer'],
    contestants.map(([name, trials]) => [
      name,
      ...(['consumer', 'kafka', 'mongod'] as const).map((part) =>
        significant(median(trials.map((t) => perMillion(t, part)))),
      ),
      `${Math.round(Math.max(...trials.map((t) => t.peakMiB)))} MiB`,
    ]),
  );
  printTable(
    ['bytes on disk per event', 'findings', 'whole database', 'first verdicts that late evidence changes'],
    [
      ['plain @EventPattern + insertOne', ...sizes(rounds.map((round) => round.plain))],
      ['Hjemmel auditor', ...sizes(rounds.map((round) => round.ours))],
    ],
  );
  console.log(
    `Kafka keeps ${significant(kafkaBytesPerRecord)} bytes per record. ` +
      `Peak memory: Kafka ${Math.round(serverPeakMiB.kafka)} MiB, mongod ${Math.round(serverPeakMiB.mongod)} MiB.`,
  );
}

function rate({ events, seconds }: Trial): number {
  return events / seconds;
}

/** Median of the ratios run by run: what slows a run down slows both. */
function ratio(trials: readonly Trial[], to: readonly Trial[]): number {
  return median(trials.map((each, run) => rate(each) / rate(to[run]!)));
}

function perMillion({ cpu, events }: Trial, part: keyof Trial['cpu']): number {
  return (cpu[part] / events) * 1e6;
}

function sizes(audited: readonly Audited[]): string[] {
  const perEvent = (bytes: (each: Audited) => number): string =>
    significant(median(audited.map((each) => bytes(each) / each.trial.events)));
  const other = median(audited.map(({ otherVerdicts, trial }) => otherVerdicts / trial.events));
  return [perEvent(({ size }) => size.findings), perEvent(({ size }) => size.all), `${significant(100 * other)} %`];
}
