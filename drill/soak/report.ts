import Table from 'cli-table3';
import { middle } from '../usage/flatness.js';
import type { SoakOutcome } from './soak.js';
import type { Sample } from './sample.js';

const WINDOWS = 10;

/** What came of the soak: how things were over time, and whether they kept their level. */
export function soakReport({ samples, levels, proved, faults, records }: SoakOutcome): string {
  const table = new Table({
    head: ['until s', 'records/s', 'lag', 'durable p50/p99 ms', 'signed p50/p99 ms', 'auditors MiB', 'handles', 'loop p99 ms', 'database MiB'],
    style: { head: [], border: [] },
  }); // prettier-ignore
  for (const window of windowsOf(samples)) table.push(rowOf(window));
  const verdicts = levels.map(({ what, unit, flatness: { median, growth, allowed, flat } }) => {
    const grew = `${growth >= 0 ? '+' : ''}${growth.toFixed(1)}`;
    return `${flat ? 'ok' : '!!'} ${what.padEnd(30)} ${`${median.toFixed(0)} ${unit}`.padEnd(14)} ${grew} over the second half (allowed: +${allowed.toFixed(0)})`;
  });
  const good = faults.length === 0;
  return `${[
    table.toString(),
    ...verdicts,
    `${records} records published and in the trail; ${proved ? 'the trail is proved' : 'the trail is not proved'}.`,
    ...faults.map((fault) => `!! ${fault}`),
    good ? 'Flat.' : `${faults.length} things are not as they should be.`,
  ].join('\n')}\n`;
}

interface Window {
  readonly before: Sample | undefined;
  readonly samples: readonly Sample[];
}

function windowsOf(samples: readonly Sample[]): Window[] {
  const size = Math.max(1, Math.ceil(samples.length / WINDOWS));
  const windows: Window[] = [];
  for (let from = 0; from < samples.length; from += size) {
    windows.push({ before: samples[from - 1], samples: samples.slice(from, from + size) });
  }
  return windows;
}

function rowOf({ before, samples }: Window): string[] {
  const last = samples.at(-1)!;
  const seconds = last.seconds - (before?.seconds ?? 0);
  const mid = (value: (sample: Sample) => number | null | undefined): string => {
    const values = samples.flatMap((sample) => value(sample) ?? []);
    return values.length === 0 ? '-' : middle(values).toFixed(0);
  };
  const auditors = (sample: Sample): Sample['services'][string][] =>
    Object.entries(sample.services).flatMap(([name, service]) => (name.startsWith('auditor') ? [service] : []));
  const most = (values: readonly number[]): number | null => (values.length === 0 ? null : Math.max(...values));
  return [
    last.seconds.toFixed(0),
    ((last.published - (before?.published ?? 0)) / Math.max(1, seconds)).toFixed(0),
    mid(({ lag }) => lag),
    `${mid(({ durableMs }) => durableMs?.p50)}/${mid(({ durableMs }) => durableMs?.p99)}`,
    `${mid(({ signedMs }) => signedMs?.p50)}/${mid(({ signedMs }) => signedMs?.p99)}`,
    mid((sample) => most(auditors(sample).map(({ rssMib }) => rssMib))),
    mid((sample) => most(auditors(sample).map(({ handles }) => handles))),
    mid((sample) => most(auditors(sample).flatMap(({ loopMs }) => loopMs ?? []))),
    Object.values(last.collections)
      .reduce((sum, size) => sum + size, 0)
      .toFixed(1),
  ];
}
