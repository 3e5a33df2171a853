import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import Table from 'cli-table3';
import { localFolder } from '../apps/local/src/stack/paths.js';
import { machine, machineLine } from './machine.js';

/** Where the raw figures are kept, where nothing else is asked for. */
export const defaultFolder = join(localFolder, 'bench');

/** First line of what a benchmark prints. */
export function printHeading(title: string): void {
  console.log(`${title}\n${machineLine(machine())}\n`);
}

/** Prints a table; all columns but the first are right-aligned. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const lines = ['top', 'bottom', 'left', 'right', 'mid', 'middle'];
  const none = lines
    .flatMap((line) => [line, `${line}-mid`, `${line}-left`, `${line}-right`])
    .map((line) => [line, '']);
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, i) => (i === 0 ? 'left' : 'right')),
    chars: Object.fromEntries(none) as Record<string, string>,
    style: { head: [], 'padding-left': 0, 'padding-right': 3 },
  });
  table.push(...rows.map((row) => [...row]));
  console.log(`${table.toString()}\n`);
}

/** Keeps the raw figures of a benchmark as JSON in a folder, with the machine and the time, and says where. */
export function keepFigures(folder: string, name: string, figures: object): void {
  mkdirSync(folder, { recursive: true });
  const at = new Date().toISOString();
  const file = join(folder, `${name}-${at.replaceAll(/[-:]|\.\d+/g, '')}.json`);
  writeFileSync(file, `${JSON.stringify({ benchmark: name, at, machine: machine(), ...figures }, null, 2)}\n`);
  console.log(`Raw figures: ${relative(process.cwd(), file)}`);
}
