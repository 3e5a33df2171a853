import type { StreamEvent } from '#libs/events';
import { judge } from '#libs/judge';
import type { Finding } from '#libs/judge';
import type { Register } from '#libs/register';
import type { KnownSubject, Rulebook } from './audit-batch.js';
import type { Draft } from './draft.js';
import { amending, findingEntry } from './entries.js';
import type { RecordSource } from './entries.js';
import { problemsOf } from './problems.js';
import { saidOf } from './said.js';

/** A finding of an earlier block that late evidence may change. */
export interface JudgedBefore {
  /** Where it stands in its task's chain. */
  readonly block: number;
  readonly index: number;
  readonly event: StreamEvent;
  readonly timestamp: number | null;
  readonly source: RecordSource;
  /** The register version it was judged by, SHA-256 in hex; null: none. */
  readonly register: string | null;
  /** What was last said of it, by itself or by its last amendment; see `saidOf`. */
  readonly said: string;
  /** Whether it is of an event that an earlier finding of the task is of. */
  readonly repeat: boolean;
}

/** Findings of one subject that are to be judged again; `last`: no more are. */
export interface Rejudgement<S> {
  readonly subject: S;
  readonly findings: readonly JudgedBefore[];
  readonly last: boolean;
}

export interface Amended<R> {
  /** What was judged again to its end. */
  readonly done: readonly R[];
  readonly amendments: readonly { readonly controller: string; readonly finding: Finding }[];
}

/**
 * Judges findings of earlier blocks again, each by the register version it was judged by and by all that is known now,
 * and adds an amendment to the block for each that says something else than what was said last.
 *
 * Done again it adds nothing. A finding that no register had a part in stays as it is, as one whose register nobody has
 * any more does.
 *
 * @param resolve gives a register version by its SHA-256 (hex)
 * @param begun how many findings of a rejudgement earlier blocks have judged, where one was full before its end; kept here
 */
export function amendFindings<S extends KnownSubject, R extends Rejudgement<S>>(
  draft: Draft<S>,
  rejudgements: readonly R[],
  { registers, law }: Rulebook,
  resolve: (id: string) => Register | undefined,
  begun: WeakMap<R, number>,
): Amended<R> {
  const done: R[] = [];
  const amendments: { controller: string; finding: Finding }[] = [];
  for (const rejudgement of rejudgements) {
    const { subject, findings } = rejudgement;
    let next = begun.get(rejudgement) ?? 0;
    for (; next < findings.length && !draft.full; next++) {
      const { block, index, event, timestamp, source, register: id, said, repeat } = findings[next] as JudgedBefore;
      const register = id === null ? undefined : resolve(id);
      if (register === undefined) continue;
      const finding = judge({ event, timestamp, facts: subject.facts, registers, law, register });
      const says = saidOf(finding);
      if (says === said) continue;
      const { controller, eventId, occurredAt } = event.event;
      const entry = findingEntry(source, event, finding, { tag: subject.tag(eventId), repeat }, draft.recordedAt);
      const amends = { block, index };
      const problems = problemsOf(entry);
      const row = { subject, kind: 'amendment', amends, occurredAt, said: says, problems } as const;
      draft.add(amending(entry, { task: draft.task, ...amends }), row);
      amendments.push({ controller, finding });
    }
    if (next < findings.length) {
      begun.set(rejudgement, next);
      break;
    }
    done.push(rejudgement);
  }
  return { done, amendments };
}
