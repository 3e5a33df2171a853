import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { MongoLogReader } from '#libs/trail';
import { progressDisplay } from '../../apps/local/src/progress-display.js';
import { endOffsets } from '../../apps/local/src/offsets.js';
import { step, type OnProgress } from '../../apps/local/src/stack/progress.js';
import { TOPICS } from '../../apps/local/src/stack/topics.js';
import { Mix } from '../faults/mix.js';
import { Progress } from '../faults/progress.js';
import { Publishing } from '../faults/publishing.js';
import { install, type Installation } from '../installation.js';
import { LatencyWatch } from './latency.js';
import { takeSample, type Sample } from './sample.js';
import { levels, type Level } from './verdict.js';

export interface SoakOptions {
  readonly minutes: number;
  /** Records a second. */
  readonly rate: number;
  readonly seed: number;
  readonly auditors: number;
  readonly partitions: number;
  /** How often it is looked, s. */
  readonly every: number;
  /** Keeps data and logs after the end. */
  readonly keep: boolean;
}

export interface SoakOutcome {
  readonly samples: readonly Sample[];
  readonly levels: readonly Level[];
  readonly records: number;
  readonly proved: boolean;
  readonly faults: readonly string[];
}

/** So much may be left to audit when publishing ends, and takes no longer. */
const CATCH_UP_MS = 120_000;
const POLL_MS = 250;
/** What may fill up does so in the first minutes: from then on, growth is growth. */
const SMALL_CACHES = { HJEMMEL_CACHE_SUBJECTS: '10000' };

/**
 * Runs the product for a while under a steady load with late, repeated and unreadable records and aborted transactions,
 * and looks again and again at memory, file handles, threads, lag, latency and sizes.
 */
export async function soak(options: SoakOptions, out: NodeJS.WriteStream, signal: AbortSignal): Promise<SoakOutcome> {
  const { onProgress, close } = progressDisplay(out);
  try {
    const installation = await install({ ...options, env: SMALL_CACHES, onProgress, signal });
    try {
      return await soakOn(installation, options, onProgress, signal);
    } finally {
      await installation.close();
    }
  } finally {
    close();
  }
}

async function soakOn(
  installation: Installation,
  options: SoakOptions,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<SoakOutcome> {
  const { stack, services, trail, log } = installation;
  const { minutes, rate, seed, partitions, every } = options;
  const publishing = new Publishing(stack.kafkaBrokers, new Mix(seed, Date.now(), partitions), {
    rate,
    seed,
    partitions,
  });
  const latency = new LatencyWatch(trail, log);
  await using admin = new MongoClient(stack.mongoUri);
  const samples: Sample[] = [];
  const faults: string[] = [];
  try {
    latency.start();
    publishing.start();
    await step(onProgress, `Publishing ${rate} records/s for ${minutes} minutes`, async () => {
      const started = performance.now();
      const now = (): number => (performance.now() - started) / 1_000;
      for (let next = every; now() < minutes * 60; next += every) {
        await sleep(Math.max(0, next - now()) * 1_000, undefined, { signal });
        samples.push(await takeSample(now(), publishing.count.records, services, latency, admin.db()));
        const trouble = await services.trouble();
        if (trouble !== null) faults.push(`after ${now().toFixed(0)} s: ${trouble}`);
      }
    });
    await publishing.finish();
    const caughtUp = await step(onProgress, 'Auditing the rest', () => untilAudited(installation, signal));
    if (!caughtUp) faults.push(`${CATCH_UP_MS / 1_000} s after the last record not all are in the trail and signed`);
  } finally {
    await Promise.all([publishing.close(), latency.stop()]);
  }
  const found = await step(onProgress, 'Proving the trail', () => installation.verify());
  const account = await trail.accountOffsets({ whole: true });
  faults.push(...services.ended, ...account.faults, ...found);
  const judged = levels(samples);
  for (const { what, flatness } of judged) if (!flatness.flat) faults.push(`${what} is not flat`);
  return { samples, levels: judged, records: publishing.count.records, proved: found.length === 0, faults };
}

/** @returns false where it takes too long */
async function untilAudited({ stack, trail, mongodb }: Installation, signal: AbortSignal): Promise<boolean> {
  const progress = new Progress(trail, new MongoLogReader(mongodb));
  const ends = await endOffsets(stack.kafkaBrokers, TOPICS);
  const until = performance.now() + CATCH_UP_MS;
  while (performance.now() < until) {
    await progress.poll();
    if (progress.covers(ends) && (await progress.signed())) return true;
    await sleep(POLL_MS, undefined, { signal });
  }
  return false;
}
