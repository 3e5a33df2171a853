import { quantile } from '../statistics.js';

/** How long answers took. */
export interface AnswerTimes {
  readonly count: number;
  /** In which so many were given. */
  readonly seconds: number;
  /** ms. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

/** How long each kind of work is done before it is measured, s: the first answers are those of a cold program. */
export function warmUp(seconds: number): number {
  return Math.min(2, seconds / 2);
}

/** @param delays ms, at least one; they are sorted */
export function answerTimes(delays: number[], seconds: number): AnswerTimes {
  delays.sort((a, b) => a - b);
  const [p50, p99, longest] = [0.5, 0.99, 1].map((q) => quantile(delays, q)) as [number, number, number];
  return { count: delays.length, seconds, p50, p99, longest };
}
