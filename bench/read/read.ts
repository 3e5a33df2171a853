import { LogFormatError, NoteError, openNote, parseCheckpoint, ProofError, TILE_WIDTH } from '#libs/log';
import { DamagedTrail } from '#libs/trail';
import { step } from '../../apps/local/src/stack/progress.js';
import { BenchError } from '../bench-error.js';
import type { CommonOptions } from '../benchmark.js';
import type { FilledTrail } from '../log/fill.js';
import { LOG_KEYS } from '../log/sign-log.js';
import type { ReadyTrail } from '../log/filled-trail.js';
import { withSignedLog } from '../log/signed-log.js';
import { quietConnection } from '../mongo.js';
import { keepFigures, printHeading, printTable } from '../report.js';
import { significant } from '../statistics.js';
import { requireProc } from '../stream/usage.js';
import { warmUp, type AnswerTimes } from './answer-times.js';
import { LogApi } from './log-api.js';
import { LogClients } from './log-clients.js';
import { consistencyProofs, inclusionProofs } from './proofs.js';
import { checkpoints, fullBundles, fullTiles, type Questions } from './questions.js';

export interface ReadBenchOptions extends CommonOptions {
  readonly entries: number;
  readonly blockEntries: number;
  readonly tasks: number;
  /** Connections over which the api is asked at a time. */
  readonly clients: number;
  /** How long each kind of question is asked. */
  readonly seconds: number;
}

/** What an api was asked that was started for it. */
interface Asked extends AnswerTimes {
  readonly name: string;
  /** Processor time of the api, s. */
  readonly cpu: number;
  /** The most memory that it had resident since its start, MiB. */
  readonly peakMiB: number;
}

interface Result {
  readonly filled: FilledTrail;
  readonly asked: readonly Asked[];
  readonly inclusion: AnswerTimes;
  readonly consistency: AnswerTimes;
}

/** Faults of a log that is not right. */
const WRONG = [DamagedTrail, LogFormatError, NoteError, ProofError];

/**
 * How many requests a second the api answers from a log that does not grow, and how many proofs a second are made.
 *
 * @throws BenchError where an answer or a proof is wrong
 */
export async function benchRead(options: ReadBenchOptions, signal: AbortSignal): Promise<void> {
  requireProc();
  if (options.entries < TILE_WIDTH) throw new BenchError(`A log of less than ${TILE_WIDTH} entries has no full tile.`);
  printHeading('Reading the log: the api, its clients and MongoDB on one machine');
  const result = await run(options, signal);
  print(options, result);
  keepFigures(options.out, 'read', { options, ...result });
}

async function run(options: ReadBenchOptions, signal: AbortSignal): Promise<Result> {
  try {
    return await withSignedLog(options, signal, async (log) => {
      const asked = await askAll(log, options, signal);
      return { filled: log.filled, asked, ...(await proofs(log, options, signal)) };
    });
  } catch (error) {
    if (!WRONG.some((kind) => error instanceof kind)) throw error;
    throw new BenchError(`What the log gave is wrong: ${(error as Error).message}`, { cause: error });
  }
}

async function askAll(log: ReadyTrail, options: ReadBenchOptions, signal: AbortSignal): Promise<Asked[]> {
  const tiles = Math.floor(options.entries / TILE_WIDTH);
  const asked: Asked[] = [];
  for (const questions of [checkpoints(), fullTiles(tiles), fullBundles(tiles, false), fullBundles(tiles, true)]) {
    const told = `Asking the api for ${options.seconds} s: ${questions.name}`;
    asked.push(await step(log.onProgress, told, () => ask(log, questions, options, signal)));
  }
  return asked;
}

/** The api is a new one each time, so that what it keeps of the log in memory comes from these questions alone. */
async function ask(
  { uri, filled }: ReadyTrail,
  { name, next, holdKept }: Questions,
  { clients, seconds }: ReadBenchOptions,
  signal: AbortSignal,
): Promise<Asked> {
  const api = await LogApi.start(uri, signal);
  const asking = new LogClients(api.port, clients);
  const measure = async (): Promise<Asked> => {
    requireSigned(await asking.get('checkpoint'), filled);
    await asking.ask(next, warmUp(seconds), signal);
    const before = api.cpu;
    const asked = await asking.ask(next, seconds, signal);
    const { cpu, peakMiB } = api;
    await holdKept(asking);
    return { name, ...asked, cpu: cpu - before, peakMiB };
  };
  try {
    return await api.whileRunning(measure());
  } finally {
    asking.close();
    await api.stop();
  }
}

/** The checkpoint must be signed and over all entries. */
function requireSigned(note: Buffer, { entries }: FilledTrail): void {
  const { size } = parseCheckpoint(openNote(note, LOG_KEYS).text);
  if (size !== entries) throw new BenchError(`The api serves a log of ${size} entries, not of ${entries}.`);
}

async function proofs(
  { uri, filled: { entries }, onProgress }: ReadyTrail,
  { seconds }: ReadBenchOptions,
  signal: AbortSignal,
): Promise<Pick<Result, 'inclusion' | 'consistency'>> {
  const connection = quietConnection(uri);
  try {
    const inclusion = await step(onProgress, `Inclusion proofs for ${seconds} s`, () =>
      inclusionProofs(connection, entries, seconds, signal),
    );
    const consistency = await step(onProgress, `Consistency proofs for ${seconds} s`, () =>
      consistencyProofs(connection, entries, seconds, signal),
    );
    return { inclusion, consistency };
  } finally {
    await connection.close();
  }
}

function print({ tasks, clients, seconds }: ReadBenchOptions, { filled, asked, inclusion, consistency }: Result): void {
  const { entries, blocks, entryBytes } = filled;
  console.log(
    `${significant(entries)} entries of ${Math.round(entryBytes)} bytes in ${significant(blocks)} blocks of ${tasks} ` +
      `tasks; ${clients} clients, ${seconds} s each. CPU and memory are the api’s\n`,
  );
  printTable(
    ['over HTTP', 'requests/s', 'p50 ms', 'p99 ms', 'CPU s', 'CPU s per million', 'peak memory'],
    asked.map(({ name, cpu, peakMiB, ...times }) => [
      name,
      ...columns(times),
      significant(cpu),
      significant((cpu / times.count) * 1e6),
      `${Math.round(peakMiB)} MiB`,
    ]),
  );
  printTable(
    ['from MongoDB, one after the other', 'proofs/s', 'p50 ms', 'p99 ms'],
    [
      ['inclusion of an entry at random', ...columns(inclusion)],
      ['consistency of two sizes at random', ...columns(consistency)],
    ],
  );
}

function columns({ count, seconds, p50, p99 }: AnswerTimes): string[] {
  return [count / seconds, p50, p99].map(significant);
}
