import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import {
  Registers,
  defaultRegistersDir,
  formatFault,
  readRegister,
  registerFiles,
  type Register,
} from '#libs/register';
import { userPath } from '../paths.js';
import { UsageError } from '../usage-error.js';

const HELP = `
Faults are printed as FILE:LINE:COLUMN: what is wrong. Exit code 0: every register is in order; 2: a fault was found.

Examples:
  npm run -s hjemmel -- register check
  npm run -s hjemmel -- register check my-registers/acme.yaml --policies my-policies`;

const LOADED_HELP = `
One JSON object a line, for each task what changed from which block on: a register that records are judged by from then
on (loaded: true), or no longer (loaded: false). Reads the blocks of the trail one after the other. Needs MONGODB_URI.

Examples:
  npm run -s hjemmel -- register loaded
  npm run -s hjemmel -- register loaded --task 0`;

const ARCHIVED_HELP = `
DIGEST is what findings name as their register: a SHA-256 in hex, or its beginning. Needs MONGODB_URI.

Example:
  npm run -s hjemmel -- register archived 2f1c94aa > judged-by.yaml`;

export function registerCommand(): Command {
  const command = new Command('register').description('work on registers');
  command
    .command('check')
    .description('validate register files')
    .argument('[FILE...]', 'register files, or directories of them (default: the registers that ship with Hjemmel)')
    .option('--policies <DIR>', 'also hold digests and line ranges against the source documents in this directory')
    .addHelpText('after', HELP)
    .action(async (paths: string[], options: { policies?: string }) => {
      const policies = options.policies === undefined ? undefined : userPath(options.policies);
      if (policies !== undefined && !(await isDirectory(policies))) {
        throw new UsageError(`--policies ${options.policies}: there is no such directory`);
      }
      await checkRegisters(paths.length === 0 ? [defaultRegistersDir()] : paths.map(userPath), policies);
    });
  command
    .command('loaded')
    .description('list which registers records were judged by, and from when, as the trail says')
    .option('--task <N>', 'of this task only')
    .addHelpText('after', LOADED_HELP)
    .action(async ({ task }: { task?: string }) => {
      if (task !== undefined && !/^\d{1,9}$/.test(task)) throw new UsageError(`--task ${task} is no task, such as 0`);
      const { printLoaded } = await import('./loaded.js');
      await printLoaded(task === undefined ? null : Number(task));
    });
  command
    .command('archived')
    .description('print the file of a register that records were judged by')
    .argument('<DIGEST>', 'its digest, as findings name it')
    .addHelpText('after', ARCHIVED_HELP)
    .action(async (digest: string) => {
      if (!/^[0-9a-f]{6,64}$/i.test(digest))
        throw new UsageError(`\`${digest}\` is no digest: give at least 6 hex digits`);
      const { printArchived } = await import('./loaded.js');
      await printArchived(digest);
    });
  return command;
}

async function checkRegisters(paths: readonly string[], policies: string | undefined): Promise<void> {
  const good: Register[] = [];
  let faultCount = 0;
  for (const path of paths) {
    for (const file of (await isDirectory(path)) ? await registerFiles(path) : [path]) {
      const { register, faults } = await readRegister(file, policies);
      faultCount += faults.length;
      for (const fault of faults) process.stderr.write(`${formatFault(fault)}\n`);
      if (register === null) continue;
      good.push(register);
      process.stdout.write(`${file}: ${describe(register)}\n`);
    }
  }
  try {
    new Registers(good);
  } catch (error) {
    faultCount++;
    process.stderr.write(`${(error as Error).message}\n`);
  }
  if (faultCount > 0) throw new UsageError(`${faultCount} ${faultCount === 1 ? 'fault' : 'faults'} found`);
}

function describe(register: Register): string {
  const clauses = [...register.clauses.values()];
  const assumptions = clauses.filter((clause) => clause.assumption !== null).length;
  const from = new Date(register.inForceFrom).toISOString().slice(0, 10);
  return (
    `in order. ${register.name}, version ${register.version}, in force from ${from}: ` +
    `${register.purposes.size} purposes, ${clauses.length} clauses (${assumptions} of them assumptions), ` +
    `id ${register.id.slice(0, 12)}`
  );
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
