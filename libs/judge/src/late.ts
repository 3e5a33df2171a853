import type { Fact } from './fact.js';
import { findingText, type Finding } from './finding.js';
import { judge, type Judging } from './judge.js';

/** A finding already made, with what it takes to make it again. */
export interface Judged<T> {
  readonly judging: Judging;
  readonly finding: Finding;
  /** The caller's reference to it (a line, a position in the trail). */
  readonly ref: T;
}

/**
 * Late evidence: judges again those findings of a subject that a newly known fact may touch, which are the ones on
 * events not earlier than it.
 *
 * @param history findings already made on the fact's subject; their `judging.facts` now include the fact
 * @returns where in the history a finding came out different, and the finding that amends it
 */
export function rejudge<T>(
  history: readonly Judged<T>[],
  fact: Fact,
): { readonly index: number; readonly finding: Finding }[] {
  const changed: { index: number; finding: Finding }[] = [];
  for (const [index, judged] of history.entries()) {
    if (judged.judging.event.event.occurredAt < fact.at) continue;
    const finding = judge(judged.judging);
    if (!sameFinding(finding, judged.finding)) changed.push({ index, finding });
  }
  return changed;
}

/**
 * Whether two findings say the same, to the letter. Messages so must not tell of facts that can change without changing
 * what is found: then a late fact would cause an amendment that says nothing new.
 */
export function sameFinding(a: Finding, b: Finding): boolean {
  return findingText(a) === findingText(b);
}
