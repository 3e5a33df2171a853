import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { RegisterError } from '#libs/register';
import { StackError } from '../apps/local/src/stack/stack-error.js';
import { BenchError } from './bench-error.js';
import { benchDuties, type DutiesBenchOptions } from './duties/duties.js';
import { benchLog, type LogBenchOptions } from './log/log.js';
import { benchJudge, type JudgeBenchOptions } from './judge/judge.js';
import { benchLatency, type LatencyBenchOptions } from './latency/latency.js';
import { benchRead, type ReadBenchOptions } from './read/read.js';
import { defaultFolder } from './report.js';
import { benchScale, type ScaleBenchOptions } from './scale/scale.js';
import { benchStream, type StreamBenchOptions } from './stream/stream.js';
import { benchVerify, type VerifyBenchOptions } from './verify/verify.js';

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());

/** Faults that their message tells in full. */
const TOLD = [BenchError, RegisterError, StackError];

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) return 130;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!TOLD.some((kind) => error instanceof kind)) throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    return 1;
  }
}

function program(): Command {
  const all = new Command('bench')
    .description('Benchmarks. Ratios within one run are what counts; raw figures are kept under .local/bench/.')
    .exitOverride();
  all
    .command('judge')
    .description('microseconds per verdict on one core, beside json-rules-engine and Cedar on a subset of the rules')
    .option('--events <N>', 'events of sample traffic', whole(100), 50_000)
    .option('--questions <N>', 'events the other engines are asked about', whole(10), 2_000)
    .option('--runs <N>', 'runs of which the median is taken', whole(1), 9)
    .option('--warm-up-ms <N>', 'how long each is warmed up', whole(0), 1_500)
    .option('--run-ms <N>', 'about how long a run of each takes', whole(0), 300)
    .option('--seed <N>', 'seed of the sample traffic', whole(0), 1)
    .option('--out <DIR>', 'folder for the raw figures', defaultFolder)
    .option('--smoke', 'tiny sizes: shows that it works, not how fast it is')
    .action((options: JudgeBenchOptions & { smoke?: boolean }) => {
      const tiny = { events: 2_000, questions: 200, runs: 2, warmUpMs: 0, runMs: 0 };
      return benchJudge(options.smoke ? { ...options, ...tiny } : options);
    });
  all
    .command('stream')
    .description('events a second into a durable trail, beside reading alone and beside a plain Nest consumer')
    .option('--events <N>', 'events in the four topics', whole(100), 1_000_000)
    .option('--subjects <N>', 'data subjects they are drawn for by Zipf’s law', whole(1), 200_000)
    .option('--partitions <N>', 'partitions of each topic', whole(1), 4)
    .option('--plain-events <N>', 'events for the plain consumer', whole(1), 10_000)
    .option('--headers', 'write CloudEvents headers, as the publisher does', false)
    .option('--runs <N>', 'runs of which the median is taken', whole(1), 3)
    .option('--auditors <N>', 'auditors that share the partitions', whole(1), 1)
    .option('--profile', 'keep CPU profiles of the last run beside the figures; it is slower for it', false)
    .option('--seed <N>', 'seed of the events', whole(0), 1)
    .option('--out <DIR>', 'folder for the raw figures', defaultFolder)
    .option('--smoke', 'tiny sizes: shows that it works, not how fast it is')
    .action((options: StreamBenchOptions & { smoke?: boolean }) => {
      const tiny = { events: 3_000, subjects: 1_000, plainEvents: 300, runs: 1 };
      return benchStream(options.smoke ? { ...options, ...tiny } : options, stopping.signal);
    });
  all
    .command('log')
    .description('entries a second into the signed log, and proved; time from a block to its checkpoint')
    .option('--entries <N>', 'entries that wait for the notary', whole(1), 1_000_000)
    .option('--block-entries <N>', 'entries of each block', whole(1), 2_000)
    .option('--tasks <N>', 'tasks that the blocks are of', whole(1), 8)
    .option('--runs <N>', 'runs of which the median is taken', whole(1), 3)
    .option('--seconds <N>', 'how long blocks arrive one by one', whole(1), 20)
    .option('--blocks-per-second <N>', 'that arrive', whole(1), 20)
    .option('--arriving-entries <N>', 'entries of a block that arrives', whole(1), 100)
    .option('--out <DIR>', 'folder for the raw figures', defaultFolder)
    .option('--smoke', 'tiny sizes: shows that it works, not how fast it is')
    .action((options: LogBenchOptions & { smoke?: boolean }) => {
      const tiny = { entries: 20_000, blockEntries: 500, runs: 1, seconds: 2 };
      return benchLog(options.smoke ? { ...options, ...tiny } : options, stopping.signal);
    });
  all
    .command('duties')
    .description('how long it takes to look at the duties of every data subject, now and a year later')
    .option('--subjects <N>', 'data subjects, each with some events over two years', whole(1), 100_000)
    .option('--partitions <N>', 'partitions of each topic', whole(1), 4)
    .option('--seed <N>', 'seed of the sample traffic', whole(0), 1)
    .option('--out <DIR>', 'folder for the raw figures', defaultFolder)
    .option('--smoke', 'tiny sizes: shows that it works, not how fast it is')
    .action((options: DutiesBenchOptions & { smoke?: boolean }) =>
      benchDuties(options.smoke ? { ...options, subjects: 300 } : options, stopping.signal),
    );
  all
    .command('latency')
    .description('milliseconds from publishing to durable and to a signed checkpoint, at an even pace')
    .option('--rates <LIST>', 'events a second, one after the other', wholes(1), [2_000, 10_000])
    .option('--seconds <N>', 'how long each', whole(1), 60)
    .option('--subjects <N>', 'data subjects they are drawn for by Zipf’s law', whole(1), 200_000)
    .option('--partitions <N>', 'partitions of each topic', whole(1), 4)
    .option('--seed <N>', 'seed of the events', whole(0), 1)
    .option('--out <DIR>', 'folder for the raw figures', defaultFolder)
    .option('--smoke', 'tiny sizes: shows that it works, not how fast it is')
    .action((options: LatencyBenchOptions & { smoke?: boolean }) => {
      const tiny = { rates: [200], seconds: 3, subjects: 1_000 };
      return benchLatency(options.smoke ? { ...options, ...tiny } : options, stopping.signal);
    });
  all
    .command('scale')
    .description('the same events with more partitions, more auditors, and onto longer logs')
    .option('--events <N>', 'events in the four topics', whole(100), 500_000)
    .option('--subjects <N>', 'data subjects they are drawn for by Zipf’s law', whole(1), 200_000)
    .option('--partitions <LIST>', 'partitions of each topic', wholes(1), [8, 64])
    .option('--auditors <LIST>', 'auditors that share them', wholes(1), [1, 2, 4])
    .option('--entries <LIST>', 'entries that the log has beforehand', wholes(1), [1_000_000, 10_000_000, 50_000_000])
    .option('--seed <N>', 'seed of the events', whole(0), 1)
    .option('--out <DIR>', 'folder for the raw figures', defaultFolder)
    .option('--smoke', 'tiny sizes: shows that it works, not how fast it is')
    .action((options: ScaleBenchOptions & { smoke?: boolean }) => {
      const tiny = { events: 2_000, subjects: 500, partitions: [2], auditors: [2], entries: [10_000] };
      return benchScale(options.smoke ? { ...options, ...tiny } : options, stopping.signal);
    });
  all
    .command('read')
    .description('requests a second for checkpoint, tiles and entries of the served log; proofs a second')
    .option('--entries <N>', 'entries of the log', whole(1), 1_000_000)
    .option('--block-entries <N>', 'entries of each block', whole(1), 2_000)
    .option('--tasks <N>', 'tasks that the blocks are of', whole(1), 8)
    .option('--clients <N>', 'clients that ask at the same time', whole(1), 8)
    .option('--seconds <N>', 'how long each is asked', whole(1), 10)
    .option('--out <DIR>', 'folder for the raw figures', defaultFolder)
    .option('--smoke', 'tiny sizes: shows that it works, not how fast it is')
    .action((options: ReadBenchOptions & { smoke?: boolean }) => {
      const tiny = { entries: 5_000, blockEntries: 500, seconds: 0.3 };
      return benchRead(options.smoke ? { ...options, ...tiny } : options, stopping.signal);
    });
  all
    .command('verify')
    .description('entries a second that the verifier proves, from the database and over HTTP')
    .option('--entries <N>', 'entries of the log', whole(1), 1_000_000)
    .option('--block-entries <N>', 'entries of each block', whole(1), 2_000)
    .option('--tasks <N>', 'tasks that the blocks are of', whole(1), 8)
    .option('--runs <N>', 'runs of which the median is taken', whole(1), 3)
    .option('--out <DIR>', 'folder for the raw figures', defaultFolder)
    .option('--smoke', 'tiny sizes: shows that it works, not how fast it is')
    .action((options: VerifyBenchOptions & { smoke?: boolean }) => {
      const tiny = { entries: 5_000, blockEntries: 500, runs: 1 };
      return benchVerify(options.smoke ? { ...options, ...tiny } : options, stopping.signal);
    });
  return all;
}

/** Whole numbers separated by commas. */
function wholes(least: number): (text: string) => number[] {
  const read = whole(least);
  return (text) => text.split(',').map((each) => read(each.trim()));
}

function whole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || !Number.isSafeInteger(value)) {
      throw new InvalidArgumentError(`It is a whole number from ${least}.`);
    }
    return value;
  };
}
