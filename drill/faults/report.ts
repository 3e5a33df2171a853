import type { Outcome } from './check.js';
import type { PublishingCount } from './publishing.js';

/** One fault, and how long it took until everything published by its end was in a signed checkpoint. */
export interface Round {
  readonly number: number;
  readonly family: string;
  readonly title: string;
  /** What was struck. */
  readonly struck: string;
  readonly recoveryMs: number;
}

/** All that a run showed; kept as JSON. */
export interface Report {
  readonly command: string;
  readonly seed: number;
  readonly brokers: number;
  readonly members: number;
  readonly tasks: number;
  readonly rate: number;
  readonly seconds: number;
  /** Without any fault, ms. */
  readonly undisturbedMs: number;
  readonly rounds: readonly Round[];
  readonly published: PublishingCount;
  readonly outcome: Outcome;
  /** Parts that ended by themselves, a sentence each. */
  readonly ended: readonly string[];
  readonly good: boolean;
}

/** Whether everything was as it should be. */
export function isGood(
  { lost, duplicated, wrong, inconsistent, proved, faults }: Outcome,
  ended: readonly string[],
): boolean {
  return lost + duplicated + wrong + inconsistent + faults.length + ended.length === 0 && proved;
}

/** The report as text, the last line the sum of it. */
export function reportText(report: Report): string {
  const { rounds, outcome, published, ended } = report;
  const recoveries = rounds.map(({ recoveryMs }) => recoveryMs);
  const byTitle = Map.groupBy(rounds, ({ title }) => title);
  const rows = [...byTitle].map(([title, list]) => {
    const times = list.map(({ recoveryMs }) => recoveryMs);
    return [title, String(list.length), seconds(percentile(times, 0.5)), seconds(Math.max(...times))];
  });
  return [
    '',
    ...table(['fault', 'rounds', 'recovery p50', 'max'], rows),
    '',
    `${count(published.records)} records published: ${count(published.late)} late, ${count(published.again)} again under the same ` +
      `id, ${count(published.poison)} no events; ${count(published.aborted)} transactions aborted; ` +
      `${count(published.repeated)} requests made again.`,
    `${count(outcome.entries)} entries in ${count(outcome.blocks)} blocks: ${count(outcome.amendments)} amendments, ` +
      `${count(outcome.duties)} findings on duties.`,
    `${count(outcome.checkpoints)} checkpoints served; ${count(outcome.inconsistent)} that the log does not begin with. ` +
      `hjemmel verify: ${outcome.proved ? 'proved' : 'NOT PROVED'}.`,
    ...outcome.faults.map((fault) => `!! ${fault}`),
    ...ended.map((message) => `!! ${message}`),
    `${rounds.length} rounds: ${outcome.lost} lost, ${outcome.duplicated} duplicated, ${outcome.wrong} wrong, ` +
      `${ended.length} parts that ended by themselves; recovery p50 ${seconds(percentile(recoveries, 0.5))}, ` +
      `p99 ${seconds(percentile(recoveries, 0.99))}, max ${seconds(Math.max(...recoveries))} ` +
      `(without a fault ${seconds(report.undisturbedMs)}).`,
    '',
  ].join('\n');
}

/** The least of the values that so great a share of all does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function count(n: number): string {
  return n.toLocaleString('en');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
