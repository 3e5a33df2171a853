import { createInterface } from 'node:readline/promises';
import { removePositions } from '#libs/subjects';
import { DamagedTrail, DatabaseNotPrepared, MongoConnection, MongodbFault, MongoPruner } from '#libs/trail';
import type { PrunePlan } from '#libs/trail';
import { mongodbUri, setting } from '../settings.js';
import { UsageError } from '../usage-error.js';
import { progressBar } from '../progress-bar.js';
import { keptFrom, parseBefore } from './policy.js';

const MISUSES = [DamagedTrail, DatabaseNotPrepared, MongodbFault];
const MAX_REASON = 1_000;

/** As given on the command line. */
export interface PruneOptions {
  readonly before?: string;
  readonly dryRun?: boolean;
  readonly reason?: string;
  readonly yes?: boolean;
}

/**
 * Prunes the trail, or says what would go.
 *
 * @returns false where the user said no
 */
export async function prune(options: PruneOptions): Promise<boolean> {
  const retention = setting('HJEMMEL_TRAIL_RETENTION');
  const kept = keptFrom(retention, Date.now());
  const before = options.before === undefined ? { index: 0 } : parseBefore(options.before);
  const reason = options.reason?.trim() || `older than ${retention}`;
  if (reason.length > MAX_REASON) throw new UsageError(`--reason is longer than ${MAX_REASON} characters.`);
  const quiet = { info: () => undefined, warn: () => undefined };
  const mongodb = new MongoConnection(mongodbUri('pruner'), 'hjemmel-pruner', quiet);
  try {
    return await mongodb.attempt(async () => {
      const pruner = new MongoPruner(mongodb);
      const bar = progressBar('Looking for the cut', 'entries');
      const plan = await pruner.plan(
        {
          before: 'index' in before ? before.index : Infinity,
          recordedBefore: Math.min(kept, 'time' in before ? before.time : Infinity),
        },
        bar.update,
      );
      bar.end();
      const byRetention = plan.limit === 'recorded' && !('time' in before && before.time <= kept);
      for (const line of describe(plan, byRetention ? kept : null)) say(line);
      if (options.dryRun === true) return true;
      if (plan.to > plan.from) {
        if (options.yes !== true && !(await confirmed(plan))) return false;
        await pruner.record(plan, reason);
      }
      await sweep(pruner, mongodb);
      return true;
    });
  } catch (fault) {
    if (MISUSES.some((kind) => fault instanceof kind)) throw new UsageError((fault as Error).message);
    throw fault;
  } finally {
    await mongodb.close();
  }
}

/** Also finishes what an earlier run has left. */
async function sweep(pruner: MongoPruner, mongodb: MongoConnection): Promise<void> {
  const bar = progressBar('Deleting', 'documents');
  const { blocks, sequences, tiles } = await pruner.sweep(bar.update);
  // Who is behind an entry is of no use without the entry.
  await removePositions(mongodb, await pruner.chainStarts());
  bar.end();
  if (blocks + sequences + tiles === 0) return;
  say(`Deleted ${number(blocks)} blocks, ${number(tiles)} tiles and ${number(sequences)} documents of their order.`);
}

function describe({ from, to, limit }: PrunePlan, keptFromTime: number | null): string[] {
  const lines: string[] = [];
  if (from > 0) lines.push(`Entries before ${number(from)} were pruned earlier.`);
  if (to > from) lines.push(`To be pruned: entries ${number(from)} to ${number(to - 1)}, ${number(to - from)} in all.`);
  else lines.push('No entries are to be pruned.');
  if (keptFromTime !== null) {
    lines.push(
      `What was recorded since ${new Date(keptFromTime).toISOString()} is within the retention period and stays.`,
    );
  }
  if (limit === 'end') lines.push('This is all that the newest checkpoint covers.');
  return lines;
}

async function confirmed({ from, to }: PrunePlan): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new UsageError('There is no terminal to ask on: add --yes to prune without being asked.');
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asking.question(`Delete these ${number(to - from)} entries for good? (yes/no) `);
  asking.close();
  return /^y(es)?$/i.test(answer.trim());
}

function number(n: number): string {
  return n.toLocaleString('en');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
