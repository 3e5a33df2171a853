import type { Db } from 'mongodb';
import { metricSum, metricValues } from '../../apps/local/src/metrics-text.js';
import type { Services } from '../../apps/local/src/services.js';
import { quantile } from '../usage/flatness.js';
import { processUsage, type ProcessUsage } from '../usage/process-usage.js';
import type { LatencyWatch } from './latency.js';

/** What a service told of itself, and what it held. */
export interface ServiceSample extends ProcessUsage {
  /** p99 of the delay of its event loop, ms; null where it does not say. */
  readonly loopMs: number | null;
}

/** A moment of the soak; values of collections in MiB as MongoDB keeps them on disk, with indexes. */
export interface Sample {
  /** Since the start. */
  readonly seconds: number;
  readonly published: number;
  readonly services: Readonly<Record<string, ServiceSample>>;
  /** Records not in the trail, over all auditors. */
  readonly lag: number;
  readonly durableMs: Quantiles | null;
  readonly signedMs: Quantiles | null;
  readonly collections: Readonly<Record<string, number>>;
}

/** Of the records that arrived since the sample before. */
export interface Quantiles {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
}

const TIMEOUT_MS = 4_000;

/** @param db as the administrator, who may see sizes */
export async function takeSample(
  seconds: number,
  published: number,
  services: Services,
  latency: LatencyWatch,
  db: Db,
): Promise<Sample> {
  const metrics = new Map(
    await Promise.all(
      Object.entries(services.urls).map(async ([name, url]) => [name, await metricsOf(`${url}/metrics`)] as const),
    ),
  );
  const { durable, signed } = latency.take();
  return {
    seconds,
    published,
    services: Object.fromEntries(
      Object.entries(services.pids()).flatMap(([name, pid]) => {
        const usage = processUsage(pid);
        const [p99 = null] = metricValues(metrics.get(name) ?? '', 'nodejs_eventloop_lag_p99_seconds');
        return usage === null
          ? []
          : [[name, { ...usage, loopMs: p99 === null ? null : Math.round(p99 * 10_000) / 10 }]];
      }),
    ),
    lag: [...metrics.values()].reduce((sum, text) => sum + metricSum(text, 'hjemmel_lag_records'), 0),
    durableMs: quantiles(durable),
    signedMs: quantiles(signed),
    collections: await collectionSizes(db),
  };
}

export function quantiles(values: readonly number[]): Quantiles | null {
  if (values.length === 0) return null;
  return { count: values.length, p50: quantile(values, 0.5), p99: quantile(values, 0.99) };
}

async function metricsOf(url: string): Promise<string> {
  try {
    return await (await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })).text();
  } catch {
    return '';
  }
}

async function collectionSizes(db: Db): Promise<Record<string, number>> {
  const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).sort();
  const sizes: Record<string, number> = {};
  for (const name of names) {
    const { totalSize } = (await db.command({ collStats: name })) as { totalSize: number };
    // MongoDB tells sizes as of its last checkpoint: of a new collection some pages.
    sizes[name] = Math.round(totalSize / 1_048.576) / 1_000;
  }
  return sizes;
}
