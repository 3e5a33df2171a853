import { progressDisplay } from '../../apps/local/src/progress-display.js';
import { step, type OnProgress } from '../../apps/local/src/stack/progress.js';
import { startStack, type Stack } from '../../apps/local/src/stack/stack.js';
import type { CommonOptions } from '../benchmark.js';
import { keepFigures, printHeading, printTable } from '../report.js';
import { significant } from '../statistics.js';
import { runOurs } from '../stream/contestants.js';
import { fill } from '../stream/fill.js';
import type { Trial } from '../stream/trial.js';
import { requireProc } from '../stream/usage.js';

export interface ScaleBenchOptions extends CommonOptions {
  readonly events: number;
  readonly subjects: number;
  /** Numbers of partitions, each tried with each number of auditors. */
  readonly partitions: readonly number[];
  readonly auditors: readonly number[];
  /** Entries that the log has beforehand, each tried with one auditor and the first number of partitions. */
  readonly entries: readonly number[];
  readonly seed: number;
}

/** One way to run it. */
interface Way {
  readonly partitions: number;
  readonly auditors: number;
  /** Entries of the log beforehand. */
  readonly before: number;
}

interface Scaled extends Way {
  readonly trial: Trial;
}

/**
 * What more partitions, more auditors and a longer log change: the same events are caught up with in each way, with the
 * notary at work, on servers of their own for each number of partitions.
 *
 * @throws BenchError where what came of it is not right
 */
export async function benchScale(options: ScaleBenchOptions, signal: AbortSignal): Promise<void> {
  requireProc();
  printHeading('Scale: the same events with more partitions, more auditors, and onto longer logs');
  const scaled: Scaled[] = [];
  const { onProgress, close } = progressDisplay(process.stderr);
  try {
    for (const [i, partitions] of options.partitions.entries()) {
      const ways = options.auditors.map((auditors) => ({ partitions, auditors, before: 0 }));
      if (i === 0) ways.push(...options.entries.map((before) => ({ partitions, auditors: 1, before })));
      scaled.push(...(await tryOut(ways, { ...options, partitions }, onProgress, signal)));
    }
  } finally {
    close();
  }
  print(options, scaled);
  keepFigures(options.out, 'scale', { options, scaled });
}

async function tryOut(
  ways: readonly Way[],
  options: Omit<ScaleBenchOptions, 'partitions'> & { readonly partitions: number },
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Scaled[]> {
  let stack: Stack | null = null;
  try {
    stack = await startStack({ partitions: options.partitions, kafkaOptimised: !options.smoke, onProgress, signal });
    const servers = stack;
    const written = `Writing ${options.events} events to ${options.partitions} partitions`;
    const filled = await step(onProgress, written, () =>
      fill(servers.kafkaBrokers, { ...options, headers: false }, signal),
    );
    const scaled: Scaled[] = [];
    for (const [i, way] of ways.entries()) {
      const run = { stack: servers, filled, id: String(i), profile: null, signal };
      const { trial } = await step(onProgress, told(way), () => runOurs(run, way));
      scaled.push({ ...way, trial });
    }
    return scaled;
  } finally {
    await stack?.stop();
  }
}

function told({ partitions, auditors, before }: Way): string {
  const log = before === 0 ? 'an empty log' : `a log of ${before} entries`;
  return `${partitions} partitions, auditors: ${auditors}, ${log}`;
}

function print(options: ScaleBenchOptions, scaled: readonly Scaled[]): void {
  console.log(`${significant(options.events)} events, seed ${options.seed}; one run of each\n`);
  printTable(
    [
      ...['partitions', 'auditors', 'log before', 'events/s'],
      ...['CPU s per million: auditors', 'notary', 'mongod', 'all'],
      ...['peak MiB: auditors', 'notary', 'mongod'],
    ],
    scaled.map(({ partitions, auditors, before, trial: { events, seconds, cpu, peakMiB } }) => {
      const perMillion = (used: number): string => significant((used / events) * 1e6);
      return [
        String(partitions),
        String(auditors),
        significant(before),
        significant(events / seconds),
        ...[cpu.consumer, cpu.notary, cpu.mongod, cpu.consumer + cpu.notary + cpu.mongod + cpu.kafka].map(perMillion),
        ...[peakMiB.consumer, peakMiB.notary, peakMiB.mongod].map((peak) => String(Math.round(peak))),
      ];
    }),
  );
}
