import type { NewEntry } from '#libs/events';
import { problemId } from '#libs/views';

/** What entries have in common by which they belong to the same problems. */
type Marks = Pick<NewEntry, 'controller' | 'service' | 'stream' | 'reasons'>;

/** Entries of so many kinds are remembered: there are some hundred where publishers do not make up names of services. */
const MOST = 10_000;
const NONE: readonly string[] = [];
const known = new Map<string, readonly string[]>();

/** Ids of the problems that an entry about a person belongs to, one for each rule that fired; see `problemId`. */
export function problemsOf({ controller, service, stream, reasons }: Marks): readonly string[] {
  if (reasons.length === 0) return NONE;
  const fired = reasons.map(({ rule, clause }) => [rule, clause]);
  const marks = JSON.stringify([controller, service, stream, fired]);
  let ids = known.get(marks);
  if (ids === undefined) {
    // What cannot be read is about nobody, so that only duties have no stream.
    const kind = stream ?? 'duty';
    ids = reasons.map(({ rule, clause }) => problemId({ controller, rule, clause, service, kind }));
    if (known.size >= MOST) known.clear();
    known.set(marks, ids);
  }
  return ids;
}
