import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Db } from 'mongodb';
import { metricSum } from '../../apps/local/src/metrics-text.js';
import { repositoryRoot } from '../../apps/local/src/stack/paths.js';
import { BenchError } from '../bench-error.js';
import { ConsumerProcess } from '../stream/consumer-process.js';

/** One look at the duties, by an auditor that has just been started. */
export interface Looked {
  /** How many days from now its clock is. */
  readonly days: number;
  /** Data subjects it had to look at. */
  readonly due: number;
  /** From the first task's beginning to the last one's end. */
  readonly seconds: number;
  /** Findings made. */
  readonly duties: number;
  readonly amendments: number;
}

export interface SweepOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly db: Db;
  readonly days: number;
  readonly tasks: number;
  /** Waits until documents say what the sweep found. */
  readonly written: () => Promise<void>;
  readonly signal: AbortSignal;
}

const DAY_MS = 86_400_000;
const POLL_MS = 50;
/** From the opening of a task to its first sweep, s. */
const EVERY_S = 3;
/** A program's clock is set by it; no code of the product's. */
const CLOCK = join(repositoryRoot, 'dist', 'drill', 'faults', 'part', 'clock.js');

/** @throws BenchError where somebody who is due was left out */
export async function sweep({ env, db, days, tasks, written, signal }: SweepOptions): Promise<Looked> {
  const subjects = db.collection('subjects');
  const dueBy = (at: number) => ({ due: { $lte: new Date(at) } });
  const dueBefore = await subjects.countDocuments(dueBy(Date.now() + days * DAY_MS));
  const folder = mkdtempSync(join(tmpdir(), 'hjemmel-bench-clock-'));
  const file = join(folder, 'clock');
  writeFileSync(file, String(days * DAY_MS));
  const auditor = new ConsumerProcess(
    'the auditor',
    'apps/auditor/src/main.js',
    {
      ...env,
      HJEMMEL_SWEEP_SECONDS: String(EVERY_S),
      PORT: '0',
      NODE_OPTIONS: `--import=${pathToFileURL(CLOCK).href}`,
      DRILL_CLOCK_FILE: file,
    },
    signal,
  );
  try {
    const { url } = await auditor.whileRunning(auditor.line('listening'));
    const seen = await auditor.whileRunning(untilSwept(String(url), tasks, signal));
    await auditor.stop();
    await written();
    // The first time everybody is looked at, whenever they are due.
    const due = days === 0 ? await subjects.countDocuments() : dueBefore;
    const left = await subjects.countDocuments(dueBy(Date.now() + days * DAY_MS - EVERY_S * 1_000));
    if (left > 0) throw new BenchError(`The auditor left out ${left} of ${due} data subjects; no figure is given.`);
    return { days, due, ...seen };
  } finally {
    await auditor.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Waits until every task has had its first sweep. */
async function untilSwept(url: string, tasks: number, signal: AbortSignal): Promise<Omit<Looked, 'days' | 'due'>> {
  const took = new Map<string, number>();
  let [began, ended] = [Infinity, -Infinity];
  for (;;) {
    const text = await (await fetch(`${url}/metrics`, { signal })).text();
    const now = performance.now() / 1_000;
    for (const [, task = '', seconds] of text.matchAll(/^hjemmel_duties_sweep_seconds\{task="(\d+)"\} (\S+)$/gm)) {
      if (took.has(task)) continue;
      took.set(task, Number(seconds));
      began = Math.min(began, now - Number(seconds));
      ended = Math.max(ended, now);
    }
    if (took.size === tasks) {
      return {
        seconds: ended - began,
        duties: metricSum(text, 'hjemmel_duty_findings_total'),
        amendments: metricSum(text, 'hjemmel_amendments_total'),
      };
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}
