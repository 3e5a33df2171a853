import type { MongoConnection } from '#libs/trail';
import { activeSet, viewCollections } from './view-set.js';

/** When findings of problems occurred last, ms, never later than they were recorded; without those that have none. */
export async function lastSeen(connection: MongoConnection, problems: readonly string[]): Promise<Map<string, number>> {
  const seen = new Map<string, number>();
  const { shapes } = viewCollections(connection, await activeSet(connection));
  const wanted = new Set(problems);
  const found = shapes.find({ 'reasons.problem': { $in: [...problems] } }, { projection: { reasons: 1, lastSeen: 1 } });
  for await (const { reasons, lastSeen: at } of found) {
    if (at === undefined) continue;
    for (const { problem } of reasons) {
      if (wanted.has(problem)) seen.set(problem, Math.max(seen.get(problem) ?? -Infinity, at.getTime()));
    }
  }
  return seen;
}
