import { formatSignerKey, parseSigner, parseVerifier } from '#libs/log';
import { type MongoConnection, MongoTrailReader, verifyTrail } from '#libs/trail';
import type { Stack } from '../../apps/local/src/stack/stack.js';
import { BenchError } from '../bench-error.js';
import { quietConnection } from '../mongo.js';
import { LogApi } from '../read/log-api.js';
import { ASSIGNED, ConsumerProcess } from '../stream/consumer-process.js';
import { cpuSeconds } from '../stream/usage.js';
import { startIssuer, type Issuer } from '../views/issuer.js';
import { delays, listed, type Delays } from './delays.js';
import { FeedWatch } from './feed-watch.js';
import { publishEvenly, type Pace } from './publish-evenly.js';
import { TrailWatch } from './trail-watch.js';

/** What one rate gave. */
export interface AtRate extends Delays {
  /** Asked for, events a second. */
  readonly rate: number;
  /** Events a second that Kafka acknowledged, of those that count. */
  readonly achieved: number;
  /** Processor time from the end of the warm-up until everything was signed and in the feed, s. */
  readonly cpu: CpuByProcess;
}

export interface CpuByProcess {
  readonly auditor: number;
  /** With the read models. */
  readonly notary: number;
  readonly api: number;
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
 * Auditor, notary and API as they are run in production, on servers on which nothing was published yet, while events come
 * at an even pace and a page listens to the feed.
 *
 * @throws BenchError where the log cannot be proved, or does not account for each event exactly once, or a finding is not
 *   in the feed
 */
export async function atRate(stack: Stack, pace: Pace, signal: AbortSignal): Promise<AtRate> {
  await using used = new AsyncDisposableStack();
  const mongo = used.adopt(quietConnection(stack.mongoUri), (each) => each.close());
  const watch = used.adopt(await TrailWatch.open(mongo.db), (each) => each.close());
  const issuer = used.adopt(await startIssuer(), (each) => each.stop());
  return await audited(stack, pace, { mongo, watch, issuer }, signal);
}

interface Around {
  readonly mongo: MongoConnection;
  readonly watch: TrailWatch;
  /** Whose tokens the API takes. */
  readonly issuer: Issuer;
}

async function audited(
  stack: Stack,
  pace: Pace,
  { mongo, watch, issuer }: Around,
  signal: AbortSignal,
): Promise<AtRate> {
  const { mongoUri, kafkaBrokers } = stack;
  const signing = { MONGODB_URI: mongoUri, HJEMMEL_SIGNING_KEY: SIGNING_KEY, HJEMMEL_LOG_ORIGIN: '', PORT: '' };
  const auditing = {
    KAFKA_BROKERS: kafkaBrokers,
    MONGODB_URI: mongoUri,
    HJEMMEL_GROUP: 'bench-latency',
    HJEMMEL_VAULT_KEY: VAULT_KEY,
    LOG_LEVEL: 'info',
    PORT: '',
  };
  await using used = new AsyncDisposableStack();
  const started = <T extends { stop(): Promise<void> }>(one: T): T => used.adopt(one, (each) => each.stop());
  const notary = started(new ConsumerProcess('the notary', 'apps/notary/src/main.js', signing, signal));
  await notary.whileRunning(notary.line('making the log'));
  const api = started(await LogApi.start(mongoUri, signal, issuer.settings));
  const feed = used.adopt(await FeedWatch.open(new URL(api.url).origin, issuer.token), (each) => each.close());
  const auditor = started(new ConsumerProcess('the auditor', 'apps/auditor/src/main.js', auditing, signal));
  const whileRunning = <T>(work: Promise<T>): Promise<T> =>
    auditor.whileRunning(notary.whileRunning(api.whileRunning(work)));
  // What is being published where a process ends.
  const publishing = used.adopt(new AbortController(), (each) => each.abort());
  const spent = (): CpuByProcess => ({
    auditor: cpuSeconds(auditor.pid),
    notary: cpuSeconds(notary.pid),
    api: api.cpu,
    kafka: cpuSeconds(stack.kafka.pid!),
    mongod: cpuSeconds(stack.mongodb.pid!),
    bench: cpuSeconds(process.pid),
  });
  await whileRunning(auditor.line(ASSIGNED));

  let before = spent();
  const warmedUp = (): void => void (before = spent());
  const published = await whileRunning(publishEvenly(kafkaBrokers, pace, warmedUp, publishing.signal));
  await whileRunning(watch.untilCovered(published.events));
  const reader = new MongoTrailReader(mongo);
  await whileRunning(watch.untilSigned(await reader.count()));
  await whileRunning(allFed(reader, feed));
  const cpu = difference(spent(), before);

  await auditor.stop(); // so that no entry is added any more
  const entries = await reader.count();
  await notary.whileRunning(watch.untilSigned(entries));
  await notary.stop();
  await requireProved(mongo, entries);
  const found = await delays(mongo.db, published, { trail: watch, feed });
  const seconds = (published.finished - published.countedFrom) / 1_000;
  return { rate: pace.rate, achieved: found.counted / seconds, ...found, cpu };
}

/** Waits for the findings that are in the trail now. */
async function allFed(reader: MongoTrailReader, feed: FeedWatch): Promise<void> {
  for await (const block of reader.blocks()) await feed.untilSeen(Array.from(listed(block), ({ id }) => id));
}

function difference(after: CpuByProcess, before: CpuByProcess): CpuByProcess {
  const parts = Object.keys(after) as (keyof CpuByProcess)[];
  return Object.fromEntries(parts.map((part) => [part, after[part] - before[part]])) as Record<
    keyof CpuByProcess,
    number
  >;
}

async function requireProved({ db }: MongoConnection, entries: number): Promise<void> {
  const trust = { keys: KEYS, witnesses: [] };
  const { proved, size, faults } = await verifyTrail(db, { trust, held: null, faultLimit: 3 });
  if (!proved) throw new BenchError(`The log cannot be proved: ${JSON.stringify(faults)}; no figure is given.`);
  if (size !== entries) throw new BenchError(`The log has ${size} entries, the blocks ${entries}; no figure is given.`);
}
