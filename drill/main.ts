import { Command, CommanderError } from 'commander';
import { RegisterError } from '#libs/register';
import { StackError } from '../apps/local/src/stack/stack-error.js';
import type { DrillCommand } from './command.js';
import { DrillError } from './drill-error.js';
import { faultsCommand } from './faults/command.js';
import { fuzzCommand } from './fuzz/command.js';
import { mutationsCommand } from './mutations/command.js';
import { soakCommand } from './soak/command.js';
import { tamperCommand } from './tamper/command.js';

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());

const DRILLS: readonly DrillCommand[] = [faultsCommand, fuzzCommand, mutationsCommand, soakCommand, tamperCommand];
/** Faults that their message tells in full. */
const TOLD = [DrillError, RegisterError, StackError];

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let good = true;
  const all = new Command('drill').description('Drills: things go wrong on purpose, and it is shown what happens.');
  all.exitOverride();
  for (const drill of DRILLS) drill(all, stopping.signal, (outcome) => (good = outcome));
  try {
    await all.parseAsync([...args], { from: 'user' });
    return good ? 0 : 1;
  } catch (error) {
    if (stopping.signal.aborted) return 130;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    // A step of the scripts that failed was told by it.
    if (!TOLD.some((kind) => error instanceof kind) && (error as Error).name !== 'StepError') throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    return 1;
  }
}
