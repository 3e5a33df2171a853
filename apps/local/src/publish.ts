import { setTimeout as sleep } from 'node:timers/promises';
import type { Publisher } from '#libs/publisher';
import { createTraffic } from './traffic/traffic.js';

/** The sample traffic is made in portions of so many events, each of customers of its own and over two years. */
const PORTION = 20_000;
const BATCH = 500;
/** Where events come one by one, the first portion comes at once, and the others are small: who looks sees all of the time. */
const FIRST_BURST = 6_000;
const SMALL_PORTION = 500;
const TICK_MS = 100;

export interface Publishing {
  /** How many events Kafka has acknowledged. */
  readonly published: number;
  /** Resolves when all is published, or the signal came. */
  readonly done: Promise<void>;
}

/**
 * Publishes sample traffic: all at once where `events` is given, else a first burst and then `rate` events a second
 * until the signal.
 */
export function publishTraffic(
  publisher: Publisher,
  options: { readonly seed: number; readonly events: number | null; readonly rate: number },
  signal: AbortSignal,
): Publishing {
  const state = { published: 0, done: Promise.resolve() };
  const started = performance.now();
  /** How many events may be published by now. */
  const due = (): number => {
    if (options.events !== null) return options.events;
    return FIRST_BURST + Math.floor(((performance.now() - started) / 1000) * options.rate);
  };
  state.done = (async () => {
    for (let portion = 0; !signal.aborted; portion++) {
      const size = options.events === null ? (portion === 0 ? FIRST_BURST : SMALL_PORTION) : PORTION;
      const left = Math.min(size, (options.events ?? Infinity) - state.published);
      if (left <= 0) return;
      const events = createTraffic({ seed: options.seed + portion, now: Date.now() }).take(left);
      for (let from = 0; from < events.length && !signal.aborted;) {
        const most = Math.min(BATCH, events.length - from, due() - state.published);
        if (most <= 0) {
          await sleep(TICK_MS, undefined, { signal }).catch(() => undefined);
          continue;
        }
        await publisher.publish(events.slice(from, from + most));
        state.published += most;
        from += most;
      }
    }
  })();
  return state;
}
