import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { progressDisplay } from '../../apps/local/src/progress-display.js';
import { step } from '../../apps/local/src/stack/progress.js';
import { startStack, type Stack } from '../../apps/local/src/stack/stack.js';
import { TOPICS } from '../../apps/local/src/stack/topics.js';
import type { CommonOptions } from '../benchmark.js';
import { flameGraph } from '../flame-graph.js';
import { keepFigures, printHeading, printTable } from '../report.js';
import { median, significant, spread } from '../statistics.js';
import { runLimit, runOurs, runPlain, type Audited, type AuditedAndSigned } from './contestants.js';
import { fill, VERDICTS, type Filled, type FillOptions } from './fill.js';
import type { Trial, Usage } from './trial.js';
import { requireProc, segmentBytes } from './usage.js';

export interface StreamBenchOptions extends FillOptions, CommonOptions {
  readonly runs: number;
  /** Events for the plain consumer, which is too slow for all of them. */
  readonly plainEvents: number;
  /** Auditors that share the partitions. */
  readonly auditors: number;
  /** Whether profiles of processor time are made of the last run; makes it slower. */
  readonly profile: boolean;
}

interface Round {
  readonly limit: Trial;
  readonly plain: Audited;
  readonly ours: AuditedAndSigned;
}

interface Result {
  readonly filled: Filled;
  readonly rounds: readonly Round[];
  readonly kafkaBytesPerRecord: number;
}

/**
 * How many events a second the auditor takes from full topics into a durable trail with the notary at work beside it,
 * compared with reading alone and with a plain consumer, on a Kafka and a MongoDB of this machine started for it.
 *
 * @throws BenchError where what a consumer produced is not right
 */
export async function benchStream(options: StreamBenchOptions, signal: AbortSignal): Promise<void> {
  requireProc();
  printHeading('Stream: catching up on full topics, Kafka, MongoDB and consumer on one machine');
  const { filled, rounds, kafkaBytesPerRecord } = await run(options, signal);
  print(options, { filled, rounds, kafkaBytesPerRecord });
  const { expected: _, ...summary } = filled;
  keepFigures(options.out, 'stream', { options, filled: summary, kafkaBytesPerRecord, rounds });
}

async function run(options: StreamBenchOptions, signal: AbortSignal): Promise<Result> {
  const { onProgress, close } = progressDisplay(process.stderr);
  let stack: Stack | null = null;
  try {
    stack = await startStack({ partitions: options.partitions, kafkaOptimised: !options.smoke, onProgress, signal });
    const servers = stack;
    const filled = await step(onProgress, `Writing ${options.events} events`, () =>
      fill(servers.kafkaBrokers, options, signal),
    );
    const rounds: Round[] = [];
    const warmUp = { stack, filled, id: 'warm-up', profile: null, signal };
    await step(onProgress, 'Warming up Kafka', () => runLimit(warmUp));
    for (let n = 1; n <= options.runs; n++) {
      const profile = (name: string): string | null =>
        options.profile && n === options.runs ? join(options.out, `stream-${name}.cpuprofile`) : null;
      const own = { stack, filled, id: String(n), profile: null, signal };
      const told = `run ${n} of ${options.runs}`;
      const limit = await step(onProgress, `Reading only, ${told}`, () =>
        runLimit({ ...own, profile: profile('limit') }),
      );
      const plain = await step(onProgress, `Plain consumer, ${told}`, () => runPlain(own, options.plainEvents));
      const ours = await step(onProgress, `${auditorsOf(options)}, ${told}`, () =>
        runOurs({ ...own, profile: profile('auditor') }, options),
      );
      rounds.push({ limit, plain, ours });
      for (const name of ['limit', 'auditor']) drawProfile(profile(name), `${name}, ${options.events} events`);
    }
    return {
      filled,
      rounds,
      kafkaBytesPerRecord: segmentBytes(join(stack.dir, 'kafka', 'data'), TOPICS) / filled.events,
    };
  } finally {
    await stack?.stop();
    close();
  }
}

function print(options: StreamBenchOptions, { filled, rounds, kafkaBytesPerRecord }: Result): void {
  const limit = rounds.map((round) => round.limit);
  const plain = rounds.map((round) => round.plain.trial);
  const ours = rounds.map((round) => round.ours.trial);
  const signed = rounds.map(({ ours: { trial, signedSeconds } }) => ({ ...trial, seconds: signedSeconds }));
  const viewed = rounds.map(({ ours: { trial, viewedSeconds } }) => ({ ...trial, seconds: viewedSeconds }));
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
    [`Hjemmel, ${auditorsOf(options)}`, ours],
  ];
  printTable(
    ['consumer', 'events/s', 'of reading', 'times plain'],
    [
      ...contestants,
      ['the same, until signed', signed] as const,
      ['the same, until in the read models', viewed] as const,
    ].map(([name, trials]) => [
      name,
      spread(trials.map(rate), significant),
      significant(ratio(trials, limit)),
      significant(ratio(trials, plain)),
    ]),
  );
  const parts = ['consumer', 'notary', 'kafka', 'mongod'] as const;
  const columns = ['consumer', 'notary', 'Kafka', 'mongod'];
  printTable(
    ['CPU seconds per million events', ...columns, 'all'],
    contestants.map(([name, trials]) => {
      const used = parts.map((part) => median(trials.map((each) => perMillion(each, part))));
      return [name, ...[...used, used.reduce((a, b) => a + b)].map(orNone)];
    }),
  );
  printTable(
    ['peak memory, MiB', ...columns],
    contestants.map(([name, trials]) => [
      name,
      ...parts.map((part) => orNone(Math.max(...trials.map(({ peakMiB }) => peakMiB[part])))),
    ]),
  );
  printTable(
    ['bytes on disk per event', 'findings', 'whole database', 'first verdicts that late evidence changes'],
    [
      ['plain @EventPattern + insertOne', ...sizes(rounds.map((round) => round.plain))],
      [`Hjemmel, ${auditorsOf(options)}`, ...sizes(rounds.map((round) => round.ours))],
    ],
  );
  console.log(`Kafka keeps ${significant(kafkaBytesPerRecord)} bytes per record.`);
}

/** Draws a flame graph beside a profile, where one was made. */
function drawProfile(file: string | null, title: string): void {
  if (file === null) return;
  const graph = file.replace(/\.cpuprofile$/, '.svg');
  writeFileSync(graph, flameGraph(file, title));
  console.log(`Flame graph: ${relative(process.cwd(), graph)}`);
}

function auditorsOf({ auditors }: StreamBenchOptions): string {
  return `${auditors === 1 ? 'one auditor' : `${auditors} auditors`} + notary`;
}

function rate({ events, seconds }: Trial): number {
  return events / seconds;
}

/** Median of the ratios run by run: what slows a run down slows both. */
function ratio(trials: readonly Trial[], to: readonly Trial[]): number {
  return median(trials.map((each, run) => rate(each) / rate(to[run]!)));
}

function perMillion({ cpu, events }: Trial, part: keyof Usage): number {
  return (cpu[part] / events) * 1e6;
}

function orNone(value: number): string {
  return value === 0 ? '–' : significant(value);
}

function sizes(audited: readonly Audited[]): string[] {
  const perEvent = (bytes: (each: Audited) => number): string =>
    significant(median(audited.map((each) => bytes(each) / each.trial.events)));
  const other = median(audited.map(({ otherVerdicts, trial }) => otherVerdicts / trial.events));
  return [perEvent(({ size }) => size.findings), perEvent(({ size }) => size.all), `${significant(100 * other)} %`];
}
