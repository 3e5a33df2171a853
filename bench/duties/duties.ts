import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from 'mongodb';
import { encodeRecord, recordKey } from '#libs/events';
import { type MongoConnection, MongoTrailReader } from '#libs/trail';
import { keyPartitioner } from '../../apps/local/src/stack/key-partition.js';
import { progressDisplay } from '../../apps/local/src/progress-display.js';
import { step } from '../../apps/local/src/stack/progress.js';
import { startStack, type Stack } from '../../apps/local/src/stack/stack.js';
import { createTraffic } from '../../apps/local/src/traffic/traffic.js';
import { BenchError } from '../bench-error.js';
import type { CommonOptions } from '../benchmark.js';
import { quietConnection } from '../mongo.js';
import { keepFigures, printHeading, printTable } from '../report.js';
import { significant } from '../statistics.js';
import { untilCovered } from '../stream/contestants.js';
import { ASSIGNED, ConsumerProcess } from '../stream/consumer-process.js';
import { publish, type TopicRecord } from '../stream/publish.js';
import { requireProc } from '../stream/usage.js';
import { type Looked, sweep } from './sweep.js';

export interface DutiesBenchOptions extends CommonOptions {
  readonly subjects: number;
  readonly partitions: number;
  readonly seed: number;
}

interface Result {
  readonly events: number;
  readonly looks: readonly Looked[];
}

/** Any will do: the vault is dropped with the servers. */
const VAULT_KEY = Buffer.alloc(32, 1).toString('base64');
const YEAR_DAYS = 365;
/** So seldom that none comes before the benchmark is at its end. */
const NEVER_S = 86_400;
/** Of each customer, on average; somewhat more than the sample traffic has. */
const EVENTS_A_SUBJECT = 9;

/**
 * How long the auditor takes to look at the duties of all data subjects: first as it takes their history over, when each
 * of them is looked at, then a year later, when it looks at whoever fell due in that year.
 *
 * @throws BenchError where a sweep leaves somebody out, or the trail has faults
 */
export async function benchDuties(options: DutiesBenchOptions, signal: AbortSignal): Promise<void> {
  requireProc();
  printHeading('Duties: looking at every data subject, Kafka, MongoDB and the auditor on one machine');
  const result = await run(options, signal);
  print(options, result);
  keepFigures(options.out, 'duties', { options, ...result });
}

async function run(options: DutiesBenchOptions, signal: AbortSignal): Promise<Result> {
  const { onProgress, close } = progressDisplay(process.stderr);
  let stack: Stack | null = null;
  let mongo: MongoConnection | null = null;
  try {
    stack = await startStack({ partitions: options.partitions, kafkaOptimised: !options.smoke, onProgress, signal });
    const { kafkaBrokers, mongoUri } = stack;
    mongo = quietConnection(mongoUri);
    const reader = new MongoTrailReader(mongo);
    const records = history(options);
    await step(onProgress, `Writing ${records.length} events`, () => publish(kafkaBrokers, records, signal));
    const env = { KAFKA_BROKERS: kafkaBrokers, MONGODB_URI: mongoUri, HJEMMEL_VAULT_KEY: VAULT_KEY, LOG_LEVEL: 'info' };
    const { db } = mongo;
    await step(onProgress, 'Auditing them', () => audit(env, reader, records.length, signal));
    await step(onProgress, 'Writing every data subject', () => untilWritten(env, db, signal));
    const looks: Looked[] = [];
    for (const days of [0, YEAR_DAYS]) {
      const what = days === 0 ? 'Looking at everybody' : 'Looking again a year later';
      const written = () => untilWritten(env, db, signal);
      looks.push(
        await step(onProgress, what, () => sweep({ env, db, days, tasks: options.partitions, written, signal })),
      );
    }
    const { faults } = await reader.accountOffsets({ whole: true });
    if (faults.length > 0) throw new BenchError(`The trail has faults: ${faults.slice(0, 3).join('; ')}.`);
    return { events: records.length, looks };
  } finally {
    await mongo?.close();
    await stack?.stop();
    close();
  }
}

/** Two years of so many customers, as publishers would have told them. */
function history({ subjects, partitions, seed }: DutiesBenchOptions): TopicRecord[] {
  const partitionOf = keyPartitioner(partitions);
  const known = new Set<string>();
  const records: TopicRecord[] = [];
  for (const one of createTraffic({ seed, now: Date.now() }).take(subjects * EVENTS_A_SUBJECT)) {
    const key = recordKey(one.event);
    if (known.size < subjects) known.add(key);
    if (!known.has(key)) continue;
    const partition = partitionOf(one.stream, key);
    const timestamp = String(one.event.occurredAt);
    records.push({ topic: one.stream, message: { key, value: encodeRecord(one), partition, timestamp } });
  }
  return records;
}

async function audit(
  env: Readonly<Record<string, string>>,
  reader: MongoTrailReader,
  events: number,
  signal: AbortSignal,
): Promise<void> {
  const auditor = auditorWithoutSweeps(env, signal);
  try {
    await auditor.whileRunning(auditor.line(ASSIGNED));
    await auditor.whileRunning(untilCovered(reader, events, signal));
    // Findings judged again are none of what is measured.
    await sleep(1_000, undefined, { signal });
  } finally {
    await auditor.stop();
  }
}

function auditorWithoutSweeps(env: Readonly<Record<string, string>>, signal: AbortSignal): ConsumerProcess {
  const settings = { ...env, HJEMMEL_SWEEP_SECONDS: String(NEVER_S), PORT: '0' };
  return new ConsumerProcess('the auditor', 'apps/auditor/src/main.js', settings, signal);
}

/**
 * Until every subject's document has what the journal says. An auditor that is stopped writes for some seconds, and leaves
 * the rest to the next one.
 */
async function untilWritten(env: Readonly<Record<string, string>>, db: Db, signal: AbortSignal): Promise<void> {
  while ((await db.collection('factsJournal').countDocuments()) > 0) {
    const auditor = auditorWithoutSweeps(env, signal);
    try {
      await auditor.whileRunning(auditor.line(ASSIGNED));
      await sleep(3_000, undefined, { signal });
    } finally {
      await auditor.stop();
    }
  }
}

function print({ subjects, partitions, seed }: DutiesBenchOptions, { events, looks }: Result): void {
  console.log(
    `${significant(events)} events of ${significant(subjects)} data subjects over two years, seed ${seed}, ${partitions} tasks\n`,
  );
  printTable(
    ['the auditor looks at', 'data subjects', 'seconds', 'subjects/s', 'findings on duties', 'amendments'],
    looks.map(({ days, due, seconds, duties, amendments }) => [
      days === 0 ? 'everybody, as of now' : 'who fell due within a year, at once',
      significant(due),
      seconds.toFixed(1),
      significant(due / seconds),
      significant(duties),
      significant(amendments),
    ]),
  );
}
