import { dayOf } from '../projection.js';
import { listedTest, reasonTest, type FindingFilter, type Scope } from './filter.js';
import type { ProblemRow } from './rows.js';
import type { Snapshot } from './snapshot.js';
import type { DayPair } from './count-columns.js';
import { ALL_DAYS } from './count-table.js';

/** Days in `trend`. */
export const TREND_DAYS = 14;

type Growing = { -readonly [P in keyof ProblemRow]: ProblemRow[P] } & { trend: number[] };

/**
 * The problems that the findings asked for belong to, in no order; of those with none only what was asked for by id.
 *
 * @param counts findings by number of shape, of what was asked for
 * @param now ms; the last day of the trends
 */
export function problems(
  snapshot: Snapshot,
  filter: FindingFilter,
  scope: Scope,
  counts: ReadonlyMap<number, number>,
  now: number,
): ProblemRow[] {
  const wanted = snapshot.mask(listedTest(filter, scope));
  const ofReason = reasonTest(filter);
  const today = dayOf(now);
  const trends = trendsOf(snapshot, wanted, today);
  const found = new Map<string, Growing>();
  for (const [id, { shape, times }] of snapshot.shapes.entries()) {
    if (wanted[id] !== 1 || times === null) continue;
    for (const { rule, effect, clause, problem } of shape.reasons.filter(ofReason)) {
      const { controller, service, kind } = shape;
      let row = found.get(problem);
      if (row === undefined) {
        const marks = { id: problem, controller, rule, effect, clause, service, kind };
        row = { ...marks, ...times, findings: 0, trend: Array.from({ length: TREND_DAYS }, () => 0) };
        found.set(problem, row);
      }
      row.findings += counts.get(id) ?? 0;
      row.firstSeen = Math.min(row.firstSeen, times.firstSeen);
      row.lastSeen = Math.max(row.lastSeen, times.lastSeen);
      row.firstRecorded = Math.min(row.firstRecorded, times.firstRecorded);
      row.lastRecorded = Math.max(row.lastRecorded, times.lastRecorded);
      // The graver one, where the rule's effect depends.
      if (effect === 'violation') row.effect = effect;
      for (const [day, n] of trends.get(id) ?? []) row.trend[day] = (row.trend[day] as number) + n;
    }
  }
  return [...found.values()].filter(({ findings }) => findings > 0 || filter.problems !== undefined);
}

/** By number of shape, findings of each of the last days. */
function trendsOf(snapshot: Snapshot, wanted: Uint8Array, today: number): Map<number, Map<number, number>> {
  const trends = new Map<number, Map<number, number>>();
  const first = today - TREND_DAYS + 1;
  const within = { occurred: { first, last: today }, recorded: ALL_DAYS };
  const columns = snapshot.counts.columns(within, { occurred: true });
  const mask = columns.mask(within);
  for (const shape of wanted.keys()) {
    if (wanted[shape] !== 1) continue;
    const trend = new Map<number, number>();
    columns.forEach(shape, mask, (pair, n) => trend.set((columns.pairs[pair] as DayPair).occurred - first, n));
    if (trend.size > 0) trends.set(shape, trend);
  }
  return trends;
}
