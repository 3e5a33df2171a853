import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseVerifier } from '#libs/log';
import { STREAMS } from '#libs/events';
import { MongoConnection, MongoLogReader, MongoTrailReader } from '#libs/trail';
import { endOffsets } from '../../apps/local/src/offsets.js';
import { progressDisplay } from '../../apps/local/src/progress-display.js';
import { localFolder } from '../../apps/local/src/stack/paths.js';
import { Random } from '../../apps/local/src/traffic/random.js';
import { DrillError } from '../drill-error.js';
import { check } from './check.js';
import { KINDS } from './kinds/all.js';
import type { Kind } from './kinds/kind.js';
import { Mix } from './mix.js';
import { Observer } from './observer.js';
import { inTurn } from './order.js';
import { Progress } from './progress.js';
import { Publishing, type Published } from './publishing.js';
import { isGood, reportText, seconds, type Report, type Round } from './report.js';
import { readTopics } from './read-topics.js';
import { SWEEP_SECONDS, World } from './world.js';

export interface FaultsOptions {
  readonly rounds: number;
  readonly seed: number;
  /** Kafka's nodes and MongoDB's members, 1 or 3. */
  readonly brokers: number;
  readonly members: number;
  readonly rate: number;
  /** Only kinds whose title matches; null: all. */
  readonly only: RegExp | null;
  /** Keeps data and logs. */
  readonly keep: boolean;
}

const TASKS = 8;
const POLL_MS = 200;
/** Time before the first fault, with all parts at work. */
const WARM_UP_MS = 3_000;
/** Time between two faults in which nothing is broken. */
const REST_MS = 500;
const RECOVERY_LIMIT_MS = 180_000;
const QUIET = { info: () => undefined, warn: () => undefined };

/**
 * Strikes with one fault after the other while events are published, and has each recovered from; in the end holds the
 * trail against what was published and against a trail of the same topics that nothing struck.
 *
 * @returns true where nothing was lost, nothing came twice, and nothing is wrong
 * @throws DrillError where it cannot be done, or does not recover
 */
export async function faults(options: FaultsOptions, signal: AbortSignal): Promise<boolean> {
  const { brokers, members, keep, seed, rounds, only } = options;
  const kinds = KINDS.filter((kind) => suits(kind, options) && (only === null || only.test(kind.title)));
  if (kinds.length === 0) throw new DrillError('No kind of fault has such a title: leave out --only, or mend it.');
  const { onProgress, close } = progressDisplay(process.stderr);
  const began = Date.now();
  const world = await World.open({ brokers, members, partitions: TASKS, keep, onProgress, signal }).finally(close);
  const mongodb = new MongoConnection(world.stack.mongoUri, 'hjemmel-drill', QUIET);
  const reference = new MongoConnection(world.referenceUri, 'hjemmel-drill', QUIET);
  const mix = new Mix(seed, began, TASKS);
  const publishing = new Publishing(world.stack.kafkaBrokers, mix, { rate: options.rate, seed, partitions: TASKS });
  const observer = new Observer(world.api.url, world.keys.verifierKeys.map(parseVerifier));
  const progress = progressOf(mongodb);
  try {
    say(`Seed ${seed}: ${rounds} rounds over ${kinds.length} kinds of faults, ${options.rate} events a second.`);
    await world.start();
    observer.start();
    publishing.start();
    await recovery(world, progress, publishing);
    await world.hold(WARM_UP_MS);
    const undisturbedMs = await recovery(world, progress, publishing);
    const done: Round[] = [];
    const random = new Random(seed, 1);
    for (const kind of inTurn(kinds, random)) {
      if (done.length === rounds) break;
      done.push(await round(done.length + 1, kind, { world, progress, publishing, random }));
    }
    say('The last records are published …');
    await publishing.finish();
    await audited(world, progress, publishing.published);
    await quiet(progress, signal);
    await allSigned(world, progress);
    await observer.stop();
    const ends = await endOffsets(world.stack.kafkaBrokers, STREAMS);
    await world.stopParts();
    say('The same topics are audited where nothing is broken …');
    await auditUndisturbed(world, reference, ends, signal);
    say('Everything is held against it …');
    const records = await readTopics(world.stack.kafkaBrokers, ends, signal);
    const outcome = await check({ mongodb, reference, keys: world.keys, observer, records, ends, began });
    const report: Report = {
      command: commandOf(options),
      ...{ seed, brokers, members, tasks: TASKS, rate: options.rate },
      seconds: Math.round((Date.now() - began) / 1_000),
      undisturbedMs,
      rounds: done,
      published: publishing.count,
      outcome,
      ended: world.ended,
      good: isGood(outcome, world.ended),
    };
    process.stdout.write(reportText(report));
    say(`The report is kept in ${keepReport(report)}.`);
    return report.good;
  } finally {
    await publishing.close();
    await observer.stop();
    await Promise.all([mongodb.close(), reference.close()]);
    await world.close();
    if (keep) say(`Data and logs are kept in ${relative(process.cwd(), world.stack.dir)}.`);
  }
}

interface Striking {
  readonly world: World;
  readonly progress: Progress;
  readonly publishing: Publishing;
  readonly random: Random;
}

async function round(number: number, kind: Kind, { world, progress, publishing, random }: Striking): Promise<Round> {
  const struck = await kind.strike(world, random);
  const recoveryMs = await recovery(world, progress, publishing);
  say(`${String(number).padStart(3)}  ${seconds(recoveryMs).padStart(7)}  ${kind.title}: ${struck}`);
  await world.hold(REST_MS);
  return { number, family: kind.family, title: kind.title, struck, recoveryMs };
}

function suits({ brokers = 1, members = 1 }: Kind, options: FaultsOptions): boolean {
  return options.brokers >= brokers && options.members >= members;
}

function progressOf(mongodb: MongoConnection): Progress {
  return new Progress(new MongoTrailReader(mongodb), new MongoLogReader(mongodb, { cacheBytes: 0 }));
}

/**
 * Waits until Kafka takes records again, what it took so far is in the trail and under a signed checkpoint, and every part
 * runs; gives the ms it took.
 */
async function recovery(world: World, progress: Progress, publishing: Publishing): Promise<number> {
  const started = performance.now();
  const { records } = publishing.count;
  await until(async () => publishing.count.records > records, 'nothing could be published', world.signal);
  await audited(world, progress, publishing.published);
  await world.settled();
  return performance.now() - started;
}

async function audited(world: World, progress: Progress, ends: Published): Promise<void> {
  await reached(progress, ends, world.signal);
  await allSigned(world, progress);
}

async function reached(progress: Progress, ends: Published, signal: AbortSignal): Promise<void> {
  await until(
    async () => {
      await progress.poll();
      return progress.covers(ends);
    },
    'not everything that was published came into the trail',
    signal,
  );
}

async function allSigned({ signal }: World, progress: Progress): Promise<void> {
  await until(() => progress.signed(), 'not everything in the trail came under a signed checkpoint', signal);
}

/** Waits until no more blocks come: amendments and duties are all there. */
async function quiet(progress: Progress, signal: AbortSignal): Promise<void> {
  const forMs = 3 * SWEEP_SECONDS * 1_000;
  let [blocks, since] = [progress.blocks, performance.now()];
  await until(
    async () => {
      await progress.poll();
      if (progress.blocks !== blocks) [blocks, since] = [progress.blocks, performance.now()];
      return performance.now() - since > forMs;
    },
    'new blocks kept coming although nothing was published',
    signal,
  );
}

/** Polls until it holds; what is away meanwhile is waited for. */
async function until(holds: () => Promise<boolean>, otherwise: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + RECOVERY_LIMIT_MS;
  let last = '';
  while (
    !(await holds().catch((fault: unknown) => {
      last = ` (${(fault as Error).message})`;
      return false;
    }))
  ) {
    if (performance.now() > deadline) {
      throw new DrillError(`After ${seconds(RECOVERY_LIMIT_MS)} ${otherwise}${last}; --keep keeps the logs.`);
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

async function auditUndisturbed(
  world: World,
  reference: MongoConnection,
  ends: Published,
  signal: AbortSignal,
): Promise<void> {
  const auditor = world.reference();
  await auditor.start();
  const progress = progressOf(reference);
  await reached(progress, ends, signal);
  await quiet(progress, signal);
  await auditor.stop();
}

function commandOf({ rounds, seed, brokers, members, rate }: FaultsOptions): string {
  const nodes = `--brokers ${brokers} --members ${members}`;
  return `npm run drill -- faults --rounds ${rounds} --seed ${seed} ${nodes} --events-per-second ${rate}`;
}

function keepReport(report: Report): string {
  const dir = join(localFolder, 'drill');
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `faults-${report.seed}-${report.rounds.length}.json`);
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  return relative(process.cwd(), file);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
