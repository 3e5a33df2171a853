import { flatness, type Bound, type Flatness, type Point } from '../usage/flatness.js';
import type { Sample } from './sample.js';

/** One line of the verdict: a value over time, and whether it kept its level. */
export interface Level {
  readonly what: string;
  readonly unit: string;
  readonly flatness: Flatness;
}

/** What each may grow by over the second half of the soak. */
const BOUNDS = {
  memory: { absolute: 32, share: 0.15 },
  handles: { absolute: 8, share: 0.1 },
  threads: { absolute: 4, share: 0.1 },
  lag: { absolute: 500, share: 0.5 },
  latency: { absolute: 250, share: 0.5 },
} as const satisfies Record<string, Bound>;

/** Whether memory, file handles, threads, lag and latency kept their level. */
export function levels(samples: readonly Sample[]): Level[] {
  const names = [...new Set(samples.flatMap(({ services }) => Object.keys(services)))];
  const of = (
    what: string,
    unit: string,
    bound: Bound,
    value: (sample: Sample) => number | null | undefined,
  ): Level => {
    const points = samples.flatMap((sample): Point[] => {
      const found = value(sample);
      return found === null || found === undefined ? [] : [[sample.seconds, found]];
    });
    return { what, unit, flatness: flatness(points, bound) };
  };
  return [
    ...names.map((name) => of(`memory of ${name}`, 'MiB', BOUNDS.memory, ({ services }) => services[name]?.rssMib)),
    ...names.map((name) =>
      of(`file handles of ${name}`, '', BOUNDS.handles, ({ services }) => services[name]?.handles),
    ),
    ...names.map((name) => of(`threads of ${name}`, '', BOUNDS.threads, ({ services }) => services[name]?.threads)),
    of('lag', 'records', BOUNDS.lag, ({ lag }) => lag),
    of('durable after, p50', 'ms', BOUNDS.latency, ({ durableMs }) => durableMs?.p50),
    of('durable after, p99', 'ms', BOUNDS.latency, ({ durableMs }) => durableMs?.p99),
    of('in a checkpoint after, p50', 'ms', BOUNDS.latency, ({ signedMs }) => signedMs?.p50),
    of('in a checkpoint after, p99', 'ms', BOUNDS.latency, ({ signedMs }) => signedMs?.p99),
  ];
}
