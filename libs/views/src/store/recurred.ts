import type { MongoConnection } from '#libs/trail';
import { activeSet, viewCollections } from './view-set.js';

/**
 * Resolved problems that have come up again: with a finding that stands, of what took place after they were resolved. One
 * that later evidence took back is none, and an event that claims to come from the future is as old as its record.
 *
 * @param resolved when each was resolved, ms
 */
export async function recurred(connection: MongoConnection, resolved: ReadonlyMap<string, number>): Promise<string[]> {
  const { shapes, findings } = viewCollections(connection, await activeSet(connection));
  const later = new Map<string, number[]>();
  const query = { 'reasons.problem': { $in: [...resolved.keys()] } };
  for await (const { _id, reasons, lastSeen } of shapes.find(query, { projection: { reasons: 1, lastSeen: 1 } })) {
    for (const { problem } of reasons) {
      if ((lastSeen?.getTime() ?? -Infinity) <= (resolved.get(problem) ?? Infinity)) continue;
      later.set(problem, [...(later.get(problem) ?? []), _id]);
    }
  }
  const found: string[] = [];
  for (const [problem, ids] of later) {
    const after = { $gt: new Date(resolved.get(problem) as number) };
    const one = { shape: { $in: ids }, occurredAt: after, recordedAt: after };
    if ((await findings.findOne(one, { projection: { _id: 1 } })) !== null) found.push(problem);
  }
  return found;
}
