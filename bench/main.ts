import { Command, CommanderError } from 'commander';
import { RegisterError } from '#libs/register';
import { StackError } from '../apps/local/src/stack/stack-error.js';
import { BenchError } from './bench-error.js';
import { addBenchmark } from './benchmark.js';
import { benchDuties } from './duties/duties.js';
import { benchLog } from './log/log.js';
import { benchJudge } from './judge/judge.js';
import { benchLatency } from './latency/latency.js';
import { count, counts, events, flag, partitions, runs, seed, subjects, syntheticLog } from './options.js';
import { benchRead } from './read/read.js';
import { benchScale } from './scale/scale.js';
import { benchStream } from './stream/stream.js';
import { benchVerify } from './verify/verify.js';
import { benchViews } from './views/views.js';

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());

/** Faults that their message tells in full. */
const TOLD = [BenchError, RegisterError, StackError];

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    await program(stopping.signal).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) return 130;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!TOLD.some((kind) => error instanceof kind)) throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    return 1;
  }
}

function program(signal: AbortSignal): Command {
  const all = new Command('bench')
    .description('Benchmarks. Ratios within one run are what counts; raw figures are kept under .local/bench/.')
    .exitOverride();
  addBenchmark(all, signal, {
    name: 'judge',
    description: 'microseconds per verdict on one core, beside json-rules-engine and Cedar on a subset of the rules',
    options: [
      count('events', 'events of sample traffic', 50_000, 100),
      count('questions', 'events the other engines are asked about', 2_000, 10),
      runs(9),
      count('warm-up-ms', 'how long each is warmed up', 1_500, 0),
      count('run-ms', 'about how long a run of each takes', 300, 0),
      seed('sample traffic'),
    ],
    tiny: { events: 2_000, questions: 200, runs: 2, warmUpMs: 0, runMs: 0 },
    run: benchJudge,
  });
  addBenchmark(all, signal, {
    name: 'stream',
    description: 'events a second into a durable trail, beside reading alone and beside a plain Nest consumer',
    options: [
      events(1_000_000),
      subjects(),
      partitions(),
      count('plain-events', 'events for the plain consumer', 10_000),
      flag('headers', 'write CloudEvents headers, as the publisher does'),
      runs(3),
      count('auditors', 'auditors that share the partitions', 1),
      flag('profile', 'keep CPU profiles of the last run beside the figures; it is slower for it'),
      seed('events'),
    ],
    tiny: { events: 3_000, subjects: 1_000, plainEvents: 300, runs: 1 },
    run: benchStream,
  });
  addBenchmark(all, signal, {
    name: 'log',
    description: 'entries a second into the signed log, and proved; time from a block to its checkpoint',
    options: [
      ...syntheticLog('entries that wait for the notary'),
      runs(3),
      count('seconds', 'how long blocks arrive one by one', 20),
      count('blocks-per-second', 'that arrive', 20),
      count('arriving-entries', 'entries of a block that arrives', 100),
    ],
    tiny: { entries: 20_000, blockEntries: 500, runs: 1, seconds: 2 },
    run: benchLog,
  });
  addBenchmark(all, signal, {
    name: 'duties',
    description: 'how long it takes to look at the duties of every data subject, now and a year later',
    options: [
      count('subjects', 'data subjects, each with some events over two years', 100_000),
      partitions(),
      seed('sample traffic'),
    ],
    tiny: { subjects: 300 },
    run: benchDuties,
  });
  addBenchmark(all, signal, {
    name: 'latency',
    description:
      'milliseconds from publishing to durable, to a signed checkpoint and to the page’s feed, at an even pace',
    options: [
      counts('rates', 'events a second, one after the other', [2_000, 10_000]),
      count('seconds', 'how long each', 60),
      subjects(),
      partitions(),
      seed('events'),
    ],
    tiny: { rates: [200], seconds: 2, subjects: 1_000 },
    run: benchLatency,
  });
  addBenchmark(all, signal, {
    name: 'scale',
    description: 'the same events with more partitions, more auditors, and onto longer logs',
    options: [
      events(500_000),
      subjects(),
      counts('partitions', 'partitions of each topic', [8, 64]),
      counts('auditors', 'auditors that share them', [1, 2, 4]),
      counts('entries', 'entries that the log has beforehand', [1_000_000, 10_000_000, 50_000_000]),
      seed('events'),
    ],
    tiny: { events: 2_000, subjects: 500, partitions: [2], auditors: [2], entries: [10_000] },
    run: benchScale,
  });
  addBenchmark(all, signal, {
    name: 'read',
    description: 'requests a second for checkpoint, tiles and entries of the served log; proofs a second',
    options: [
      ...syntheticLog('entries of the log'),
      count('clients', 'clients that ask at the same time', 8),
      count('seconds', 'how long each is asked', 10),
    ],
    tiny: { entries: 5_000, blockEntries: 500, seconds: 0.3 },
    run: benchRead,
  });
  addBenchmark(all, signal, {
    name: 'verify',
    description: 'entries a second that the verifier proves, from the database and over HTTP',
    options: [...syntheticLog('entries of the log'), runs(3)],
    tiny: { entries: 5_000, blockEntries: 500, runs: 1 },
    run: benchVerify,
  });
  addBenchmark(all, signal, {
    name: 'views',
    description: 'milliseconds that lists and statistics of the API take, over a generated year of findings',
    options: [
      count('entries', 'entries of the log; ten in eleven are findings', 5_500_000),
      count('block-entries', 'entries of each block', 2_000),
      count('tasks', 'tasks that the blocks are of', 8),
      count('kinds', 'different findings among them', 600),
      count('times', 'how often each is asked', 200),
      count('pages', 'how often the overview is opened in a browser', 20),
      seed('findings'),
    ],
    tiny: { entries: 6_000, blockEntries: 500, kinds: 60, times: 3, pages: 1 },
    run: benchViews,
  });
  return all;
}
