import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { Counts } from '../trail-watch.js';
import { VERDICTS } from '../trail-watch.js';

type Colour = Parameters<typeof styleText>[0];

const COLOURS: Readonly<Record<string, Colour>> = {
  compliant: 'green',
  violation: 'red',
  gap: 'yellow',
  unreadable: 'magenta',
};

/** Numbers with separators: 12,345. */
export function number(value: number): string {
  return value.toLocaleString('en-GB');
}

export function coloured(verdict: string, text: string): string {
  return styleText(COLOURS[verdict] ?? 'white', text);
}

/** Findings by controller and verdict. */
export function verdictTable(counts: Counts): string {
  const table = plainTable(['controller', ...VERDICTS]);
  const row = (name: string, count: (verdict: string) => number): void => {
    const cells = VERDICTS.map((verdict) => {
      const value = count(verdict);
      return value === 0 ? styleText('dim', '–') : coloured(verdict, number(value));
    });
    table.push([name, ...cells]);
  };
  for (const [name, verdicts] of [...counts.byController].sort(([a], [b]) => (a < b ? -1 : 1))) {
    row(name, (verdict) => verdicts.get(verdict) ?? 0);
  }
  row('all', (verdict) => counts.verdict(verdict));
  return table.toString();
}

/** How often each rule fired. */
export function ruleTable(counts: Counts): string {
  const table = plainTable(['rule', 'findings']);
  for (const [rule, count] of counts.rules()) table.push([rule, number(count)]);
  return table.toString();
}

function plainTable(head: readonly string[]): Table.Table {
  return new Table({
    head: head.map((title) => styleText('bold', title)),
    colAligns: head.map((_, i) => (i === 0 ? 'left' : 'right')),
    chars: NO_LINES,
    style: { head: [], 'padding-left': 0, 'padding-right': 3 },
  });
}

const NO_LINES = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
    'middle',
  ].map((name) => [name, '']),
);
