import { setTimeout as sleep } from 'node:timers/promises';
import { MongoLogReader } from '#libs/trail';
import { progressDisplay } from '../../apps/local/src/progress-display.js';
import { endOffsets } from '../../apps/local/src/offsets.js';
import { step, type OnProgress } from '../../apps/local/src/stack/progress.js';
import { DEAD_LETTER_TOPIC, TOPICS } from '../../apps/local/src/stack/topics.js';
import { DrillError } from '../drill-error.js';
import { Progress } from '../faults/progress.js';
import { install, type Installation } from '../installation.js';
import { flatness, type Bound, type Flatness } from '../usage/flatness.js';
import { MemoryWatch } from '../usage/memory-watch.js';
import { checkFuzz, type Checked } from './check.js';
import { Manifest } from './manifest.js';
import { revealAndErase } from './people.js';
import { publishFuzz } from './publish.js';
import { fuzzRecords } from './records.js';
import { startRegistry } from './registry-server.js';

export interface FuzzOptions {
  readonly records: number;
  readonly seed: number;
  readonly auditors: number;
  readonly partitions: number;
  /** People that are looked up and erased in the end. */
  readonly people: number;
  /** Keeps data and logs after the end. */
  readonly keep: boolean;
}

export interface FuzzOutcome {
  readonly records: number;
  readonly unreadable: number;
  readonly checked: Checked;
  /** From the first record published to the last one in the trail, s. */
  readonly seconds: number;
  readonly memory: readonly { readonly name: string; readonly flatness: Flatness }[];
  readonly erased: number;
  /** Questions to the stand-in of a schema registry. */
  readonly questions: number;
  readonly faults: readonly string[];
}

/** Larger than any record that is made. */
const MESSAGE_BYTES = String(8 * 1024 * 1024);
/** Any time may be claimed. */
const ANY_TIME = String(2n ** 63n - 1n);
/** Memory may grow by so much over the second half, MiB: less than a byte for each record of a million. */
const MEMORY: Bound = { absolute: 64, share: 0.2 };
/** What may fill up does so early: from then on, growth is growth. */
const SMALL_CACHES = { HJEMMEL_CACHE_SUBJECTS: '10000' };
/** Without a new block for so long, records waiting, the auditors have stopped. */
const STALLED_MS = 180_000;
const POLL_MS = 500;

/**
 * Publishes records of every kind of harm to a real Kafka, has them audited by the product as it is run, and checks that
 * nothing ended or stopped, memory stayed level, each record has exactly one entry, unreadable ones are dead letters, and
 * the trail can be proved, also after people were erased from it.
 */
export async function fuzz(options: FuzzOptions, out: NodeJS.WriteStream, signal: AbortSignal): Promise<FuzzOutcome> {
  const { onProgress, close } = progressDisplay(out);
  const registry = await startRegistry();
  try {
    const installation = await install({
      ...options,
      env: { SCHEMA_REGISTRY_URL: registry.url, ...SMALL_CACHES },
      kafkaProperties: {
        'message.max.bytes': MESSAGE_BYTES,
        'log.message.timestamp.after.max.ms': ANY_TIME,
        'log.message.timestamp.before.max.ms': ANY_TIME,
      },
      onProgress,
      signal,
    });
    try {
      const outcome = await fuzzOn(installation, options, onProgress, signal);
      return { ...outcome, questions: registry.questions() };
    } finally {
      await installation.close();
    }
  } finally {
    registry.close();
    close();
  }
}

async function fuzzOn(
  installation: Installation,
  { records, seed, partitions, people }: FuzzOptions,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Omit<FuzzOutcome, 'questions'>> {
  const { stack, services, mongodb } = installation;
  const manifest = new Manifest();
  const memory = new MemoryWatch(services);
  const started = performance.now();
  let seconds: number;
  try {
    const published = step(onProgress, `Publishing ${records} records, seed ${seed}`, () =>
      publishFuzz(
        stack.kafkaBrokers,
        partitions,
        fuzzRecords(seed, records, partitions, Date.now()),
        manifest,
        () => undefined,
        signal,
      ),
    );
    await step(onProgress, 'Auditing them', () => untilAudited(installation, published, signal));
    seconds = (performance.now() - started) / 1_000;
  } finally {
    memory.stop();
  }
  const faults: string[] = [];
  const checked = await step(onProgress, 'Holding trail and dead letters against them', () =>
    checkFuzz(mongodb, stack.kafkaBrokers, DEAD_LETTER_TOPIC, manifest),
  );
  const verify = (): Promise<string[]> => step(onProgress, 'Proving the trail', () => installation.verify());
  faults.push(...checked.faults, ...(await verify()));
  const erased = await step(onProgress, `Looking up and erasing ${people} people`, () =>
    revealAndErase(installation, manifest.somePeople(people)),
  );
  faults.push(...erased.faults, ...(await verify()));
  const levels = memory.points().map(({ name, points }) => ({ name, flatness: flatness(points, MEMORY) }));
  for (const { name, flatness: level } of levels) {
    if (!level.flat) faults.push(`${name} grew by ${level.growth.toFixed(0)} MiB over the second half`);
  }
  faults.push(...services.ended);
  const { unreadable } = manifest;
  return { records, unreadable, checked, seconds, memory: levels, erased: erased.done, faults };
}

/** Resolves when all that was published is in the trail and under a checkpoint. @throws DrillError where it stops */
async function untilAudited(
  { stack, mongodb, trail }: Installation,
  published: Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const progress = new Progress(trail, new MongoLogReader(mongodb));
  let finished = false;
  const publishing = published.then(() => void (finished = true));
  publishing.catch(() => undefined); // told below
  let last = { blocks: -1, at: performance.now() };
  for (;;) {
    signal.throwIfAborted();
    const ends = finished ? await endOffsets(stack.kafkaBrokers, TOPICS) : null;
    await progress.poll();
    if (ends !== null && progress.covers(ends) && (await progress.signed())) return publishing;
    if (!finished || progress.blocks > last.blocks) last = { blocks: progress.blocks, at: performance.now() };
    if (performance.now() - last.at > STALLED_MS) {
      throw new DrillError(
        `No block came for ${STALLED_MS / 1_000} s although records wait: the auditors have stopped.`,
      );
    }
    await Promise.race([sleep(POLL_MS), ...(finished ? [] : [publishing])]);
  }
}
