import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { parseIsoTime } from '#libs/events';
import { defaultRegistersDir, loadRegisters, loadTransferLaw } from '#libs/register';
import { userPath } from '../paths.js';
import { UsageError } from '../usage-error.js';
import { check } from './check.js';
import { readLines } from './read-lines.js';

const HELP = `
Each line of FILE is one JSON object, in order of arrival:
  {"stream": "orders" | "marketing" | "sharing" | "rights", "event": {…}, "timestamp": "…" (optional)}

Prints one JSON object a line: the finding on each event, then the findings on earlier events that it amends, and with
--at the duties overdue at that time. Exit code 0: all compliant in the end (of an amended finding, the amendment
counts); 1: something else found; 2: the command, a register or a line is wrong.

Examples:
  npm run -s hjemmel -- check events.jsonl
  npm run -s hjemmel -- check events.jsonl --at 2025-01-01T00:00:00Z
  npm run -s hjemmel -- check - --registers my-registers < events.jsonl`;

export function checkCommand(): Command {
  return new Command('check')
    .description('judge a file of events against the registers, without any server')
    .argument('<FILE>', 'JSON Lines file of events, or - for standard input')
    .option('--registers <DIR>', 'directory of register files (default: the registers that ship with Hjemmel)')
    .option('--at <TIME>', 'also report the duties overdue at this time, as 2025-01-01T00:00:00Z')
    .addHelpText('after', HELP)
    .action(async (file: string, options: { registers?: string; at?: string }) => {
      const at = options.at === undefined ? null : parseIsoTime(options.at);
      if (options.at !== undefined && at === null) {
        throw new UsageError(`--at \`${options.at}\` is no UTC time; write it as 2025-01-01T00:00:00Z`);
      }
      const dir = options.registers === undefined ? defaultRegistersDir() : userPath(options.registers);
      const registers = await loadRegisters(dir);
      const lines = readLines(await read(file), file === '-' ? 'standard input' : file);
      process.exitCode = (await print(check(lines, registers, loadTransferLaw(), at))) ? 0 : 1;
    });
}

async function read(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  try {
    return await readFile(userPath(file), 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : 'it cannot be read';
    throw new UsageError(`${file}: ${reason}`);
  }
}

/** Prints what a generator yields, a JSON line each, and gives what it returns. */
async function print<T>(findings: Generator<unknown, T>): Promise<T> {
  let next = findings.next();
  while (next.done !== true) {
    if (!process.stdout.write(`${JSON.stringify(next.value)}\n`)) await once(process.stdout, 'drain');
    next = findings.next();
  }
  return next.value;
}
