import { step } from '../../apps/local/src/stack/progress.js';
import { BenchError } from '../bench-error.js';
import type { CommonOptions } from '../benchmark.js';
import type { FilledTrail } from '../log/fill.js';
import { LOG_KEYS } from '../log/sign-log.js';
import { withSignedLog } from '../log/signed-log.js';
import { LogApi } from '../read/log-api.js';
import { keepFigures, printHeading, printTable } from '../report.js';
import { median, significant, spread } from '../statistics.js';
import { ConsumerProcess } from '../stream/consumer-process.js';
import { requireProc } from '../stream/usage.js';
import { VERIFIED, type Verified } from './verified.js';

export interface VerifyBenchOptions extends CommonOptions {
  readonly entries: number;
  readonly blockEntries: number;
  readonly tasks: number;
  readonly runs: number;
}

/** One verification, by a process that was started for it. */
export interface VerifyTrial {
  readonly seconds: number;
  /** Processor time of the verifier, s. */
  readonly cpu: number;
  /** The most memory that the verifier had resident, MiB. */
  readonly peakMiB: number;
  /** Of the api that was asked, which was started for it too; null: MongoDB was asked. */
  readonly api: { readonly cpu: number; readonly peakMiB: number } | null;
}

interface Result {
  readonly filled: FilledTrail;
  readonly database: readonly VerifyTrial[];
  readonly http: readonly VerifyTrial[];
}

/**
 * How many entries a second `hjemmel verify` proves: over MongoDB, as the log's owner, and over HTTP, as anybody else.
 *
 * @throws BenchError where the log is not proved
 */
export async function benchVerify(options: VerifyBenchOptions, signal: AbortSignal): Promise<void> {
  requireProc();
  printHeading('Verifying the whole log: the verifier, the api and MongoDB on one machine');
  const result = await run(options, signal);
  print(options, result);
  keepFigures(options.out, 'verify', { options, ...result });
}

async function run(options: VerifyBenchOptions, signal: AbortSignal): Promise<Result> {
  return withSignedLog(options, signal, async ({ uri, filled, onProgress }) => {
    const database: VerifyTrial[] = [];
    const http: VerifyTrial[] = [];
    for (let n = 1; n <= options.runs; n++) {
      const told = `run ${n} of ${options.runs}`;
      database.push(await step(onProgress, `Over MongoDB, ${told}`, () => overMongodb(uri, filled, signal)));
      http.push(await step(onProgress, `Over HTTP, ${told}`, () => overHttp(uri, filled, signal)));
    }
    return { filled, database, http };
  });
}

async function overMongodb(uri: string, filled: FilledTrail, signal: AbortSignal): Promise<VerifyTrial> {
  return { ...(await verify({ MONGODB_URI: uri, BENCH_LOG_URL: '' }, filled, signal)), api: null };
}

/** The api is a new one each time, so that what it keeps of the log in memory helps no run more than another. */
async function overHttp(uri: string, filled: FilledTrail, signal: AbortSignal): Promise<VerifyTrial> {
  const api = await LogApi.start(uri, signal);
  try {
    const before = api.cpu;
    // An outsider has the address of the log and nothing else.
    const env = { MONGODB_URI: '', BENCH_LOG_URL: api.url };
    const trial = await api.whileRunning(verify(env, filled, signal));
    return { ...trial, api: { cpu: api.cpu - before, peakMiB: api.peakMiB } };
  } finally {
    await api.stop();
  }
}

async function verify(
  env: Readonly<Record<string, string>>,
  { entries }: FilledTrail,
  signal: AbortSignal,
): Promise<Omit<VerifyTrial, 'api'>> {
  const all = { ...env, BENCH_LOG_KEY: LOG_KEYS[0]!.verifierKey };
  const verifier = new ConsumerProcess('the verifier', 'bench/verify/verifier.js', all, signal);
  try {
    const line: unknown = await verifier.whileRunning(verifier.line(VERIFIED));
    const { proved, size, faults, seconds, cpu, peakMiB } = line as Verified;
    if (!proved || size !== entries) {
      throw new BenchError(
        `The verifier does not accept the log of ${size} entries, which should have ${entries}: ${JSON.stringify(faults)}`,
      );
    }
    return { seconds, cpu, peakMiB };
  } finally {
    await verifier.stop();
  }
}

function print({ tasks, runs }: VerifyBenchOptions, { filled, database, http }: Result): void {
  const { entries, blocks, entryBytes } = filled;
  console.log(
    `${significant(entries)} entries of ${Math.round(entryBytes)} bytes in ${significant(blocks)} blocks of ${tasks} ` +
      `tasks. Medians (least–greatest) of ${runs} runs\n`,
  );
  const parts: [string, readonly VerifyTrial[]][] = [
    ['over MongoDB: every block, hash, root, signature, offset', database],
    ['over HTTP: every bundle, tile, root, signature, offset', http],
  ];
  const millions = entries / 1e6;
  const middle = (trials: readonly VerifyTrial[], of: (trial: VerifyTrial) => number): string =>
    significant(median(trials.map(of)));
  printTable(
    ['verifier', 'entries/s', 'CPU s per million', 'peak memory'],
    parts.map(([name, trials]) => [
      name,
      spread(
        trials.map(({ seconds }) => entries / seconds),
        significant,
      ),
      middle(trials, ({ cpu }) => cpu / millions),
      `${middle(trials, ({ peakMiB }) => peakMiB)} MiB`,
    ]),
  );
  printTable(
    ['beside it', 'CPU s per million', 'peak memory'],
    [
      [
        'the api that is asked over HTTP',
        middle(http, ({ api }) => api!.cpu / millions),
        `${middle(http, ({ api }) => api!.peakMiB)} MiB`,
      ],
    ],
  );
}
