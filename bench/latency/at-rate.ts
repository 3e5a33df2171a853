import { formatSignerKey, parseSigner, parseVerifier } from '#libs/log';
import { type MongoConnection, MongoTrailReader, verifyTrail } from '#libs/trail';
import type { Stack } from '../../apps/local/src/stack/stack.js';
import { BenchError } from '../bench-error.js';
import { quietConnection } from '../mongo.js';
import { ASSIGNED, ConsumerProcess } from '../stream/consumer-process.js';
import { cpuSeconds } from '../stream/usage.js';
import { delays, type Delays } from './delays.js';
import { publishEvenly, type Pace } from './publish-evenly.js';
import { TrailWatch } from './trail-watch.js';

/** What one rate gave. */
export interface AtRate extends Delays {
  /** Asked for, events a second. */
  readonly rate: number;
  /** Events a second that Kafka acknowledged, of those that count. */
  readonly achieved: number;
  /** Processor time from the end of the warm-up until everything was signed, s. */
  readonly cpu: CpuByProcess;
}

export interface CpuByProcess {
  readonly auditor: number;
  readonly notary: number;
  readonly kafka: number;
  readonly mongod: number;
  /** This process: it publishes and watches. */
  readonly bench: number;
}

/** Any will do: vault and log are dropped with the servers. */
const VAULT_KEY = Buffer.alloc(32, 1).toString('base64');
const SIGNING_KEY = formatSignerKey('bench.hjemmel.example/latency', Buffer.alloc(32, 1));
const KEYS = [parseVerifier(parseSigner(SIGNING_KEY).verifierKey)];

/**
 * The auditor and the notary as they are run in production, on servers on which nothing was published yet, while events
 * come at an even pace.
 *
 * @throws BenchError where the log cannot be proved, or does not account for each event exactly once
 */
export async function atRate(stack: Stack, pace: Pace, signal: AbortSignal): Promise<AtRate> {
  const mongo = quietConnection(stack.mongoUri);
  try {
    const watch = await TrailWatch.open(mongo.db);
    return await audited(stack, pace, mongo, watch, signal).finally(() => watch.close());
  } finally {
    await mongo.close();
  }
}

async function audited(
  stack: Stack,
  pace: Pace,
  mongo: MongoConnection,
  watch: TrailWatch,
  signal: AbortSignal,
): Promise<AtRate> {
  const { mongoUri, kafkaBrokers } = stack;
  const stopping = new AbortController();
  const signing = { MONGODB_URI: mongoUri, HJEMMEL_SIGNING_KEY: SIGNING_KEY, HJEMMEL_LOG_ORIGIN: '', PORT: '' };
  const notary = new ConsumerProcess('the notary', 'apps/notary/src/main.js', signing, signal);
  const auditing = {
    KAFKA_BROKERS: kafkaBrokers,
    MONGODB_URI: mongoUri,
    HJEMMEL_GROUP: 'bench-latency',
    HJEMMEL_VAULT_KEY: VAULT_KEY,
    LOG_LEVEL: 'info',
    PORT: '',
  };
  let auditor: ConsumerProcess | null = null;
  try {
    await notary.whileRunning(notary.line('making the log'));
    const audits = (auditor = new ConsumerProcess('the auditor', 'apps/auditor/src/main.js', auditing, signal));
    const bothRunning = <T>(work: Promise<T>): Promise<T> => audits.whileRunning(notary.whileRunning(work));
    const used = (): CpuByProcess => ({
      auditor: cpuSeconds(audits.pid),
      notary: cpuSeconds(notary.pid),
      kafka: cpuSeconds(stack.kafka.pid!),
      mongod: cpuSeconds(stack.mongodb.pid!),
      bench: cpuSeconds(process.pid),
    });
    await bothRunning(audits.line(ASSIGNED));

    let before = used();
    const warmedUp = (): void => void (before = used());
    const published = await bothRunning(publishEvenly(kafkaBrokers, pace, warmedUp, stopping.signal));
    await bothRunning(watch.untilCovered(published.events));
    const reader = new MongoTrailReader(mongo);
    await bothRunning(watch.untilSigned(await reader.count()));
    const after = used();

    await audits.stop(); // so that no entry is added any more
    const entries = await reader.count();
    await notary.whileRunning(watch.untilSigned(entries));
    await notary.stop();
    await requireProved(mongo, entries);
    const found = await delays(mongo.db, published, watch);
    const cpu = {
      auditor: after.auditor - before.auditor,
      notary: after.notary - before.notary,
      kafka: after.kafka - before.kafka,
      mongod: after.mongod - before.mongod,
      bench: after.bench - before.bench,
    };
    const seconds = (published.finished - published.countedFrom) / 1_000;
    return { rate: pace.rate, achieved: found.counted / seconds, ...found, cpu };
  } finally {
    stopping.abort(); // what was being published where a process ended
    await auditor?.stop();
    await notary.stop();
  }
}

async function requireProved({ db }: MongoConnection, entries: number): Promise<void> {
  const trust = { keys: KEYS, witnesses: [] };
  const { proved, size, faults } = await verifyTrail(db, { trust, held: null, faultLimit: 3 });
  if (!proved) throw new BenchError(`The log cannot be proved: ${JSON.stringify(faults)}; no figure is given.`);
  if (size !== entries) throw new BenchError(`The log has ${size} entries, the blocks ${entries}; no figure is given.`);
}
