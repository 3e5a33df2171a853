import { progressDisplay } from '../../apps/local/src/progress-display.js';
import { step, type OnProgress } from '../../apps/local/src/stack/progress.js';
import { startStack } from '../../apps/local/src/stack/stack.js';
import type { CommonOptions } from '../benchmark.js';
import { keepFigures, printHeading, printTable } from '../report.js';
import { significant } from '../statistics.js';
import { requireProc } from '../stream/usage.js';
import { atRate, type AtRate, type CpuByProcess } from './at-rate.js';
import type { Percentiles } from './delays.js';
import type { Pace } from './publish-evenly.js';

export interface LatencyBenchOptions extends CommonOptions {
  /** Events a second, over all topics; one run each. */
  readonly rates: readonly number[];
  /** How long events are published at each rate, with the warm-up. */
  readonly seconds: number;
  /** Data subjects that events are drawn for by Zipf's law. */
  readonly subjects: number;
  /** Of each topic. */
  readonly partitions: number;
  readonly seed: number;
}

/** For compiling what is hot, in all the processes: Java takes the longest. s; shorter runs have a third of their time. */
const WARM_UP = 20;

/**
 * How long an event takes from being published until its finding is durable, until it is under a signed checkpoint, and
 * until it is in the feed that the page listens to, while events come at an even pace; on a Kafka and a MongoDB of this
 * machine started anew for each rate.
 *
 * @throws BenchError where what came of the events is not right
 */
export async function benchLatency(options: LatencyBenchOptions, signal: AbortSignal): Promise<void> {
  requireProc();
  printHeading('Latency: events at an even pace, Kafka, MongoDB, auditor, notary, API and publisher on one machine');
  const warmUpSeconds = Math.min(WARM_UP, options.seconds / 3);
  const rates = await run(options, warmUpSeconds, signal);
  print(options, warmUpSeconds, rates);
  keepFigures(options.out, 'latency', { options, warmUpSeconds, rates });
}

async function run(options: LatencyBenchOptions, warmUpSeconds: number, signal: AbortSignal): Promise<AtRate[]> {
  const { rates, ...common } = options;
  const { onProgress, close } = progressDisplay(process.stderr);
  try {
    const results: AtRate[] = [];
    for (const rate of rates) results.push(await runRate({ ...common, rate, warmUpSeconds }, onProgress, signal));
    return results;
  } finally {
    close();
  }
}

/** On servers of its own, so that every rate begins with empty topics and an empty trail. */
async function runRate(
  pace: Pace & Pick<CommonOptions, 'smoke'>,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<AtRate> {
  const stack = await startStack({ partitions: pace.partitions, kafkaOptimised: !pace.smoke, onProgress, signal });
  try {
    return await step(onProgress, `${pace.rate} events a second for ${pace.seconds} s`, () =>
      atRate(stack, pace, signal),
    );
  } finally {
    await stack.stop();
  }
}

function print(options: LatencyBenchOptions, warmUpSeconds: number, rates: readonly AtRate[]): void {
  console.log(
    `${options.seconds} s at each rate, of which the first ${warmUpSeconds} s are for warming up and not counted; ` +
      `${significant(options.subjects)} data subjects, seed ${options.seed}, ${options.partitions} partitions.\n` +
      'Times run from when an event was due to be published, also where the publisher was late, to when this process ' +
      'was told.\n',
  );
  const stages = [
    ['acknowledged by Kafka', 'acknowledged'],
    ['durable in the trail', 'durable'],
    ['in a signed checkpoint', 'signed'],
    ['in the feed, if not compliant', 'fed'],
  ] as const;
  printTable(
    ['ms from publishing until', 'p50', 'p90', 'p99', 'p99.9', 'max'],
    rates.flatMap((each) =>
      stages.map(([name, stage]) => [`${significant(each.rate)} events/s: ${name}`, ...columns(each[stage])]),
    ),
  );
  const parts = ['auditor', 'notary', 'api', 'kafka', 'mongod', 'bench'] as const satisfies (keyof CpuByProcess)[];
  printTable(
    ['CPU s per million events', 'events', 'achieved/s', 'auditor', 'notary', 'api', 'Kafka', 'mongod', 'benchmark'],
    rates.map(({ rate, counted, achieved, cpu }) => [
      `${significant(rate)} events/s`,
      significant(counted),
      significant(achieved),
      ...parts.map((part) => significant((cpu[part] / counted) * 1e6)),
    ]),
  );
}

function columns({ p50, p90, p99, p999, max }: Percentiles): string[] {
  return [p50, p90, p99, p999, max].map(significant);
}
